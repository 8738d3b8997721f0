import Archive
import FileTree
import SystemPackage

/// Reads bytes as whatever archive or image they are, and holds what is told against what was unpacked.
func readArchive(_ bytes: [UInt8]) {
  var options = ReadOptions()
  options.temporaryDirectory = "/dev/shm"
  options.limits.contentSize = 4 << 20
  options.limits.ratioThreshold = 1 << 20
  options.limits.compressionWindow = 20
  options.limits.entryCount = 500
  options.limits.metadataSize = 1 << 18
  options.limits.documentSize = 1 << 18
  options.limits.layerCount = 10
  let reader = ArchiveReader(options: options)
  guard let bundle = try? reader.read(Descriptor.shared.path(bytes)) else { return }
  let unpacked = try? reader.entries(of: bundle.directory)
  // Pipes and devices are told of alone.
  let entries = bundle.entries.filter { if case .special = $0.node { false } else { true } }
  precondition(
    entries.map(\.path) == unpacked?.map(\.path) && entries.map(\.node) == unpacked?.map(\.node),
    "what is told isn't what was unpacked")
  for entry in entries {
    let status = try? bundle.tree.status(of: entry.path)
    precondition(status?.kind == entry.kind, "the tree has something else")
    precondition(status?.permissions == entry.permissions, "the tree has other permissions")
  }
}
