internal import FileTree
internal import Packages

/// The packages that those of some programs ask for, themselves and by others: what of everybody's modules a
/// program may load is told by them.
///
/// Source: Debian policy 7.2, `Depends`: whoever only recommends another does without it.
struct AskedPackages {
  private let packages: Set<Package>
  /// That of what reads the modules: all that is built with it counts.
  private let reader: Package?

  /// - Parameters:
  ///   - programs: physical. Nil if one of them is no package's, and may ask for anything.
  ///   - reader: what reads the modules; physical.
  init?(by programs: [RootPath], reading reader: RootPath, in root: RootView) {
    self.reader = root.packages.owner(of: reader)
    var pending: [Package] = []
    for program in programs {
      guard let package = root.packages.owner(of: program) else { return nil }
      pending.append(package)
    }
    guard !pending.isEmpty else { return nil }
    var asked = Set(pending)
    while !pending.isEmpty {
      let next = pending.flatMap { root.packages.dependencies(of: $0) }
      pending = next.filter { asked.insert($0).inserted }
    }
    packages = asked
  }

  /// Whether a path is one of these packages', or nobody's. Physical.
  func mayHave(_ path: RootPath, in root: RootView) -> Bool {
    let owners = root.packages.owners(of: path)
    return owners.isEmpty
      || owners.contains { owner in
        packages.contains(owner) || reader.map { owner.isSibling(of: $0) } ?? false
      }
  }
}
