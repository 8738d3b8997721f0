internal import FileTree
internal import Packages

/// What the records of packages say of those around one, whichever of its files is asked about.
struct PackageKin: Sendable {
  /// The package itself, and those that are built with it.
  let relatives: [Package]
  /// Those that it asks for and that are built from something else.
  let others: [Package]
  /// Itself and those that are built with it and that it asks for.
  let siblings: [Package]

  init(of own: Package, in packages: PackageDatabase) {
    let asked = packages.dependencies(of: own, recommended: true)
    let built = asked.filter { $0.isSibling(of: own) && $0 != own }.sorted { $0.name < $1.name }
    siblings = [own] + built
    relatives = siblings + packages.relatives(of: own).filter { !built.contains($0) }
    others = asked.filter { !$0.isSibling(of: own) }
  }

  /// The topmost directories that no package has but the package, those that are built with it and those that
  /// it asks for, each with one of these; physical, sorted.
  func directories(in packages: PackageDatabase) -> [PrivateDirectory] {
    let known = Set(relatives + others)
    return tops(in: packages).filter { top in
      packages.owners(of: top.path).allSatisfy { owner in
        known.contains(owner) || relatives.contains { owner.isSibling(of: $0) }
      }
    }
  }

  private func tops(in packages: PackageDatabase) -> [PrivateDirectory] {
    var found: [RootPath: Package] = [:]
    for sibling in siblings {
      // Records name each directory too, and a file's is as private as the file.
      for file in packages.files(of: sibling, below: PrivatePlaces.tops) {
        guard let top = PrivatePlaces.top(of: file), found[top] == nil else { continue }
        found[top] = sibling
      }
    }
    return found.map { PrivateDirectory(path: $0.key, package: $0.value) }
      .sorted { $0.path < $1.path }
  }
}

/// A directory that is a package's own.
struct PrivateDirectory: Sendable {
  /// Physical.
  let path: RootPath
  let package: Package
}
