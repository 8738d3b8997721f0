internal import Bundle
internal import FileTree

/// The header blocks of one tar entry: ustar where it fits, otherwise with a PAX record set before it.
///
/// Source: POSIX.1-2017, `pax` utility, "ustar Interchange Format" and "pax Header Block". Owner and
/// group are 0 without names, the time is the same for all: the same plan gives the same bytes.
struct TarHeader {
  static let blockSize = 512
  /// One fixed name, since a PAX header's own name means nothing.
  private static let paxName: ByteString = "PaxHeader"

  enum TypeFlag: Character {
    case regular = "0"
    case hardLink = "1"
    case symbolicLink = "2"
    case directory = "5"
    case pax = "x"

    var byte: UInt8 { rawValue.asciiValue ?? 0 }
  }

  let name: ByteString
  let type: TypeFlag
  let permissions: UInt16
  let size: UInt64
  let linkName: ByteString
  /// Seconds since 1970.
  let modificationTime: UInt64

  init(_ entry: BundleEntry, modificationTime: UInt64) {
    name = entry.archiveName
    self.modificationTime = modificationTime
    size = entry.size
    switch entry.node {
    case .directory(let permissions):
      (type, self.permissions, linkName) = (.directory, permissions, "")
    case .file(_, let permissions):
      (type, self.permissions, linkName) = (.regular, permissions, "")
    case .symbolicLink(let text):
      (type, permissions, linkName) = (.symbolicLink, 0o777, text)
    case .hardLink(let target, let permissions):
      (type, self.permissions) = (.hardLink, permissions)
      linkName = ByteString(target.text.bytes.dropFirst())
    }
  }

  private init(pax records: [UInt8], modificationTime: UInt64) {
    (name, type, permissions, linkName) = (Self.paxName, .pax, 0o644, "")
    size = UInt64(records.count)
    self.modificationTime = modificationTime
  }

  /// The blocks that stand before the entry's content.
  func blocks() -> [UInt8] {
    let records = paxRecords()
    guard !records.isEmpty else { return block() }
    let pax = TarHeader(pax: records, modificationTime: modificationTime)
    return pax.block() + records + Self.padding(after: UInt64(records.count)) + block()
  }

  /// Zeros up to the next block.
  static func padding(after size: UInt64) -> [UInt8] {
    let rest = Int(size % UInt64(blockSize))
    return rest == 0 ? [] : [UInt8](repeating: 0, count: blockSize - rest)
  }

  // MARK: PAX

  /// The records for what ustar can't hold, sorted by keyword.
  private func paxRecords() -> [UInt8] {
    var records: [UInt8] = []
    if linkName.count > 100 { records += Self.record("linkpath", linkName.bytes) }
    if ustarName() == nil { records += Self.record("path", name.bytes) }
    if size > Self.ustarSizeLimit { records += Self.record("size", Array(String(size).utf8)) }
    return records
  }

  /// `LENGTH KEYWORD=VALUE\n`, where the length counts itself.
  private static func record(_ keyword: String, _ value: [UInt8]) -> [UInt8] {
    let body = Array(" \(keyword)=".utf8) + value + [UInt8(ascii: "\n")]
    var length = body.count
    while String(length).utf8.count + body.count != length {
      length = String(length).utf8.count + body.count
    }
    return Array(String(length).utf8) + body
  }

  // MARK: ustar

  /// Eleven octal digits: 8 GiB less one byte.
  private static let ustarSizeLimit: UInt64 = 0o777_7777_7777

  /// The name split into the name and prefix fields, or nil if it doesn't fit.
  private func ustarName() -> (name: ByteString, prefix: ByteString)? {
    if name.count <= 100 { return (name, "") }
    guard name.count <= 256 else { return nil }
    // A slash at the very end belongs to the name of a directory and can't be the split.
    for index in name.bytes.indices.dropLast()
    where name.bytes[index] == UInt8(ascii: "/") && index > 0 && index <= 155
      && name.count - index - 1 <= 100
    {
      return (ByteString(name.bytes[(index + 1)...]), ByteString(name.bytes[..<index]))
    }
    return nil
  }

  private func block() -> [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    func put(_ bytes: some Collection<UInt8>, at offset: Int) {
      block.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }
    func octal(_ value: UInt64, digits: Int) -> [UInt8] {
      let text = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
    let (shortName, prefix) = ustarName() ?? (ByteString(name.bytes.prefix(100)), "")
    put(shortName.bytes, at: 0)
    put(octal(UInt64(permissions), digits: 7), at: 100)
    put(octal(0, digits: 7), at: 108)
    put(octal(0, digits: 7), at: 116)
    put(octal(min(size, Self.ustarSizeLimit), digits: 11), at: 124)
    put(octal(min(modificationTime, Self.ustarSizeLimit), digits: 11), at: 136)
    put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
    put([type.byte], at: 156)
    put(linkName.bytes.prefix(100), at: 157)
    put(Array("ustar\u{0}00".utf8), at: 257)
    put(octal(0, digits: 7), at: 329)
    put(octal(0, digits: 7), at: 337)
    put(prefix.bytes, at: 345)
    let checksum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
    put(octal(checksum, digits: 6) + [0, UInt8(ascii: " ")], at: 148)
    return block
  }
}
