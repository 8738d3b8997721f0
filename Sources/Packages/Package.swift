package import FileTree

/// A package that is installed in a root, as its database tells.
package struct Package: Hashable, Sendable {
  /// The package manager whose record it is.
  package enum Manager: String, Sendable {
    case dpkg, apk, pacman
  }

  package let manager: Manager
  package let name: ByteString
  package let version: ByteString
  /// In the manager's words; empty where the record has none.
  package let architecture: ByteString
  /// The name of the source package that it is built from, often the same as its own.
  package let source: ByteString
  /// What it can't be without: of each group one, by the name of a package or of what some provide.
  package let dependencies: [[ByteString]]
  /// What most who install it want too.
  package let recommendations: [[ByteString]]
  /// What it counts as beside its name.
  package let provides: [ByteString]
  /// The file of the database that says which files it has. Physical, in-root.
  package let record: RootPath
  /// Its place in the database that it was read from.
  let number: Int

  /// Whether both are built from one source package.
  package func isSibling(of other: Package) -> Bool {
    manager == other.manager && source == other.source
  }
}
