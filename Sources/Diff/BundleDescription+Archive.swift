package import Archive
internal import FileTree

extension BundleDescription {
  /// What was read, with the reasons that the programs in it give.
  package init(_ bundle: ReadBundle) {
    let reasons = ClosureReasons(in: bundle.tree, bundle.entries)
    self.init(
      platform: bundle.image?.platform.description,
      entries: bundle.entries.map { Self.entry($0, reasons.reasons[$0.path]) },
      settings: bundle.image.map { Self.settings($0.configuration) })
  }

  private static func entry(_ entry: ArchiveEntry, _ reason: ClosureReasons.Reason?) -> Entry {
    let (kind, target): (Entry.Kind, String?) =
      switch entry.node {
      case .file: (.file, nil)
      case .directory: (.directory, nil)
      case .symbolicLink(let text): (.symlink, text.description)
      case .hardLink(let first, _): (.hardlink, first.description)
      }
    return Entry(
      path: entry.path.description, kind: kind, mode: entry.permissions,
      owner: "\(entry.owner.user):\(entry.owner.group)",
      size: kind == .file ? entry.content?.size : nil,
      digest: kind == .file ? entry.content?.digest.hexadecimal : nil, target: target,
      reason: reason?.text, isClosure: reason != nil, library: reason?.library?.description)
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
