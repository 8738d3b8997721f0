internal import ELF
internal import FileTree
internal import Loader

extension ClosureGraph {
  /// How widely a library that keeps its path is shared.
  ///
  /// - Parameter object: its place in ``ClosureGraph/objects``.
  func stratum(of object: Int) -> Stratum {
    object == interpreter || isLibc(objects[object]) ? .libc : .libraries
  }

  /// Whether an object is the C library itself.
  ///
  /// Source: glibc `shlib-versions` (`libc=6`, and 6.1 on Alpha and IA-64); of musl, the interpreter is
  /// the C library, and Debian and Alpine give it sonames of their own beside `libc.so`.
  private func isLibc(_ object: LoadedObject) -> Bool {
    guard let soname = object.image.dynamic?.soname else { return false }
    switch libc {
    case .glibc: return soname == "libc.so.6" || soname == "libc.so.6.1"
    case .musl: return soname == "libc.so" || soname.hasPrefix("libc.musl-")
    case nil: return false
    }
  }
}
