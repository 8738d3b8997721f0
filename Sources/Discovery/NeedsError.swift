package import FileTree
package import Loader
package import SystemPackage

/// Why it can't be told what a file needs. Paths are in-root.
package enum NeedsError: Error, Sendable {
  case loader(LoaderError)
  case script(ScriptError)
  /// A file that is started by a runtime which isn't there.
  case noProgram(path: ByteString)
  case unreadable(path: ByteString, Errno)
}
