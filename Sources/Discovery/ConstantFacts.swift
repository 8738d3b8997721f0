internal import ELF
internal import FileTree

/// What the sources that look at every object want of its constants, read in one pass: these may be larger
/// than what should be held of a file.
struct ConstantFacts: Sendable {
  /// A text, and where it begins: from the file's beginning, in bytes.
  struct Text: Sendable {
    let text: ByteString
    let offset: UInt64
  }

  /// Where a text stands that is looked for.
  struct Hit: Sendable {
    /// From the file's beginning. In bytes.
    let offset: UInt64
    /// Whether it is the end of what stands there, as C has its texts; those of other languages run on.
    let isTerminated: Bool
  }

  /// What is looked for.
  struct Sought: Sendable {
    /// Texts that begin with a slash and may be parts of others.
    var texts = SlashTexts([])
    /// Words that end a text.
    var words = WordSearch([])
    /// Where words are names of symbols and libraries and count for nothing; from the file's beginning, in
    /// bytes.
    var linkerNames: Range<UInt64> = 0..<0
    /// Whether names of libraries are looked for.
    var libraries = false
  }

  /// Whole texts that are absolute paths, in the file's order.
  private(set) var paths: [Text] = []
  /// Whole texts that have absolute paths among other things, in the file's order.
  private(set) var phrases: [Text] = []
  /// Whole texts that are names or absolute paths of libraries, in the file's order.
  private(set) var libraries: [Text] = []
  /// Where each text, and each word, that is looked for stands first.
  private(set) var texts: [ByteString: Hit] = [:]
  private(set) var words: [ByteString: UInt64] = [:]

  /// What it takes to keep them, roughly. In bytes.
  var size: Int {
    [paths, phrases, libraries].joined().reduce(256) { $0 + $1.text.count + 56 }
      + (texts.count + words.count) * 64
  }

  /// In bytes: what a processor keeps close.
  private static let windowSize: UInt64 = 1 << 18
  /// In bytes: no text is longer that counts.
  private static let margin = UInt64(PathResolver.textLimit)
  /// In texts of one kind.
  private static let limit = 1 << 16

  init() {}

  /// None of what can't be read.
  init(of file: borrowing OpenFile, in ranges: [Range<UInt64>], _ sought: Sought) {
    for range in ranges {
      let range = range.clamped(to: 0..<file.size)
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + Self.windowSize)
        let lower = start - min(Self.margin, start - range.lowerBound)
        let upper = end + min(Self.margin, range.upperBound - end)
        guard let bytes = try? file.read(at: lower, count: Int(upper - lower)) else { return }
        scan(
          Window(
            bytes: bytes, offset: lower, own: Int(start - lower)..<Int(end - lower),
            isFirst: lower == range.lowerBound), sought)
        start = end
      }
    }
  }

  /// A part of a segment with some of what lies around it.
  private struct Window {
    let bytes: [UInt8]
    let offset: UInt64
    /// Where texts begin that no other window tells.
    let own: Range<Int>
    let isFirst: Bool
  }

  private mutating func scan(_ window: Window, _ sought: Sought) {
    addTexts(window, sought.texts)
    // Linkers let a text lie in the end of a longer one.
    sought.words.each(in: window.bytes) { word, place in
      let offset = window.offset + UInt64(place)
      guard words[word] == nil, !sought.linkerNames.contains(offset),
        place == 0 ? window.isFirst : !Self.isWordByte(window.bytes[place - 1])
      else { return }
      words[word] = offset
    }
    guard sought.libraries else { return }
    for (name, place) in GuessedLibraries.names(in: window.bytes)
    where window.own.contains(place) && libraries.count < Self.limit {
      libraries.append(Text(text: name, offset: window.offset + UInt64(place)))
    }
  }

  /// Looks at every slash: it may begin a text that is looked for, and is in a text that may have paths.
  private mutating func addTexts(_ window: Window, _ sought: SlashTexts) {
    let bytes = window.bytes
    var position = 0
    var seenTo = 0
    while let hit = nextSlash(
      in: bytes, from: position, seenTo: seenTo, limit: Int(Self.margin))
    {
      position = hit.slash + 1
      if window.own.contains(hit.slash) {
        sought.each(in: bytes, at: hit.slash) { text in
          guard texts[text] == nil else { return }
          var end = hit.slash + text.count
          // A directory's name may have a slash at its end.
          if end < bytes.count, bytes[end] == UInt8(ascii: "/") { end += 1 }
          texts[text] = Hit(
            offset: window.offset + UInt64(hit.slash),
            isTerminated: end >= bytes.count || bytes[end] == 0)
        }
      }
      guard hit.slash >= seenTo else { continue }
      seenTo = hit.text.upperBound
      let (start, end) = (hit.text.lowerBound, hit.text.upperBound)
      guard start == 0 ? window.isFirst : bytes[start - 1] == 0, end < bytes.count, bytes[end] == 0,
        window.own.contains(start), hit.text.count < PathResolver.textLimit
      else { continue }
      add(bytes[hit.text], at: window.offset + UInt64(start))
    }
  }

  /// A blank or a conversion of printf makes a text a message, or a part of a path.
  private mutating func add(_ bytes: ArraySlice<UInt8>, at offset: UInt64) {
    let isPath = bytes.first == UInt8(ascii: "/") && !bytes.contains { $0 <= 0x20 || $0 == 0x25 }
    guard isPath || Self.hasPath(bytes), paths.count + phrases.count < Self.limit else { return }
    let text = Text(text: ByteString(bytes), offset: offset)
    if isPath { paths.append(text) } else { phrases.append(text) }
  }

  /// Whether an absolute path of at least two names may stand in a text.
  private static func hasPath(_ bytes: ArraySlice<UInt8>) -> Bool {
    var previous = UInt8(ascii: " ")
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte == UInt8(ascii: "/"), !isWordByte(previous), previous != byte {
        let name = bytes[(index + 1)...].prefix { isWordByte($0) }
        if name.count > 1, name.endIndex < bytes.endIndex, bytes[name.endIndex] == byte {
          return true
        }
      }
      previous = byte
    }
    return false
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }
}

extension ConstantFacts.Sought {
  /// No root has more users of its packages' own.
  private static let userLimit = 256

  /// What any source may ask of a file, by what it imports.
  init(imports: Set<ByteString>, in root: inout RootView) {
    texts = root.store.rules.slashTexts
    libraries = !imports.isDisjoint(with: GuessedLibraries.callers)
    if !imports.isDisjoint(with: NamedUsers.callers) {
      words = WordSearch(Array(SystemAccounts.packageUsers(in: &root).prefix(Self.userLimit)))
    }
  }
}

extension RootView {
  /// The paths among an object's constants that begin with one of some directories.
  ///
  /// - Parameter tops: each with a slash at both ends.
  mutating func paths(
    in object: ObservedObject, below tops: [ByteString]
  ) -> [ConstantFacts.Text] {
    constantFacts(of: object).paths.filter { path in tops.contains { path.text.hasPrefix($0) } }
  }
}
