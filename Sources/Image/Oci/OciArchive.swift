internal import FileTree
internal import SystemPackage

/// Writes an image layout as one tar archive.
struct OciArchive {
  let metadata: EntryMetadata

  func write(
    _ layout: OciLayout, to output: any ByteSink, target: FilePath
  ) throws(ArchiveError) {
    var needsDirectories = true
    for file in layout.files {
      if needsDirectories, file.path.hasPrefix("blobs/") {
        try write(layout.dockerManifest, to: output, target: target)
        for directory in OciLayout.directories {
          try output.append(TarHeader(directory: ByteString(directory), metadata).blocks())
        }
        needsDirectories = false
      }
      try write(file, to: output, target: target)
    }
    try output.append(TarHeader.end)
    try output.finish()
  }

  private func write(
    _ file: (path: String, blob: Blob), to output: any ByteSink, target: FilePath
  ) throws(ArchiveError) {
    let size = file.blob.size
    try output.append(TarHeader(file: ByteString(file.path), size: size, metadata).blocks())
    try file.blob.read({ bytes throws(ArchiveError) in try output.append(bytes) }, target: target)
    try output.append(TarHeader.padding(after: size))
  }
}
