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

  /// What is looked for.
  struct Sought {
    /// Texts that may be parts of others.
    var texts: [ByteString] = []
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
  /// Whole texts that are names or absolute paths of libraries, in the file's order.
  private(set) var libraries: [Text] = []
  /// Where each text, and each word, that is looked for stands first.
  private(set) var texts: [ByteString: UInt64] = [:]
  private(set) var words: [ByteString: UInt64] = [:]

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
    addPaths(window)
    for text in sought.texts where texts[text] == nil {
      if let place = find(text.bytes, in: window.bytes) {
        texts[text] = window.offset + UInt64(place)
      }
    }
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

  /// A blank or a conversion of printf makes a text a message or a part of a path.
  private mutating func addPaths(_ window: Window) {
    let bytes = window.bytes
    var position = max(0, window.own.lowerBound - 1)
    while paths.count < Self.limit,
      let hit = find([0, UInt8(ascii: "/")], in: bytes, from: position)
    {
      position = hit + 1
      guard position < window.own.upperBound else { break }
      let rest = bytes[position...].prefix(PathResolver.textLimit)
      let text = rest.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
      guard text.endIndex < rest.endIndex, bytes[text.endIndex] == 0 else { continue }
      paths.append(Text(text: ByteString(text), offset: window.offset + UInt64(position)))
      position = text.endIndex
    }
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

  /// What any source may ask of an object.
  init(for object: ObservedObject, in root: inout RootView) {
    libraries = !object.imports.isDisjoint(with: GuessedLibraries.callers)
    guard object.isProgram else { return }
    texts = NeedsTable.texts
    if !object.imports.isDisjoint(with: NamedUsers.callers) {
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
