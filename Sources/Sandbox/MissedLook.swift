package import FileTree

/// A file that a program has looked for and didn't find.
package struct MissedLook: Hashable, Sendable {
  /// What it wanted of the file.
  package enum Purpose: Hashable, Sendable {
    /// To know whether it is there, and of which kind.
    case looking
    case opening
    /// To make something in it: the path is that of the directory.
    case making
    /// To become it.
    case starting
  }

  /// In-root and absolute, as the program wrote it.
  package let path: ByteString
  package let purpose: Purpose
  /// Whether it was glibc's dynamic loader that looked, which tries one place after the other.
  package let isOfLoader: Bool

  package init(path: ByteString, purpose: Purpose, isOfLoader: Bool = false) {
    self.path = path
    self.purpose = purpose
    self.isOfLoader = isOfLoader
  }
}
