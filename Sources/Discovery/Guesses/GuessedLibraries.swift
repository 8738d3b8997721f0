internal import ELF
internal import FileTree

/// Texts in objects that call `dlopen` that look like the names of libraries.
struct GuessedLibraries: NeedSource {
  static let callers: Set<ByteString> = ["dlopen", "dlmopen", "__libc_dlopen_mode"]
  /// In names of one object: more of them say nothing any more.
  private static let nameLimit = 64

  var symbols: Set<ByteString> { Self.callers }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard let image = object.image, !object.imports.isDisjoint(with: Self.callers) else {
      return []
    }
    // What loads at the start stands there as well.
    let known = Set(
      [object.name] + (image.dynamic?.needed ?? []) + [image.interpreter].compactMap(\.self))
    var seen: Set<ByteString> = []
    var needs: [RuntimeNeed] = []
    for name in root.constantFacts(of: object).libraries {
      guard needs.count < Self.nameLimit else { return needs }
      guard !known.contains(name.text), seen.insert(name.text).inserted else { continue }
      needs.append(
        RuntimeNeed(
          topic: .guesses, grade: .guessed,
          evidence: Evidence(
            file: object.path, mark: .string(name.text, offset: name.offset)),
          wishes: [.library(names: [name.text], caller: object.caller)], isEssential: false,
          purpose: "may be opened by dlopen"))
    }
    return needs
  }

  /// The strings that are as a whole the name or absolute path of a library, with their places.
  static func names(in bytes: [UInt8]) -> [(ByteString, Int)] {
    let mark = Array(".so".utf8)
    var names: [(ByteString, Int)] = []
    var position = 0
    while let hit = find(mark, in: bytes, from: position) {
      position = hit + mark.count
      let start = bytes[..<hit].lastIndex { !isNameByte($0) }.map { $0 + 1 } ?? 0
      let end = bytes[hit...].firstIndex { !isNameByte($0) } ?? bytes.count
      position = max(position, end)
      let isWhole =
        (start == 0 || bytes[start - 1] == 0) && end < bytes.count && bytes[end] == 0
      let text = ByteString(bytes[start..<end])
      if isWhole, isLibraryName(text) { names.append((text, start)) }
    }
    return names
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// `libx.so`, `/a/x.so.1.2` and their like: a name, the mark, and nothing but numbers behind it.
  private static func isLibraryName(_ text: ByteString) -> Bool {
    let name = text.bytes[(text.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
    guard text.count < PathResolver.textLimit, name.first != UInt8(ascii: "."),
      !text.contains(UInt8(ascii: "/")) || text.hasPrefix("/"),
      let mark = find(Array(".so".utf8), in: Array(name)), mark > 0
    else { return false }
    let rest = name.dropFirst(mark + 3)
    return rest.isEmpty
      || rest.first == UInt8(ascii: ".")
        && rest.dropFirst().split(
          separator: UInt8(ascii: "."), omittingEmptySubsequences: false
        ).allSatisfy { part in
          !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
  }
}
