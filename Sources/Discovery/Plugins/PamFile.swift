internal import FileTree

/// The lines of a service's file.
///
/// Source: Linux-PAM `libpam/pam_handlers.c` (`_pam_parse_config_file`), `libpam/pam_misc.c`
/// (`_pam_assemble_line`).
enum PamFile {
  enum Rule: Hashable {
    /// Another service, or the path of a file.
    case include(ByteString)
    /// - mayBeMissing: whether the type had a `-` before it.
    case module(ByteString, arguments: [ByteString], mayBeMissing: Bool)
  }

  /// The lines without comments, those that end in a backslash joined with the next.
  static func lines(
    at path: ByteString, in root: inout RootView
  ) -> [(number: Int, text: ByteString)] {
    var result: [(number: Int, text: ByteString)] = []
    var continues = false
    for (number, text) in root.lines(at: path) {
      var line = ConfigurationText.withoutComment(text)
      let isOpen = line.hasSuffix("\\")
      if isOpen { line.bytes[line.count - 1] = UInt8(ascii: " ") }
      if continues, let last = result.indices.last {
        result[last].text.bytes += line.bytes
      } else {
        result.append((number, line))
      }
      continues = isOpen
    }
    return result
  }

  /// `TYPE CONTROL MODULE ARGUMENTS`, the control being a word or a text in brackets.
  static func rule(_ line: ByteString) -> Rule? {
    var words = words(line)[...]
    guard let type = words.popFirst() else { return nil }
    if ConfigurationText.lowercased(type) == "@include" {
      return words.first.map { .include($0) }
    }
    guard let control = words.popFirst(), let module = words.popFirst() else { return nil }
    let kind = ConfigurationText.lowercased(control)
    if kind == "include" || kind == "substack" { return .include(module) }
    return .module(module, arguments: Array(words), mayBeMissing: type.hasPrefix("-"))
  }

  /// What is in brackets is one word.
  private static func words(_ line: ByteString) -> [ByteString] {
    var words: [ByteString] = []
    var rest = line.bytes[...]
    while true {
      rest = rest.drop(while: ConfigurationText.isBlank)
      guard let first = rest.first else { return words }
      let isBracket = first == UInt8(ascii: "[")
      let word = rest.dropFirst(isBracket ? 1 : 0).prefix {
        isBracket ? $0 != UInt8(ascii: "]") : !ConfigurationText.isBlank($0)
      }
      words.append(ByteString(word))
      rest = rest[word.endIndex...].dropFirst(isBracket ? 1 : 0)
    }
  }
}
