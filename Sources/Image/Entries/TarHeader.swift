internal import Bundle
internal import FileTree

/// The header blocks of one tar entry: ustar where it fits, otherwise with a PAX record set before it.
///
/// Source: POSIX.1-2017, `pax` utility, "ustar Interchange Format" and "pax Header Block". Owner and
/// group have no names, and they and the time are the same for all: the same plan gives the same
/// bytes. Extended attributes are records as GNU tar and Go's archive/tar have them.
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
    case globalPax = "g"

    var byte: UInt8 { rawValue.asciiValue ?? 0 }
  }

  let name: ByteString
  let type: TypeFlag
  let permissions: UInt16
  let size: UInt64
  let linkName: ByteString
  let attributes: [ExtendedAttribute]
  let metadata: EntryMetadata

  /// Two zero blocks end an archive.
  static let end = [UInt8](repeating: 0, count: 2 * blockSize)

  init(_ entry: BundleEntry, _ metadata: EntryMetadata) {
    name = entry.archiveName
    attributes = entry.attributes
    self.metadata = metadata
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

  /// A regular file that isn't of a plan, such as a blob.
  init(file name: ByteString, size: UInt64, _ metadata: EntryMetadata) {
    self.init(name, .regular, 0o644, size: size, metadata)
  }

  init(directory name: ByteString, _ metadata: EntryMetadata) {
    self.init(name + "/", .directory, 0o755, size: 0, metadata)
  }

  private init(
    _ name: ByteString, _ type: TypeFlag, _ permissions: UInt16, size: UInt64,
    _ metadata: EntryMetadata
  ) {
    (self.name, self.type, self.permissions, self.size) = (name, type, permissions, size)
    (linkName, attributes, self.metadata) = ("", [], metadata)
  }

  /// The blocks that stand before the entry's content.
  func blocks() -> [UInt8] {
    let records = paxRecords()
    guard !records.isEmpty else { return block() }
    let pax = TarHeader(Self.paxName, .pax, 0o644, size: UInt64(records.count), metadata)
    return pax.block() + records + Self.padding(after: UInt64(records.count)) + block()
  }

  /// Zeros up to the next block.
  static func padding(after size: UInt64) -> [UInt8] {
    let rest = Int(size % UInt64(blockSize))
    return rest == 0 ? [] : [UInt8](repeating: 0, count: blockSize - rest)
  }

  // MARK: PAX

  /// A comment for all entries, which no reader heeds; it stands before the first of them.
  static func comment(_ text: [UInt8], _ metadata: EntryMetadata) -> [UInt8] {
    let record = record("comment", text)
    let size = UInt64(record.count)
    return TarHeader(paxName, .globalPax, 0o644, size: size, metadata).block() + record
      + padding(after: size)
  }

  /// The records for what ustar can't hold, sorted by keyword.
  private func paxRecords() -> [UInt8] {
    var records: [UInt8] = []
    for attribute in attributes {
      records += Self.record("SCHILY.xattr." + attribute.name, attribute.value)
    }
    if metadata.group > Self.ustarOwnerLimit {
      records += Self.record("gid", Array(String(metadata.group).utf8))
    }
    if linkName.count > 100 { records += Self.record("linkpath", linkName.bytes) }
    if ustarName() == nil { records += Self.record("path", name.bytes) }
    if size > Self.ustarSizeLimit { records += Self.record("size", Array(String(size).utf8)) }
    if metadata.owner > Self.ustarOwnerLimit {
      records += Self.record("uid", Array(String(metadata.owner).utf8))
    }
    return records
  }

  /// `LENGTH KEYWORD=VALUE\n`, where the length counts itself.
  private static func record(_ keyword: ByteString, _ value: [UInt8]) -> [UInt8] {
    let body = (" " + keyword + "=").bytes + value + [UInt8(ascii: "\n")]
    var length = body.count
    while String(length).utf8.count + body.count != length {
      length = String(length).utf8.count + body.count
    }
    return Array(String(length).utf8) + body
  }

  // MARK: ustar

  /// Eleven octal digits: 8 GiB less one byte.
  private static let ustarSizeLimit: UInt64 = 0o777_7777_7777
  /// Seven octal digits.
  private static let ustarOwnerLimit: UInt32 = 0o777_7777

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
    put(octal(UInt64(min(metadata.owner, Self.ustarOwnerLimit)), digits: 7), at: 108)
    put(octal(UInt64(min(metadata.group, Self.ustarOwnerLimit)), digits: 7), at: 116)
    put(octal(min(size, Self.ustarSizeLimit), digits: 11), at: 124)
    put(octal(min(metadata.modificationTime, Self.ustarSizeLimit), digits: 11), at: 136)
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
