internal import FileTree

/// One paragraph of fields.
///
/// Source: deb822(5).
struct ControlStanza {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// More than any distribution has packages. What is beyond isn't seen.
  private static let countLimit = 1 << 20

  /// The paragraphs of a file, with empty lines between them.
  static func all(in bytes: [UInt8]) -> [ControlStanza] {
    var stanzas: [ControlStanza] = []
    var start = 0
    var line = 0
    while line < bytes.count, stanzas.count < countLimit {
      let end = RecordFile.lineEnd(of: bytes[...], from: line)
      if end == line {
        if line > start { stanzas.append(ControlStanza(bytes[start..<line])) }
        start = end + 1
      }
      line = end + 1
    }
    if bytes.count > start { stanzas.append(ControlStanza(bytes[start...])) }
    return stanzas
  }

  /// The lines of a field: what stands behind its name, and those that go on with it. Nil without it.
  func lines(of field: String) -> [ArraySlice<UInt8>]? {
    var lines: [ArraySlice<UInt8>]?
    RecordFile.eachLine(of: bytes) { line in
      let isContinuation = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
      if isContinuation {
        lines?.append(line.trimmed)
        return true
      }
      guard lines == nil else { return false }
      if let rest = line.dropping(prefix: field), rest.first == UInt8(ascii: ":") {
        lines = [rest.dropFirst().trimmed]
      }
      return true
    }
    return lines
  }

  /// A field of one line; empty without it.
  func text(_ field: String) -> ByteString {
    ByteString(lines(of: field)?.first ?? [])
  }

  /// The names in a list of relations between packages: groups of alternatives, without versions,
  /// architectures and profiles.
  ///
  /// Source: deb-control(5), "Depends"; the Debian Policy, section 7.1.
  func relations(_ field: String) -> [[ByteString]] {
    (lines(of: field) ?? []).flatMap { $0.split(separator: UInt8(ascii: ",")) }
      .map { group in
        group.split(separator: UInt8(ascii: "|")).compactMap(Self.name)
      }.filter { !$0.isEmpty }
  }

  private static func name(_ relation: ArraySlice<UInt8>) -> ByteString? {
    let name = relation.trimmed.prefix { !" \t:([<".utf8.contains($0) }
    return name.isEmpty ? nil : ByteString(name)
  }
}
