package import FileTree
package import Loader
package import SystemPackage

/// Why it can't be told what a file needs. Paths are in-root.
package enum NeedsError: Error, Sendable {
  case loader(LoaderError)
  case script(ScriptError)
  /// An assembly whose runtime isn't there; by its name.
  case noRuntime(path: ByteString, runtime: String)
  /// A program for Windows, which nothing here starts.
  case windowsProgram(path: ByteString)
  case unreadable(path: ByteString, Errno)
}
