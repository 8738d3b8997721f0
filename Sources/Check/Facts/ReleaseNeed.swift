internal import ELF
package import FileTree

/// What programs take from the system rather than along, with releases of its own.
package enum ReleasePackage: String, Hashable, Sendable {
  case glibc
  /// libstdc++ and libgcc_s, which come with the compiler.
  case gcc = "GCC"
}

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

/// The release that an object raises a closure's floor to.
package struct ReleaseFloor: Hashable, Sendable {
  package let package: ReleasePackage
  package let release: Release
  package let version: ByteString
  /// As DT_NEEDED names it.
  package let library: ByteString
  /// Symbols that carry the version; of a mark such as GLIBC_ABI_DT_RELR there are none.
  package let symbols: [ByteString]
}

/// A floor with the object that raises it.
package struct FloorRaise: Hashable, Sendable {
  package let floor: ReleaseFloor
  package let object: FoundObject
  package let chain: [ByteString]
}
