internal import FileTree

/// What reads one manager's database in one root.
///
/// A database is input from outside: a damaged record is one with less in it. Packages go by their place
/// in ``names``. Paths are absolute, as the record has them, which may lead over links.
protocol PackageReader: Sendable {
  /// Nil where the root has no such database; nothing but that is looked at.
  init?(_ tree: any FileTree)

  /// The name of each package, in a fixed order; of several architectures, one name several times.
  var names: [ByteString] { mutating get }

  /// What is known of a package but its files.
  ///
  /// - Parameter number: its place among those of all databases.
  mutating func package(at place: Int, number: Int) -> Package

  /// Calls for each path that a package has, directories among them.
  mutating func eachPath(at place: Int, _ body: (ArraySlice<UInt8>) -> Void)

  /// The files of a package that an administrator may change.
  mutating func configurationFiles(at place: Int) -> [ByteString]

  /// Files that lie elsewhere than records say.
  mutating func diversions() -> [Diversion]

  /// Links that lead to whichever package's file was chosen.
  mutating func alternatives() -> [Alternative]

  /// What couldn't be read, or is larger than any real one: paths of the database's files.
  var unread: [RootPath] { get }
}

extension PackageReader {
  func diversions() -> [Diversion] { [] }
  func alternatives() -> [Alternative] { [] }
}

/// A file that one package has in the place of others', which lie elsewhere.
///
/// Source: dpkg-divert(1).
struct Diversion: Hashable {
  let from: ByteString
  let to: ByteString
  /// Whose file keeps the place; nil where an administrator's does.
  let package: ByteString?
}
