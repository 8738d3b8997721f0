/// Which release each symbol version came with.
///
/// Sources: for GLIBC_ the version is the release (glibc `Versions.def`), but for the marks, of which
/// `elf/Versions` and the release notes tell; for the others the manual of libstdc++, appendix "ABI
/// Policy and Guidelines", section "Versioning", as of GCC 15.
enum VersionReleases {
  /// Nil for a version of another library, or one that says nothing of a release.
  static func release(of version: String) -> (ReleasePackage, Release)? {
    guard let underscore = version.firstIndex(of: "_") else { return nil }
    let text = version[version.index(after: underscore)...]
    switch version[..<underscore] {
    case "GLIBC":
      return (glibcMarks[version] ?? Release(text)).map { (.glibc, $0) }
    // It is named after the release.
    case "GCC": return Release(text).map { (.gcc, $0) }
    case "GLIBCXX": return Release(text).map { (.gcc, find($0, in: glibcxx)) }
    case "CXXABI": return Release(text).map { (.gcc, find($0, in: cxxabi)) }
    default: return nil
    }
  }

  private static func find(_ version: Release, in table: [(Release, Release)]) -> Release {
    let known = table.first { version <= $0.0 }?.1
    return known ?? table.last.map { Release(laterThan: $0.1) } ?? version
  }

  /// Features of the loader. The marks of TLS and of the PLT came with updates of 2.42.
  private static let glibcMarks: [String: Release] = [
    "GLIBC_ABI_DT_RELR": Release(2, 36), "GLIBC_ABI_DT_X86_64_PLT": Release(2, 42),
    "GLIBC_ABI_GNU_TLS": Release(2, 42), "GLIBC_ABI_GNU2_TLS": Release(2, 42),
  ]

  /// The first release of GCC with each version of libstdc++, in ascending order.
  private static let glibcxx: [(Release, Release)] = [
    (Release(3, 4), Release(3, 4, 0)), (Release(3, 4, 1), Release(3, 4, 1)),
    (Release(3, 4, 2), Release(3, 4, 2)), (Release(3, 4, 3), Release(3, 4, 3)),
    (Release(3, 4, 4), Release(4, 0, 0)), (Release(3, 4, 5), Release(4, 0, 1)),
    (Release(3, 4, 6), Release(4, 0, 2)), (Release(3, 4, 7), Release(4, 0, 3)),
    (Release(3, 4, 8), Release(4, 1, 1)), (Release(3, 4, 9), Release(4, 2, 0)),
    (Release(3, 4, 10), Release(4, 3, 0)), (Release(3, 4, 11), Release(4, 4, 0)),
    (Release(3, 4, 12), Release(4, 4, 1)), (Release(3, 4, 13), Release(4, 4, 2)),
    (Release(3, 4, 14), Release(4, 5, 0)), (Release(3, 4, 15), Release(4, 6, 0)),
    (Release(3, 4, 16), Release(4, 6, 1)), (Release(3, 4, 17), Release(4, 7, 0)),
    (Release(3, 4, 18), Release(4, 8, 0)), (Release(3, 4, 19), Release(4, 8, 3)),
    (Release(3, 4, 20), Release(4, 9, 0)), (Release(3, 4, 21), Release(5, 1, 0)),
    (Release(3, 4, 22), Release(6, 1, 0)), (Release(3, 4, 23), Release(7, 1, 0)),
    (Release(3, 4, 24), Release(7, 2, 0)), (Release(3, 4, 25), Release(8, 1, 0)),
    (Release(3, 4, 26), Release(9, 1, 0)), (Release(3, 4, 27), Release(9, 2, 0)),
    (Release(3, 4, 28), Release(9, 3, 0)), (Release(3, 4, 29), Release(11, 1, 0)),
    (Release(3, 4, 30), Release(12, 1, 0)), (Release(3, 4, 31), Release(13, 1, 0)),
    (Release(3, 4, 32), Release(13, 2, 0)), (Release(3, 4, 33), Release(14, 1, 0)),
    (Release(3, 4, 34), Release(15, 1, 0)),
  ]

  /// The same of the compiler's part of it.
  private static let cxxabi: [(Release, Release)] = [
    (Release(1, 3), Release(3, 4, 0)), (Release(1, 3, 1), Release(4, 0, 0)),
    (Release(1, 3, 2), Release(4, 3, 0)), (Release(1, 3, 3), Release(4, 4, 0)),
    (Release(1, 3, 4), Release(4, 5, 0)), (Release(1, 3, 5), Release(4, 6, 0)),
    (Release(1, 3, 6), Release(4, 7, 0)), (Release(1, 3, 7), Release(4, 8, 0)),
    (Release(1, 3, 8), Release(4, 9, 0)), (Release(1, 3, 9), Release(5, 1, 0)),
    (Release(1, 3, 10), Release(6, 1, 0)), (Release(1, 3, 11), Release(7, 1, 0)),
    (Release(1, 3, 12), Release(9, 1, 0)), (Release(1, 3, 13), Release(12, 1, 0)),
    (Release(1, 3, 14), Release(13, 1, 0)), (Release(1, 3, 15), Release(14, 1, 0)),
    (Release(1, 3, 16), Release(15, 1, 0)),
  ]
}
