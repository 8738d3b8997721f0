internal import FileTree

/// The fields of one header block of tar.
///
/// Source: POSIX.1-2017, `pax` utility, "ustar Interchange Format"; GNU tar, "Basic Tar Format", for its own
/// magic, numbers in base 256 and headers without a magic at all.
struct TarHeader {
  static let blockSize = 512

  let name: ByteString
  let typeFlag: UInt8
  let permissions: UInt16
  let owner: FileStatus.Owner
  /// In bytes, as the field says.
  let size: UInt64
  let modificationTime: Int64
  let linkName: ByteString

  /// Where the fields lie in a block.
  private enum Field: String {
    case name, mode, uid, gid, size, mtime, chksum, linkname, magic, prefix

    var range: Range<Int> {
      switch self {
      case .name: 0..<100
      case .mode: 100..<108
      case .uid: 108..<116
      case .gid: 116..<124
      case .size: 124..<136
      case .mtime: 136..<148
      case .chksum: 148..<156
      case .linkname: 157..<257
      case .magic: 257..<263
      case .prefix: 345..<500
      }
    }
  }

  /// Whether an archive that begins so is tar: a header, or the zeros of one without entries.
  static func begins(with head: ArraySlice<UInt8>) -> Bool {
    guard head.count == blockSize else { return false }
    return head.allSatisfy { $0 == 0 } || hasChecksum(Array(head))
  }

  init(_ slice: ArraySlice<UInt8>, at place: ArchivePlace) throws(ArchiveReadError) {
    let block = Array(slice)
    func text(_ field: Field) -> ByteString { ByteString(block[field.range].prefix { $0 != 0 }) }
    func number(_ field: Field) throws(ArchiveReadError) -> Int64 {
      guard let value = Self.number(block[field.range]) else {
        throw .damaged(place, .number(field: field.rawValue))
      }
      return value
    }
    func count<Value: FixedWidthInteger>(_ field: Field) throws(ArchiveReadError) -> Value {
      guard let value = Value(exactly: try number(field)) else {
        throw .damaged(place, .number(field: field.rawValue))
      }
      return value
    }
    guard Self.hasChecksum(block) else { throw .damaged(place, .checksum) }
    // GNU tar's own format has other things where POSIX has the prefix.
    let hasPrefix = block[Field.magic.range].elementsEqual(Array("ustar\0".utf8))
    let prefix = hasPrefix ? text(.prefix) : ""
    name = prefix.isEmpty ? text(.name) : prefix + "/" + text(.name)
    typeFlag = block[156]
    permissions = UInt16(truncatingIfNeeded: try number(.mode) & 0o7777)
    owner = FileStatus.Owner(user: try count(.uid), group: try count(.gid))
    size = try count(.size)
    modificationTime = try number(.mtime)
    linkName = text(.linkname)
  }

  /// Whether the sum of the bytes is that of the field, which counts as blanks; some old writers took the
  /// bytes as signed.
  private static func hasChecksum(_ block: [UInt8]) -> Bool {
    guard let stated = number(block[Field.chksum.range]) else { return false }
    var (sum, signedSum) = (Int64(0), Int64(0))
    for (index, byte) in block.enumerated() {
      let value = Field.chksum.range.contains(index) ? UInt8(ascii: " ") : byte
      sum += Int64(value)
      signedSum += Int64(Int8(bitPattern: value))
    }
    return stated == sum || stated == signedSum
  }

  /// Octal digits up to a blank or NUL, none being 0; or, with the first bit set, a number of two's
  /// complement, the highest byte first. Nil for what is neither or too large.
  static func number(_ field: ArraySlice<UInt8>) -> Int64? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 { return binaryNumber(field) }
    let digits = field.drop { $0 == UInt8(ascii: " ") }
    var value: Int64 = 0
    for (index, byte) in zip(digits.indices, digits) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        // Twelve digits are 36 bits.
        value = value << 3 | Int64(byte - UInt8(ascii: "0"))
      case 0, UInt8(ascii: " "):
        let rest = digits[index...]
        return rest.allSatisfy { $0 == 0 || $0 == UInt8(ascii: " ") } ? value : nil
      default: return nil
      }
    }
    return value
  }

  private static func binaryNumber(_ field: ArraySlice<UInt8>) -> Int64? {
    // The next bit is the sign.
    let isNegative = field.first.map { $0 & 0x40 != 0 } ?? false
    var value: Int64 = isNegative ? -1 : 0
    for (index, byte) in field.enumerated() {
      let bits = index == 0 ? (isNegative ? byte | 0x80 : byte & 0x7F) : byte
      guard value >> 55 == (isNegative ? -1 : 0) else { return nil }
      value = value << 8 | Int64(bits)
    }
    return value
  }
}
