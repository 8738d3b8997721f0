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

  /// A file is read as whoever maps it does, where that makes a difference.
  private struct Key: Hashable {
    let path: RootPath
    let mapper: ObjectMapper?
  }

  let tree: any FileTree
  private let entries = Mutex<[Key: Entry]>([:])
  private let nextNumber = Atomic(0)

  package init(tree: any FileTree) {
    self.tree = tree
  }

  /// - Parameter libc: of the program that loads it.
  func entry(of object: LoadedObject, in libc: Libc?) -> Entry {
    // The loaders map most libraries alike, and read their tables each in its own way.
    let isMusl = libc == .musl && !object.image.isProgram
    let key = Key(path: object.file.real, mapper: object.mapper ?? (isMusl ? .musl : nil))
    if let known = entries.withLock({ $0[key] }) { return known }
    // Read outside of the lock: two may do the same work, and agree on the first result.
    let entry = read(key, object.image)
    return entries.withLock { entries in
      if let known = entries[key] { return known }
      entries[key] = entry
      return entry
    }
  }

  private func read(_ key: Key, _ image: ElfImage) -> Entry {
    do {
      let tables = try LinkTables(
        reading: tree.open(key.path), header: image.header, mapper: key.mapper)
      let number = nextNumber.add(1, ordering: .relaxed).oldValue
      return .facts(ObjectFacts(tables, of: image, number: number))
    } catch let error as ElfReadError {
      return .unreadable(error)
    } catch {
      return .unreadable(.system(error as? Errno ?? .ioError))
    }
  }
}
