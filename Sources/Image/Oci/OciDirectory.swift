internal import Bundle
internal import FileTree
internal import SystemPackage

/// Writes an image layout as the files of a directory.
struct OciDirectory {
  let sink: DirectorySink
  let target: FilePath

  func write(_ layout: OciLayout) throws(ArchiveError) {
    var needsDirectories = true
    for (path, blob) in layout.files {
      if needsDirectories, path.hasPrefix("blobs/") {
        for directory in OciLayout.directories {
          try write(directory, .directory(permissions: 0o755))
        }
        needsDirectories = false
      }
      try write(path, .file(.generated([]), permissions: 0o644), blob)
    }
    try sink.finish()
  }

  /// The entry has no content of its own: the blob's may be larger than memory.
  private func write(
    _ path: String, _ node: BundleEntry.Node, _ blob: Blob? = nil
  ) throws(ArchiveError) {
    let entry = BundleEntry(
      path: RootPath(normalising: ByteString("/" + path)), node: node, reason: .parent)
    try sink.begin(entry)
    try blob?.read({ bytes throws(ArchiveError) in try sink.append(bytes) }, target: target)
    try sink.end(entry)
  }
}
