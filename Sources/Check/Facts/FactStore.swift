internal import ELF
package import FileTree
internal import Loader
internal import Synchronization
internal import SystemPackage

/// What was read of the objects of one tree for checking, shared by all who check there.
///
/// Several may read at the same time; each file is kept once.
package final class FactStore: Sendable {
  /// What reading one file gave.
  enum Entry {
    case facts(ObjectFacts)
    case unreadable(ElfReadError)
  }

  let tree: any FileTree
  private let entries = Mutex<[RootPath: Entry]>([:])
  private let nextNumber = Atomic(0)

  package init(tree: any FileTree) {
    self.tree = tree
  }

  func entry(of object: LoadedObject) -> Entry {
    let path = object.file.real
    if let known = entries.withLock({ $0[path] }) { return known }
    // Read outside of the lock: two may do the same work, and agree on the first result.
    let entry = read(path, object.image)
    return entries.withLock { entries in
      if let known = entries[path] { return known }
      entries[path] = entry
      return entry
    }
  }

  private func read(_ path: RootPath, _ image: ElfImage) -> Entry {
    do {
      let tables = try LinkTables(reading: tree.open(path))
      let number = nextNumber.add(1, ordering: .relaxed).oldValue
      return .facts(ObjectFacts(tables, of: image, number: number))
    } catch let error as ElfReadError {
      return .unreadable(error)
    } catch {
      return .unreadable(.system(error as? Errno ?? .ioError))
    }
  }
}
