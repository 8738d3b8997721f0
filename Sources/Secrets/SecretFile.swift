package import FileTree

/// Tells secrets: by place and name, and by content.
package enum SecretFile {
  /// What packages bring, which is the same on every machine (FHS 3.0, chapter 4).
  static let vendorDirectories: [RootPath] = [
    "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/sbin",
    "/usr/share",
  ]

  /// What something is a secret by; nil for most.
  ///
  /// - Parameters:
  ///   - path: physical.
  ///   - judgesPlace: whether its place and name count.
  package static func rule(
    for path: RootPath, _ status: FileStatus, in tree: any FileTree, judgesPlace: Bool = true
  ) -> SecretRule? {
    let place = judgesPlace ? SecretPlaces.rule(for: path, status.kind) : nil
    let isVendors = vendorDirectories.contains { path.isInside($0) }
    guard let rule = place ?? SecretContent.rule(at: path, status, in: tree, isVendors: isVendors)
    else { return nil }
    let isPackaged = isVendors || path.isInside("/etc")
    return isPackaged && status.kind == .regular && PackagedFile.isUnchanged(path, in: tree)
      ? nil : rule
  }
}
