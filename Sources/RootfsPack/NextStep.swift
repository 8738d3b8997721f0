internal import FileTree
internal import Image

/// The command that makes something of an output and runs it, safe to paste into a shell.
struct NextStep {
  let output: Output
  let configuration: ImageConfiguration
  let reference: ImageReference

  /// Of the image; several in one index.
  let platforms: [Platform]
  /// Whether the output is for a base image, without which it doesn't run.
  let needsBase: Bool

  /// Nil where there is nothing that everybody has, or a name can't be typed.
  var command: String? {
    guard case .path(let path) = output.target, let place = word(ByteString(path)), !needsBase
    else { return nil }
    let name = quote(reference.shortDescription)
    let platform = isForeign ? "--platform \(platforms[0]) " : ""
    let run = configuration.entrypoint.isEmpty ? "" : " && docker run --rm \(platform)\(name)"
    switch output.format {
    case .tar, .tarGzip, .tarZstd:
      let changes = self.changes
      guard changes.allSatisfy(Self.isPrintable) else { return nil }
      let options = changes.map { "-c \(quote($0, always: true)) " }.joined()
      // Docker itself reads zstd only from version 23 on.
      return output.format == .tarZstd
        ? "zstd -dc \(place) | docker import \(platform)\(options)- \(name)\(run)"
        : "docker import \(platform)\(options)\(place) \(name)\(run)"
    case .ociArchive: return "docker load --input \(place)\(run)"
    case .ociLayout: return copy(from: place)
    case .directory:
      let words = configuration.entrypoint.compactMap { word(ByteString($0)) }
      guard !words.isEmpty, words.count == configuration.entrypoint.count, !isForeign else {
        return nil
      }
      return "chroot \(place) \(words.joined(separator: " "))"
    case .cpio, .cpioGzip: return "qemu-system-... -kernel KERNEL -initrd \(place)"
    }
  }

  /// Whether this machine's engines have to be told what the image is for.
  private var isForeign: Bool {
    platforms.count == 1 && platforms[0].architecture != Platform.hostArchitecture
  }

  /// Docker's daemon takes one platform; a registry, any number.
  private func copy(from place: String) -> String? {
    // A colon ends the path.
    guard !place.contains(":") else { return nil }
    let source = "oci:\(place):\(reference.tag)"
    let hasPlatforms = platforms.count > 1
    let isLocal = reference.repository.hasPrefix("docker.io/library/")
    if isLocal { return hasPlatforms ? nil : "skopeo copy \(source) docker-daemon:\(reference)" }
    return "skopeo copy \(hasPlatforms ? "--all " : "")\(source) docker://\(reference)"
  }

  /// What an archive of files alone doesn't say: a Dockerfile's words for it.
  private var changes: [String] {
    var changes: [String] = []
    if !configuration.entrypoint.isEmpty {
      changes.append("ENTRYPOINT \(array(configuration.entrypoint))")
    }
    if !configuration.command.isEmpty { changes.append("CMD \(array(configuration.command))") }
    for variable in configuration.environment where variable != ImageAssembly.path {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      changes.append("ENV \(parts[0])=\(literal(String(parts.count > 1 ? parts[1] : "")))")
    }
    if let user = configuration.user { changes.append("USER \(user)") }
    if let directory = configuration.workingDirectory {
      changes.append("WORKDIR \(directory.replacing("$", with: "\\$"))")
    }
    changes += configuration.exposedPorts.map { "EXPOSE \($0)" }
    if !configuration.volumes.isEmpty {
      changes.append(
        "VOLUME \(array(configuration.volumes.map { $0.replacing("$", with: "\\$") }))")
    }
    changes += configuration.labels.sorted { $0.key < $1.key }.map {
      "LABEL \(literal($0.key))=\(literal($0.value))"
    }
    return changes
  }

  /// A Dockerfile's quoted word, in which nothing stands for anything else.
  private func literal(_ text: String) -> String {
    "\"" + escape(text).replacing("$", with: "\\$") + "\""
  }

  /// A path as a shell takes it; nil for one that has to be shown with escapes.
  private func word(_ path: ByteString) -> String? {
    let text = path.description
    return Array(text.utf8) == path.bytes ? quote(text) : nil
  }

  private static func isPrintable(_ text: String) -> Bool {
    ByteString(text).description == text
  }

  private func array(_ words: [String]) -> String {
    "[" + words.map { "\"\(escape($0))\"" }.joined(separator: ", ") + "]"
  }

  /// JSON's escapes, for text without control characters.
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
