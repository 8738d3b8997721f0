internal import FileTree

/// A shell script's bytes, read from one end to the other.
struct ShellText {
  private struct Document {
    let delimiter: ByteString
    let isIndented: Bool
  }

  /// Nobody writes more blanks between a function's name and its parentheses. In bytes.
  private static let blankLimit = 64

  private let bytes: [UInt8]
  private(set) var index = 0
  /// The first being 1.
  private(set) var line = 1
  /// Documents that begin behind the current line.
  private var documents: [Document] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }
  var current: UInt8? { isAtEnd ? nil : bytes[index] }

  func starts(with prefix: ByteString) -> Bool { bytes[index...].starts(with: prefix.bytes) }

  static func endsWord(_ byte: UInt8) -> Bool { " \t\n;&|()<>".utf8.contains(byte) }

  mutating func advance() {
    guard !isAtEnd else { return }
    let isLineEnd = bytes[index] == UInt8(ascii: "\n")
    index += 1
    guard isLineEnd else { return }
    line += 1
    let pending = documents
    documents = []
    for document in pending { skip(document) }
  }

  /// Up to the line's end, which stays.
  mutating func skipLine() {
    while let byte = current, byte != UInt8(ascii: "\n") { advance() }
  }

  /// Whether a pair of parentheses follows, with nothing but blanks around: they make a name a
  /// function's.
  mutating func takeParentheses() -> Bool {
    let ends = bytes[index...].prefix(Self.blankLimit)
    guard let first = ends.firstIndex(where: { !Self.isBlank($0) }),
      bytes[first] == UInt8(ascii: "("),
      let second = ends[(first + 1)...].firstIndex(where: { !Self.isBlank($0) }),
      bytes[second] == UInt8(ascii: ")")
    else { return false }
    index = second + 1
    return true
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  mutating func skipAll() { index = bytes.count }

  mutating func skip(past end: ByteString) {
    while !isAtEnd, !starts(with: end) { advance() }
    for _ in 0..<end.count { advance() }
  }

  mutating func expectDocument(until delimiter: ByteString, isIndented: Bool) {
    documents.append(Document(delimiter: delimiter, isIndented: isIndented))
  }

  private mutating func skip(_ document: Document) {
    while !isAtEnd {
      let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      var content = bytes[index..<end]
      if document.isIndented { content = content.drop { $0 == UInt8(ascii: "\t") } }
      index = min(end + 1, bytes.count)
      line += 1
      if content.elementsEqual(document.delimiter.bytes) { return }
    }
  }
}
