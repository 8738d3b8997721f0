internal import ELF
package import FileTree
internal import Loader
internal import Synchronization

/// What was seen in the objects of a root, shared by all finders of that root.
package final class NeedStore: Sendable {
  private let tree: any FileTree
  private let state = Mutex<State>(State())

  private struct State {
    /// By the path that the loader opens, and that of the file.
    var needs: [ByteString: [RuntimeNeed]] = [:]
    /// By the path of the file.
    var imports: [ByteString: Set<ByteString>] = [:]
  }

  package init(tree: any FileTree) {
    self.tree = tree
  }

  /// An object as sources look at it.
  func observe(
    _ object: LoadedObject, place: RootPath, isProgram: Bool, libc: Libc?
  ) -> ObservedObject {
    ObservedObject(
      path: object.openedPath, real: object.file.real, place: place, image: object.image,
      isProgram: isProgram, imports: imports(of: object), libc: libc)
  }

  /// The needs that an object has by itself; those of a library are remembered, since many programs
  /// load it.
  func needs(
    of object: ObservedObject, _ find: (ObservedObject) -> [RuntimeNeed]
  ) -> [RuntimeNeed] {
    guard !object.isProgram else { return find(object) }
    let key = object.path + "\0" + object.real.text
    if let known = state.withLock({ $0.needs[key] }) { return known }
    let found = find(object)
    state.withLock { $0.needs[key] = found }
    return found
  }

  /// Damaged tables import nothing: who loads the object is told of them elsewhere.
  private func imports(of object: LoadedObject) -> Set<ByteString> {
    let key = object.file.real.text
    if let known = state.withLock({ $0.imports[key] }) { return known }
    let imports = read(object)
    state.withLock { $0.imports[key] = imports }
    return imports
  }

  private func read(_ object: LoadedObject) -> Set<ByteString> {
    guard object.image.dynamic != nil, let file = try? tree.open(object.file.real),
      let names = try? ElfImage.importedSymbols(of: file)
    else { return [] }
    return Set(names).intersection(NeedSources.symbols)
  }
}
