package import Archive
internal import FileTree
package import Loader

extension BundleDescription {
  /// What was read, with the reasons that the programs in it give.
  ///
  /// - Parameter environment: the loader's surroundings in the bundle.
  package init(_ bundle: ReadBundle, in environment: SearchEnvironment) {
    let reasons = ClosureReasons(in: bundle.tree, bundle.entries, environment)
    // cpio has no place for them.
    let tellsAttributes = bundle.format.kind != .cpio
    self.init(
      image: bundle.image?.choice.name, platform: bundle.image?.platform.description,
      entries: bundle.entries.map { Self.entry($0, reasons.reasons[$0.path], tellsAttributes) },
      settings: bundle.image.map { Self.settings($0.configuration) })
  }

  private static func entry(
    _ entry: ArchiveEntry, _ reason: ClosureReasons.Reason?, _ tellsAttributes: Bool
  ) -> Entry {
    let (kind, target): (Entry.Kind, String?) =
      switch entry.node {
      case .file: (.file, nil)
      case .directory: (.directory, nil)
      case .symbolicLink(let text): (.symlink, text.description)
      case .hardLink(let first, _): (.hardlink, first.description)
      case .special(let kind, let device): (Entry.Kind(special: kind), device?.description)
      }
    return Entry(
      path: entry.path.description, kind: kind, mode: entry.permissions,
      owner: "\(entry.owner.user):\(entry.owner.group)",
      size: kind == .file ? entry.content?.size : nil,
      digest: kind == .file ? entry.content?.digest.hexadecimal : nil, target: target,
      attributes: tellsAttributes ? attributes(of: entry) : nil, reason: reason?.text,
      isClosure: reason != nil, library: reason?.library?.description)
  }

  private static func attributes(of entry: ArchiveEntry) -> [String: String] {
    entry.attributes.reduce(into: [:]) { $0[$1.name.description] = $1.hexadecimal }
  }

  /// In the words of the specification (OCI image-spec, config.md), but for what tells when it was made.
  private static func settings(_ configuration: RunConfiguration) -> [Setting] {
    func list(_ words: [String]) -> String {
      "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
    let fixed = [
      Setting("Entrypoint", list(configuration.entrypoint)),
      Setting("Cmd", list(configuration.command)), Setting("User", configuration.user ?? ""),
      Setting("WorkingDir", configuration.workingDirectory ?? ""),
      Setting("ExposedPorts", configuration.exposedPorts.joined(separator: ", ")),
      Setting("Volumes", configuration.volumes.joined(separator: ", ")),
      Setting("StopSignal", configuration.stopSignal ?? ""),
    ]
    let variables = configuration.environment.map { variable in
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return Setting("Env \(parts[0])", parts.count > 1 ? String(parts[1]) : "")
    }
    let labels = configuration.labels.sorted { $0.key < $1.key }.map {
      Setting("Label \($0.key)", $0.value)
    }
    return fixed + variables + labels
  }
}

extension BundleDescription.Entry.Kind {
  fileprivate init(special kind: FileStatus.Kind) {
    self =
      switch kind {
      case .characterDevice: .characterDevice
      case .blockDevice: .blockDevice
      case .socket: .socket
      case .fifo, .regular, .directory, .symbolicLink, .unknown: .fifo
      }
  }
}
