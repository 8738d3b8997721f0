internal import FileTree

/// Users and groups that the configuration of a service names, whatever its grammar: a line of a word that
/// ends in `user` or `group`, and a name.
enum ConfiguredAccounts {
  /// No file is larger, and no line longer, that a person writes. In bytes.
  private static let sizeLimit = 1 << 18
  private static let lineLimit = 256

  static func facts(at path: ByteString, in root: inout RootView) -> ServiceFacts {
    var facts = ServiceFacts()
    guard let status = root.resolve(path)?.status, status.kind == .regular,
      status.size <= sizeLimit
    else { return facts }
    for (number, text) in root.lines(at: path) where text.count <= lineLimit {
      guard let first = ConfigurationText.trim(text).bytes.first, !"#;/!*<".utf8.contains(first)
      else { continue }
      let words = words(of: text)
      guard words.count == 2 else { continue }
      let evidence = Evidence(file: path, mark: .line(number))
      let named = AccountWords.facts(of: words[0], words[1], evidence)
      facts.add(named)
      facts.add(AccountWords.facts(in: words, evidence))
    }
    return facts
  }

  /// The words of a line without what separates and ends them.
  private static func words(of text: ByteString) -> [ByteString] {
    text.bytes.split { byte in
      ConfigurationText.isBlank(byte) || "=:;,\"'".utf8.contains(byte)
    }.map { ByteString($0) }
  }
}
