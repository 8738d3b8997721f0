internal import ELF
internal import FileTree

/// Users whose names stand as texts in a program that looks users up: those that a server changes to.
struct NamedUsers: NeedSource {
  private static let topic = Topic("users")
  private static let callers: Set<ByteString> = ["getpwnam", "getpwnam_r"]

  var symbols: Set<ByteString> { Self.callers }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram, !object.imports.isDisjoint(with: Self.callers) else { return [] }
    return SystemAccounts.packageUsers(in: &root).flatMap { name -> [RuntimeNeed] in
      guard let place = Self.place(of: name, in: root.constants(of: object)) else { return [] }
      let evidence = Evidence(file: object.path, mark: .string(name, offset: place))
      func need(_ topic: Topic, _ wishes: [Wish], _ purpose: String) -> RuntimeNeed {
        RuntimeNeed(
          topic: topic, grade: .implied, evidence: evidence, wishes: wishes, isEssential: true,
          purpose: purpose)
      }
      let user = SystemAccounts.wishes(users: [name], in: &root)
      return [need(Self.topic, user, "a user that it changes to")]
        + SystemAccounts.stateDirectories(of: name, in: &root).map {
          need(StateDirectories.topic, [$0], "a directory of a user that it changes to")
        }
    }
  }

  /// The place in the file of a name that is a text of its own, or the last word of one: linkers let a text lie in
  /// the end of a longer one.
  private static func place(
    of name: ByteString, in segments: [ElfImage.Content]
  ) -> UInt64? {
    let pattern = name.bytes + [0]
    for segment in segments {
      var start = 0
      while let place = find(pattern, in: segment.bytes, from: start) {
        if place == 0 || !isNameByte(segment.bytes[place - 1]) {
          return segment.offset + UInt64(place)
        }
        start = place + 1
      }
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }
}
