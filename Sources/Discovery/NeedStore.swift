internal import ELF
package import FileTree
internal import Loader
internal import Synchronization

/// What was seen in the objects of a root, shared by all finders of that root.
package final class NeedStore: Sendable {
  private let tree: any FileTree
  /// By the path that the loader opens, and that of the file.
  private let needs = Mutex<[ByteString: [RuntimeNeed]]>([:])

  package init(tree: any FileTree) {
    self.tree = tree
  }

  /// The needs of an object; those of a library are remembered, since many programs load it.
  func needs(
    of object: LoadedObject, place: RootPath, isProgram: Bool, libc: Libc?,
    _ find: (ObservedObject) -> [RuntimeNeed]
  ) -> [RuntimeNeed] {
    let key = object.openedPath + "\0" + object.file.real.text
    if !isProgram, let known = needs.withLock({ $0[key] }) { return known }
    let found = find(
      ObservedObject(
        path: object.openedPath, real: object.file.real, place: place, image: object.image,
        isProgram: isProgram, imports: imports(of: object), libc: libc))
    if !isProgram { needs.withLock { $0[key] = found } }
    return found
  }

  /// Damaged tables import nothing: who loads the object is told of them elsewhere.
  private func imports(of object: LoadedObject) -> Set<ByteString> {
    guard object.image.dynamic != nil, let file = try? tree.open(object.file.real),
      let names = try? ElfImage.importedSymbols(of: file)
    else { return [] }
    return Set(names)
  }
}
