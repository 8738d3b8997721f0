package import FileTree
internal import Synchronization

/// The packages of one root: which has a file, and what is known of it.
///
/// Nothing is read before the first question, and no more than that one takes; no program is run. Paths
/// are physical and in-root, whichever way a record spells them; what isn't any package's has no owner.
/// What is damaged in a database is passed over, and what couldn't be read is in ``unread``.
package final class PackageDatabase: Sendable {
  private let state: Mutex<PackageRecords>

  package init(_ tree: any FileTree) {
    state = Mutex(PackageRecords(tree))
  }

  /// The package that has a file or directory; of several, one. Nil where none has.
  package func owner(of path: RootPath) -> Package? {
    state.withLock { records in records.owner(of: path).flatMap { records.package($0) } }
  }

  /// All packages that have a file or directory, as several have a directory, in the order of their names.
  package func owners(of path: RootPath) -> [Package] {
    state.withLock { records in records.owners(of: path).compactMap { records.package($0) } }
  }

  /// All packages, in the order of their names for each manager.
  package var packages: [Package] {
    state.withLock { records in (0..<records.count).compactMap { records.package($0) } }
  }

  /// The packages of a name; where there is none, those that provide what has this name.
  package func packages(named name: ByteString) -> [Package] {
    state.withLock { records in records.packages(named: name).compactMap { records.package($0) } }
  }

  /// The installed packages that a package can't be without, or that those who install it want too, in the
  /// order of the record; itself left out.
  package func dependencies(of package: Package, recommended: Bool = false) -> [Package] {
    let groups = package.dependencies + (recommended ? package.recommendations : [])
    return state.withLock { records in
      var seen: Set<Int> = [package.number]
      return groups.flatMap { $0 }.flatMap { records.packages(named: $0) }
        .filter { seen.insert($0).inserted }.compactMap { records.package($0) }
    }
  }

  /// Whether the root has no packages.
  package var isEmpty: Bool { state.withLock { $0.count == 0 } }

  /// The packages that are built along with a package and whose names begin alike, in the order of their
  /// names; itself left out. A distribution splits what belongs together that way.
  package func relatives(of package: Package) -> [Package] {
    state.withLock { $0.relatives(of: package) }
  }

  /// What a package has, directories among it, in the order of the record.
  ///
  /// - Parameter places: only what lies in one of these directories, which are physical.
  package func files(of package: Package, below places: [RootPath] = [.root]) -> [RootPath] {
    state.withLock { $0.files(of: package.number, below: places) }
  }

  /// Whether a package has a file or directory. The record of no other package is read.
  package func has(_ package: Package, _ path: RootPath) -> Bool {
    state.withLock { $0.has(package.number, path) }
  }

  /// The files of a package that an administrator may change.
  package func configurationFiles(of package: Package) -> [RootPath] {
    state.withLock { $0.configurationFiles(of: package.number) }
  }

  /// The group of alternatives that a link belongs to, which is of no package; nil for any other file.
  package func alternative(at path: RootPath) -> Alternative? {
    state.withLock { $0.alternative(at: path) }
  }

  /// Files of the database that couldn't be read, of those that were asked for, sorted.
  package var unread: [RootPath] {
    state.withLock { $0.unread }
  }
}
