internal import ELF
internal import FileTree

/// Commands that an object puts together for system(3) or popen(3): a text such as `rm -rf %s`.
///
/// Messages begin with words that are programs too, so only one with an option and something to fill in counts.
struct ShellTexts: NeedSource {
  /// In bytes: no command that is filled in is longer.
  private static let textLimit = 256
  private static let limit = 32

  let symbols: Set<ByteString> = ["system", "popen"]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image != nil, !object.imports.isDisjoint(with: symbols),
      object.isProgram || PrivatePlaces.contain(object.real)
    else { return [] }
    var seen: Set<ByteString> = []
    var needs: [RuntimeNeed] = []
    for text in ObjectStrings(of: object, in: &root).containing(" -") {
      guard let name = Self.program(of: text), seen.insert(name).inserted, needs.count < Self.limit,
        let path = ScriptChain.searchPath.map({ $0 + "/" + name }).first(where: {
          root.isFile($0)
        })
      else { continue }
      needs.append(
        RuntimeNeed(
          topic: ShellCommands.topic, grade: .implied,
          evidence: Evidence(file: object.path, mark: .text(text)),
          wishes: [.path(path, at: nil)], isEssential: true,
          purpose: "a program that it starts by a shell"))
    }
    return needs
  }

  /// The first word of a command; nil for what looks like none.
  private static func program(of text: ByteString) -> ByteString? {
    let words = ConfigurationText.words(text)
    guard text.count <= textLimit, words.count >= 3, text.hasPrefix(words[0]),
      words[1].count > 1, words[1].hasPrefix("-"), isLetter(words[1].bytes[1]),
      words.dropFirst(2).contains(where: { ConfigurationText.contains("%s", in: $0) }),
      words[0].bytes.allSatisfy({ isLetter($0) || ShellWord.isDigit($0) })
    else { return nil }
    return words[0]
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
  }
}
