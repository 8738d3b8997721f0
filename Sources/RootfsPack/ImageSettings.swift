internal import Bundle
internal import FileTree
internal import FoundationEssentials
internal import Image
internal import Verify

/// What ``ImageOptions`` say, as values; nil or empty is what counts where none is given.
struct ImageSettings {
  let reference: ImageReference?
  let entrypoint: [String]?
  let command: [String]
  let user: ImageUser?
  let workingDirectory: String?
  let exposedPorts: [String]
  let volumes: [String]
  let labels: [String: String]
  let annotations: [String: String]
  let stopSignal: String?
  /// Seconds since 1970.
  let created: UInt64?
}

extension ImageOptions {
  var settings: ImageSettings {
    get throws(Diagnostic) {
      let command = try words(cmd, "--cmd")
      var directory: String?
      if let workdir { directory = try absolute(workdir, "--workdir") }
      var ports: [String] = []
      for port in expose { ports += try self.ports(port) }
      var volumes: [String] = []
      for path in volume {
        volumes.append(try absolute(path, "--volume"))
        if volumes.last == "/" {
          throw refuse("--volume", path, "is the whole image", "name a directory in it")
        }
      }
      return ImageSettings(
        reference: try reference, entrypoint: try words(entrypoint, "--entrypoint"),
        command: command ?? [], user: try imageUser, workingDirectory: directory,
        exposedPorts: ports, volumes: volumes, labels: try table(label, "--label"),
        annotations: try table(annotation, "--annotation"), stopSignal: try signal,
        created: try seconds)
    }
  }

  private func refuse(
    _ option: String, _ word: String, _ reason: String, _ remedy: String
  ) -> Diagnostic {
    Diagnostic(
      "\(option) '\(ByteString(argument: word))': \(reason)", remedy: remedy, status: .usage)
  }

  /// JSON holds no other bytes than text.
  private func text(_ word: String, _ option: String) throws(Diagnostic) -> String {
    guard let text = String(validating: ByteString(argument: word).bytes, as: UTF8.self) else {
      throw refuse(option, word, "isn't UTF-8", "an image's configuration holds nothing else")
    }
    return text
  }

  private var reference: ImageReference? {
    get throws(Diagnostic) {
      guard let tag else { return nil }
      guard let reference = ImageReference(tag) else {
        throw refuse(
          "--tag", tag, "isn't an image's name",
          "write [REGISTRY/]NAME[:TAG], the name in lower-case letters")
      }
      return reference
    }
  }

  private var imageUser: ImageUser? {
    get throws(Diagnostic) {
      guard let user else { return nil }
      return try ImageUser(user)
    }
  }

  private func words(_ word: String?, _ option: String) throws(Diagnostic) -> [String]? {
    guard let word else { return nil }
    let text = try text(word, option)
    let words: [String]
    if text.hasPrefix("[") {
      do {
        words = try JSONDecoder().decode([String].self, from: Data(text.utf8))
      } catch {
        throw refuse(
          option, word, "isn't a JSON array of strings", #"write it as in '["/server","-v"]'"#)
      }
    } else {
      guard !text.contains("\"") && !text.contains("'") else {
        throw refuse(
          option, word, "has quotes, which no shell takes away",
          #"write a JSON array, as in '["/server","a b"]'"#)
      }
      words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    }
    guard !words.isEmpty, !words.contains(where: { $0.unicodeScalars.contains("\0") }) else {
      throw refuse(option, word, "holds no word", "name one, or leave the option out")
    }
    return words
  }

  private func absolute(_ path: String, _ option: String) throws(Diagnostic) -> String {
    let text = try text(path, option)
    guard text.hasPrefix("/") else {
      throw refuse(option, path, "is relative", "begin it with a slash")
    }
    return String(decoding: RootPath(normalising: ByteString(text)).text.bytes, as: UTF8.self)
  }

  /// A range stands for each of its ports.
  private func ports(_ word: String) throws(Diagnostic) -> [String] {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    let protocolName = parts.count == 2 ? parts[1].lowercased() : "tcp"
    let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false).map {
      $0.hasPrefix("+") ? nil : UInt16($0)
    }
    guard parts.count <= 2, bounds.count <= 2, let first = bounds.first ?? nil,
      let last = bounds.last ?? nil, first > 0, first <= last,
      ["tcp", "udp", "sctp"].contains(protocolName)
    else {
      throw refuse("--expose", word, "isn't a port", "write it as in 8080, 53/udp or 8000-8010")
    }
    return (first...last).map { "\($0)/\(protocolName)" }
  }

  private func table(_ words: [String], _ option: String) throws(Diagnostic) -> [String: String] {
    var table: [String: String] = [:]
    for word in words {
      let text = try text(word, option)
      let scalars = text.unicodeScalars
      guard let sign = scalars.firstIndex(of: "="), sign > text.startIndex else {
        throw refuse(option, word, "has no value", "write NAME=VALUE")
      }
      table[String(scalars[..<sign])] = String(scalars[scalars.index(after: sign)...])
    }
    return table
  }

  /// `SIGTERM`, `TERM`, `term`, `15` or `RTMIN+3`.
  private var signal: String? {
    get throws(Diagnostic) {
      guard let stopSignal else { return nil }
      guard StopSignal.number(of: stopSignal) != nil else {
        throw refuse("--stop-signal", stopSignal, "isn't a signal", "write it as in SIGTERM or 15")
      }
      if Int(stopSignal) != nil { return stopSignal }
      let name = stopSignal.uppercased()
      return name.hasPrefix("SIG") ? name : "SIG" + name
    }
  }

  private var seconds: UInt64? {
    get throws(Diagnostic) {
      guard let created else { return nil }
      if let seconds = UInt64(created), seconds <= Self.lastSecond { return seconds }
      // The library takes no notice of what stands behind a time.
      guard let date = try? Date(created, strategy: .iso8601), date.timeIntervalSince1970 >= 0,
        date.formatted(.iso8601) == created
      else {
        throw refuse(
          "--created", created, "isn't a time",
          "write seconds since 1970, or as in 2026-01-31T12:00:00Z")
      }
      return UInt64(date.timeIntervalSince1970)
    }
  }

  /// RFC 3339 ends with the year 9999.
  static let lastSecond: UInt64 = 253_402_300_799
}
