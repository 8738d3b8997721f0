internal import ELF
internal import FileTree

/// A version that says which release of a package an object needs at least.
struct ReleaseNeed: Hashable, Sendable {
  let package: ReleasePackage
  let release: Release
  /// The library as DT_NEEDED names it.
  let library: ByteString
  let reference: VersionTables.Reference

  /// Nil for a version that says nothing of releases, or that the object can do without.
  init?(_ reference: VersionTables.Reference, of library: ByteString) {
    guard !reference.isWeak,
      let (package, release) = VersionReleases.release(of: reference.version.name.description)
    else { return nil }
    self.package = package
    self.release = release
    self.library = library
    self.reference = reference
  }

  static func all(in versions: VersionTables) -> [ReleaseNeed] {
    versions.needs.flatMap { need in
      need.references.compactMap { ReleaseNeed($0, of: need.library) }
    }
  }

  /// The newest one for each package; the first in the file's order of several.
  static func highest(in versions: VersionTables) -> [ReleaseNeed] {
    var highest: [ReleaseNeed] = []
    for need in all(in: versions) {
      if let place = highest.firstIndex(where: { $0.package == need.package }) {
        if highest[place].release < need.release { highest[place] = need }
      } else {
        highest.append(need)
      }
    }
    return highest
  }
}
