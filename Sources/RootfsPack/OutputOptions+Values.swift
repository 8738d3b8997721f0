internal import Bundle
internal import FileTree
internal import Image
internal import SystemPackage

extension OutputOptions {
  /// What is to be written, each with its format.
  var outputs: [Output] {
    get throws(Diagnostic) {
      var outputs: [Output] = []
      for path in output.isEmpty ? ["runtime" + (format ?? .tar).suffix] : output {
        outputs.append(try Self.output(path, format))
      }
      return outputs
    }
  }

  private static func output(_ path: String, _ format: OutputFormat?) throws(Diagnostic) -> Output {
    guard !path.isEmpty else { throw refusal(path, "is empty", "name a file or directory") }
    guard let format = format ?? OutputFormat(path: path) else {
      throw refusal(
        path, "its end stands for no known format",
        "choose one with --format: " + OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
      )
    }
    guard path != "-" else {
      guard !format.isDirectory else {
        throw refusal(path, "a directory can't go to standard output", "name one: -o NAME/")
      }
      return Output(.standardOutput, format: format)
    }
    guard format.isDirectory || !path.hasSuffix("/") else {
      throw refusal(path, "is a directory's name", "leave the slash out, or --format")
    }
    return Output(.path(FilePath(ByteString(argument: path))), format: format)
  }

  private static func refusal(_ path: String, _ reason: String, _ remedy: String) -> Diagnostic {
    Diagnostic(
      "--output '\(ByteString(argument: path))': \(reason)", remedy: remedy, status: .usage)
  }

  /// An option that would do nothing is a misunderstanding.
  func check() throws(Diagnostic) {
    let formats = try outputs.map(\.format)
    func refuse(_ option: String, _ reason: String, _ remedy: String) -> Diagnostic {
      Diagnostic("\(option): \(reason)", remedy: remedy, status: .usage)
    }
    let hasImage = formats.contains(where: \.isImage)
    let image = "name one with --output, as in server.oci.tar"
    if compression != nil, !hasImage {
      throw refuse("--compression", "is for an image's layers, and no output is an image", image)
    }
    if layers != nil, !hasImage { throw refuse("--layers", "no output is an image", image) }
    if base != nil, hasImage || formats.contains(where: \.isInitramfs) {
      throw refuse(
        "--overlay-safe", "without its root links an image doesn't start by itself",
        "write a .tar and ADD it onto a base image")
    }
    if let debugDir, !strip || debugDir.isEmpty {
      throw refuse(
        "--debug-dir", "is for what --strip leaves out", "add --strip, and name a directory")
    }
    if let level {
      var compressions = formats.compactMap(\.compression)
      if hasImage { compressions.append(compression ?? .gzip) }
      compressions.removeAll { $0 == .none }
      guard !compressions.isEmpty else {
        throw refuse("--level", "no output is compressed", "name one, such as runtime.tar.zst")
      }
      for kind in compressions where !kind.levels.contains(level) {
        throw refuse(
          "--level \(level)", "\(kind.rawValue) has no such level",
          "it has \(kind.levels.lowerBound) to \(kind.levels.upperBound)")
      }
    }
  }

  /// The image that an output is for; nil unless it is asked for.
  var base: BaseLayout? { overlaySafeBase ?? (overlaySafe ? .merged : nil) }

  /// Nil unless it is asked for.
  var ownership: (owner: UInt32, group: UInt32)? {
    get throws(Diagnostic) {
      guard let owner else { return nil }
      let parts = owner.split(separator: ":", omittingEmptySubsequences: false).map {
        UserNumber.parse($0)
      }
      guard parts.count <= 2, let uid = parts[0], let gid = parts.count == 2 ? parts[1] : 0 else {
        throw Diagnostic(
          "--owner \(ByteString(argument: owner)): not numbers of a user and group",
          remedy: "write UID or UID:GID", status: .usage)
      }
      return (uid, gid)
    }
  }
}
