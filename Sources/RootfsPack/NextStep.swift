internal import FileTree
internal import Image

/// The command that makes something of an output and runs it, safe to paste into a shell.
struct NextStep {
  let output: Output
  let configuration: ImageConfiguration
  let reference: ImageReference

  /// Nil where there is nothing that everybody has.
  var command: String? {
    guard case .path(let path) = output.target else { return nil }
    let place = quote(ByteString(path).description)
    let name = quote(reference.shortDescription)
    let run = configuration.entrypoint.isEmpty ? "" : " && docker run --rm \(name)"
    switch output.format {
    case .tar, .tarGzip, .tarZstd:
      let changes = self.changes.map { "-c \(quote($0, always: true)) " }.joined()
      return "docker import \(changes)\(place) \(name)\(run)"
    case .ociArchive: return "docker load --input \(place)\(run)"
    case .ociLayout:
      let isLocal = reference.repository.hasPrefix("docker.io/library/")
      let destination =
        isLocal ? "docker-daemon:\(reference)" : "docker://\(reference)"
      return "skopeo copy oci:\(place):\(reference.tag) \(quote(destination))"
    case .directory:
      guard let program = configuration.entrypoint.first else { return nil }
      return "chroot \(place) \(quote(program))"
    case .cpio, .cpioGzip: return "qemu-system-... -kernel KERNEL -initrd \(place)"
    }
  }

  /// What an archive of files alone doesn't say: a Dockerfile's words for it.
  private var changes: [String] {
    var changes: [String] = []
    if !configuration.entrypoint.isEmpty {
      changes.append("ENTRYPOINT \(array(configuration.entrypoint))")
    }
    if !configuration.command.isEmpty { changes.append("CMD \(array(configuration.command))") }
    for variable in configuration.environment where !variable.hasPrefix("PATH=/usr/local/sbin:") {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      changes.append("ENV \(parts[0])=\"\(escape(String(parts.count > 1 ? parts[1] : "")))\"")
    }
    if let user = configuration.user { changes.append("USER \(user)") }
    if let directory = configuration.workingDirectory { changes.append("WORKDIR \(directory)") }
    changes += configuration.exposedPorts.map { "EXPOSE \($0)" }
    if !configuration.volumes.isEmpty { changes.append("VOLUME \(array(configuration.volumes))") }
    changes += configuration.labels.sorted { $0.key < $1.key }.map {
      "LABEL \"\(escape($0.key))\"=\"\(escape($0.value))\""
    }
    if let signal = configuration.stopSignal { changes.append("STOPSIGNAL \(signal)") }
    return changes
  }

  private func array(_ words: [String]) -> String {
    "[" + words.map { "\"\(escape($0))\"" }.joined(separator: ", ") + "]"
  }

  /// JSON's escapes; control characters can't occur in a rendered path.
  private func escape(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  private func quote(_ text: String, always: Bool = false) -> String {
    let plain = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@%,=".contains($0))
    }
    return plain && !always ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
