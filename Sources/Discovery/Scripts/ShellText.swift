internal import FileTree

/// A shell script's bytes, read from one end to the other.
struct ShellText {
  struct Word {
    /// Without quotes.
    private(set) var text: ByteString = ""
    /// Whether nothing in it is expanded.
    var isLiteral = true

    mutating func append(_ byte: UInt8) { text.bytes.append(byte) }

    var isNumber: Bool {
      !text.isEmpty && text.bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// `NAME=VALUE`, whatever the value expands to.
    var isAssignment: Bool {
      guard let sign = text.bytes.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return false }
      return text.bytes[..<sign].allSatisfy { byte in
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+")
          || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
          || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      }
    }
  }

  private struct Document {
    let delimiter: ByteString
    let isIndented: Bool
  }

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
