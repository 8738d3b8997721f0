internal import ELF
internal import FileTree

/// The absolute paths that stand in an object: among its constants or, in a script, in its lines.
enum NamedPaths {
  struct Path {
    let text: ByteString
    let mark: Evidence.Mark
  }

  /// In the object's order; a path may stand there more than once.
  static func all(of object: ObservedObject, in root: inout RootView) -> [Path] {
    guard object.image != nil else {
      return lines(of: object, in: &root).flatMap { number, text in
        PathsInText.all(in: text).map { Path(text: $0, mark: .line(number)) }
      }
    }
    let facts = root.constantFacts(of: object)
    let paths = facts.paths.map { Path(text: $0.text, mark: .string($0.text, offset: $0.offset)) }
    let lists = facts.paths.filter { $0.text.contains(UInt8(ascii: ":")) }
    let phrases = (lists + facts.phrases).flatMap { text in
      PathsInText.all(in: text.text).map {
        Path(text: $0, mark: .string($0, offset: text.offset))
      }
    }
    return paths + phrases
  }

  /// Whether a name stands in an object, alone or as a part of a path.
  static func contain(
    name: ByteString, in object: ObservedObject, of root: inout RootView
  ) -> Bool {
    guard object.image != nil else {
      return lines(of: object, in: &root).contains { isMentioned(name, in: $0.text) }
    }
    return ObjectStrings(of: object, in: &root).containing(name).contains { text in
      text.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: " ") }.contains(name)
    }
  }

  /// The lines of a script but for those that are comments in one of the languages scripts have.
  private static func lines(
    of object: ObservedObject, in root: inout RootView
  ) -> [(number: Int, text: ByteString)] {
    guard (try? root.tree.programFormat(of: object.real)) == .script else { return [] }
    return root.lines(at: object.path).filter { line in
      let text = ConfigurationText.trim(line.text)
      return !text.hasPrefix("#") && !text.hasPrefix("-- ")
    }
  }

  private static func isMentioned(_ name: ByteString, in text: ByteString) -> Bool {
    ConfigurationText.places(of: name, in: text).contains { place in
      let end = place + name.count
      return (place == 0 || !isNameByte(text.bytes[place - 1]))
        && (end == text.count || !isNameByte(text.bytes[end]))
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }
}
