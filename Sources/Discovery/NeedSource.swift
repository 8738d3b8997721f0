package import ELF
package import FileTree
package import Loader

/// Something that knows what one kind of object asks for at run time.
///
/// It is asked for each object of a program, in the order of loading, and may keep what it has seen: a new
/// one is made for every look at a program, so its answers follow from that ``ProgramView`` alone.
protocol NeedSource: Sendable {
  /// The symbols that it looks for among those that an object imports; others aren't kept.
  var symbols: Set<ByteString> { get }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed]
}

extension NeedSource {
  var symbols: Set<ByteString> { [] }
}

/// One object of a closure, as discovery looks at it.
package struct ObservedObject: Sendable {
  /// As the loader opens it: absolute, in-root.
  package let path: ByteString
  /// Physical, in-root.
  package let real: RootPath
  /// Where it will lie in the bundle: the same, unless it moves.
  package let place: RootPath
  /// Nil for what isn't ELF: a script or a managed assembly.
  package let image: ElfImage?
  /// Whether it was asked for by the user, as a program to start.
  package let isProgram: Bool
  /// Of the symbols that it imports, those that a source looks for.
  package let imports: Set<ByteString>
  /// The C library of the closure; nil if no loader is asked.
  package let libc: Libc?
  /// Directories that the program's loader searches by default, in its order, ending in `/`.
  package let systemDirectories: [ByteString]

  package init(
    path: ByteString, real: RootPath, place: RootPath, image: ElfImage?, isProgram: Bool,
    imports: Set<ByteString>, libc: Libc? = .glibc, systemDirectories: [ByteString] = []
  ) {
    self.path = path
    self.real = real
    self.place = place
    self.image = image
    self.isProgram = isProgram
    self.imports = imports
    self.libc = libc
    self.systemDirectories = systemDirectories
  }

  /// The soname, or the file's name where there is none.
  package var name: ByteString { image?.dynamic?.soname ?? real.name }
}

extension ObservedObject {
  /// What names the object as a caller of `dlopen`; nil for the program itself.
  var caller: ByteString? { isProgram ? nil : name }
}
