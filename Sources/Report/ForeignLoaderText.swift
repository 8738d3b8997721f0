package import FileTree
package import Loader

extension ForeignLoader {
  /// What can't be promised of a program: a clause in which "its" is the program's.
  ///
  /// - Parameter path: the text of PT_INTERP.
  package func promise(_ path: ByteString) -> String {
    let owner = self == .unknown ? "neither glibc's nor musl's" : "of \(name)"
    return "its loader \(path) is \(owner), whose rules aren't known: "
      + "what it loads is as the ELF standard says, by no cache, and may be more or less"
  }

  /// What the user can do: a clause without a full stop.
  package var remedy: String {
    isForOtherKernel
      ? "run it on \(name): it isn't for Linux"
      : "try the bundle where it is to run, and add what is missing (--add, --library-path)"
  }
}
