import FileTree

/// A tar archive made byte by byte, so that any of them can be wrong.
struct RawTar {
  private(set) var bytes: [UInt8] = []

  /// One header with its content.
  struct Entry {
    var name: String
    var type: Character = "0"
    var content: [UInt8] = []
    var link = ""
    var mode = "0000644\0"
    var user = "0000000\0"
    var group = "0000000\0"
    var time = "00000000000\0"
    /// As the field says it; nil for the content's.
    var size: [UInt8]?
    var magic = "ustar\u{0}00"
    var device = ""
    var prefix = ""
    /// Nil for the right one.
    var checksum: String?
    var padding: UInt8 = 0
  }

  init(_ entries: Entry...) {
    for entry in entries { append(entry) }
  }

  /// An archive whose end is as it is.
  init(bytes: [UInt8]) {
    self.bytes = bytes
    end = []
  }

  private var end = [UInt8](repeating: 0, count: 1024)

  /// The archive with its end.
  var complete: [UInt8] { bytes + end }

  mutating func append(_ entry: Entry) {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ field: some Collection<UInt8>, at offset: Int) {
      block.replaceSubrange(offset..<(offset + field.count), with: field)
    }
    put(entry.name.utf8.prefix(100), at: 0)
    put(entry.mode.utf8, at: 100)
    put(entry.user.utf8, at: 108)
    put(entry.group.utf8, at: 116)
    put(entry.size ?? Array(Self.octal(entry.content.count, digits: 11).utf8), at: 124)
    put(entry.time.utf8, at: 136)
    put(Array("        ".utf8), at: 148)
    put(String(entry.type).utf8, at: 156)
    put(entry.link.utf8.prefix(100), at: 157)
    put(entry.magic.utf8, at: 257)
    put(entry.device.utf8, at: 329)
    put(entry.prefix.utf8, at: 345)
    let sum = block.reduce(0) { $0 + Int($1) }
    put((entry.checksum ?? Self.octal(sum, digits: 6) + "\0 ").utf8, at: 148)
    bytes += block + entry.content
    let rest = (512 - entry.content.count % 512) % 512
    bytes += [UInt8](repeating: entry.padding, count: rest)
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension RawTar.Entry {
  static func file(_ name: String, _ text: String = "", mode: String = "0000644\0") -> Self {
    Self(name: name, content: Array(text.utf8), mode: mode)
  }

  static func directory(_ name: String, mode: String = "0000755\0") -> Self {
    Self(name: name, type: "5", mode: mode)
  }

  static func link(_ name: String, to text: String) -> Self {
    Self(name: name, type: "2", link: text, mode: "0000777\0")
  }

  static func hardLink(_ name: String, to target: String) -> Self {
    Self(name: name, type: "1", link: target)
  }

  /// A PAX header of records, each with its keyword, `=` and value.
  static func pax(_ records: String..., type: Character = "x") -> Self {
    pax(records, type: type)
  }

  static func pax(_ records: [String], type: Character = "x") -> Self {
    let content = records.flatMap { record -> [UInt8] in
      let body = Array(" \(record)\n".utf8)
      var length = body.count
      while String(length).utf8.count + body.count != length {
        length = String(length).utf8.count + body.count
      }
      return Array(String(length).utf8) + body
    }
    return Self(name: "PaxHeader", type: type, content: content)
  }

  /// GNU tar's way to give a long name (`L`) or link name (`K`).
  static func longName(_ name: String, type: Character = "L") -> Self {
    Self(
      name: "././@LongLink", type: type, content: Array(name.utf8) + [0], magic: "ustar  \0")
  }
}
