internal import Bundle
internal import FileTree

/// Which layers an image has.
package enum Layering: String, CaseIterable, Sendable {
  /// One for each stratum, so that images share what they have in common.
  case shared
  case single
}

/// Divides the entries of a plan into layers, each a tar archive that is complete in itself.
final class LayerSink: EntrySink {
  private let layering: Layering
  /// What makes a layer, once it has an entry.
  private let makeLayer: (Stratum) throws(ArchiveError) -> any EntrySink
  private var layers: [Stratum: any EntrySink] = [:]
  /// The directories that a layer has.
  private var directories: [Stratum: Set<RootPath>] = [:]
  private var current: (any EntrySink)?

  init(
    layering: Layering, makeLayer: @escaping (Stratum) throws(ArchiveError) -> any EntrySink
  ) {
    self.layering = layering
    self.makeLayer = makeLayer
  }

  func begin(_ entry: BundleEntry) throws(ArchiveError) {
    current = nil
    // OCI image-spec, layer.md, "Whiteouts".
    guard !entry.path.name.hasPrefix(".wh.") else {
      throw .unrepresentable(entry.path, "in an image's layer, a name with .wh. deletes a file")
    }
    // A directory that is there for what it holds goes with that.
    if layering == .shared, case .parent = entry.reason { return }
    let stratum = layering == .shared ? entry.stratum : .application
    let layer = try layer(stratum)
    if layering == .shared { try addParents(of: entry.path, to: layer, stratum) }
    if case .directory = entry.node { directories[stratum, default: []].insert(entry.path) }
    current = layer
    try layer.begin(entry)
  }

  func append(_ content: [UInt8]) throws(ArchiveError) {
    try current?.append(content)
  }

  func end(_ entry: BundleEntry) throws(ArchiveError) {
    try current?.end(entry)
  }

  func finish() throws(ArchiveError) {
    // An image without any layer is more than some engines can take.
    if layers.isEmpty { _ = try layer(.application) }
    for stratum in Stratum.allCases { try layers[stratum]?.finish() }
  }

  private func layer(_ stratum: Stratum) throws(ArchiveError) -> any EntrySink {
    if let layer = layers[stratum] { return layer }
    let layer = try makeLayer(stratum)
    layers[stratum] = layer
    return layer
  }

  /// With plain permissions, whatever an addition says of them: that stands in the addition's own
  /// layer, above, and lower layers stay the same for all images.
  private func addParents(
    of path: RootPath, to layer: any EntrySink, _ stratum: Stratum
  ) throws(ArchiveError) {
    for ancestor in path.ancestors {
      guard directories[stratum, default: []].insert(ancestor).inserted else { continue }
      let parent = BundleEntry(
        path: ancestor, node: .directory(permissions: 0o755), reason: .parent, stratum: stratum)
      try layer.begin(parent)
      try layer.end(parent)
    }
  }
}
