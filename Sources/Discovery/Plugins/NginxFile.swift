internal import FileTree

/// A configuration of nginx, read with all that it includes.
struct NginxFile {
  /// Of the main file; what is included is relative to it.
  let directory: ByteString
  /// What modules are relative to.
  let prefix: ByteString
  /// The program, by its path.
  let host: ByteString
  let topic: Topic
  private(set) var needs: [RuntimeNeed] = []
  private var seen: Set<ByteString> = []

  init(directory: ByteString, prefix: ByteString, host: ByteString, topic: Topic) {
    self.directory = directory
    self.prefix = prefix
    self.host = host
    self.topic = topic
  }

  /// Directives with one file that is read when the server starts and isn't secret.
  private static let files: Set<ByteString> = [
    "ssl_dhparam", "ssl_trusted_certificate", "ssl_client_certificate", "geoip_country",
    "geoip_city", "perl_require", "js_import",
  ]

  mutating func read(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    guard depth < 16, seen.count < 1024, root.isFile(path), seen.insert(path).inserted else {
      return
    }
    needs.append(
      topic.registered(
        evidence, [.path(path, at: nil)], isEssential: true,
        purpose: "the configuration of nginx"))
    for (number, words) in Self.directives(root.lines(at: path)) {
      guard words.count >= 2 else { continue }
      let line = Evidence.line(number, of: path)
      switch words[0] {
      case "include":
        let target = ConfigurationText.path(words[1], in: directory)
        for file in PathPattern.paths(matching: target, in: &root) {
          read(file, line, depth: depth + 1, in: &root)
        }
      case "load_module":
        let module = ConfigurationText.path(words[1], in: prefix)
        needs.append(
          topic.registered(
            line, [.library(names: [module], caller: host)], isEssential: true,
            purpose: "a module of nginx"))
      case "user": addUser(words, line, in: &root)
      case _ where Self.files.contains(words[0]):
        let file = ConfigurationText.path(words[words.count - 1], in: directory)
        guard root.isFile(file), seen.insert(file).inserted else { continue }
        needs.append(
          topic.registered(
            line, [.path(file, at: nil)], isEssential: true,
            purpose: "a file that nginx reads at its start"))
      default: break
      }
    }
  }

  /// A group that isn't named has the user's name (`src/core/nginx.c`, `ngx_set_user`).
  private mutating func addUser(
    _ words: [ByteString], _ line: Evidence, in root: inout RootView
  ) {
    let wishes = SystemAccounts.wishes(
      users: [words[1]], groups: [words[words.count - 1]], in: &root)
    guard !wishes.isEmpty else { return }
    needs.append(
      topic.registered(
        line, wishes, isEssential: true, purpose: "the user of nginx's workers"))
  }

  /// The directives with the line that each begins in: words up to `;`, `{` or `}`, comments left out.
  private static func directives(
    _ lines: [(number: Int, text: ByteString)]
  ) -> [(line: Int, words: [ByteString])] {
    var result: [(line: Int, words: [ByteString])] = []
    var words: [ByteString] = []
    var start = 0
    for (number, text) in lines {
      var rest = text.bytes[...]
      while let first = rest.first {
        switch first {
        case UInt8(ascii: "#"): rest = []
        case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"):
          if !words.isEmpty { result.append((start, words)) }
          words = []
          rest = rest.dropFirst()
        case _ where ConfigurationText.isBlank(first): rest = rest.dropFirst()
        default:
          if words.isEmpty { start = number }
          words.append(word(&rest))
        }
      }
    }
    return result
  }

  private static func word(_ rest: inout ArraySlice<UInt8>) -> ByteString {
    if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let body = rest.dropFirst().prefix { $0 != quote }
      rest = rest[body.endIndex...].dropFirst()
      return ByteString(body)
    }
    let body = rest.prefix { byte in
      !ConfigurationText.isBlank(byte) && byte != UInt8(ascii: ";") && byte != UInt8(ascii: "{")
        && byte != UInt8(ascii: "}")
    }
    rest = rest[body.endIndex...]
    return ByteString(body)
  }
}
