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
  let device: DeviceNumber
  /// The first number that engines take for none; nil where there is no such number.
  let oddField: String?

  /// Where the fields lie in a block.
  private enum Field: String {
    case name, mode, uid, gid, size, mtime, chksum, linkname, magic, devmajor, devminor, prefix
    case atime, ctime

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
      case .devmajor: 329..<337
      case .devminor: 337..<345
      case .prefix: 345..<500
      // GNU tar's own, where POSIX has the prefix.
      case .atime: 345..<357
      case .ctime: 357..<369
      }
    }
  }

  /// Whether an archive that begins so is tar: a header, or the zeros of one without entries.
  static func begins(with head: ArraySlice<UInt8>) -> Bool {
    guard head.count == blockSize else { return false }
    return head.allSatisfy { $0 == 0 } || hasChecksum(Array(head), by: .archive)
  }

  init(
    _ slice: ArraySlice<UInt8>, at place: ArchivePlace, by rules: ReadingRules
  ) throws(ArchiveReadError) {
    let block = Array(slice)
    var oddField: String?
    func text(_ field: Field) -> ByteString { ByteString(block[field.range].prefix { $0 != 0 }) }
    func number(_ field: Field) throws(ArchiveReadError) -> Int64 {
      guard let value = TarNumber.value(block[field.range], by: rules) else {
        throw .damaged(place, .number(field: field.rawValue))
      }
      if TarNumber.value(block[field.range], by: .layer) != value {
        oddField = oddField ?? field.rawValue
      }
      return value
    }
    func count<Value: FixedWidthInteger>(_ field: Field) throws(ArchiveReadError) -> Value {
      guard let value = Value(exactly: try number(field)) else {
        throw .damaged(place, .number(field: field.rawValue))
      }
      return value
    }
    guard Self.hasChecksum(block, by: rules) else { throw .damaged(place, .checksum) }
    let magic = ByteString(block[Field.magic.range])
    let prefix = magic == "ustar\0" ? text(.prefix) : ""
    name = prefix.isEmpty ? text(.name) : prefix + "/" + text(.name)
    typeFlag = block[156]
    let mode = try number(.mode)
    // Python's tarfile has no room for more.
    guard mode <= Int32.max || rules == .layer else {
      throw .damaged(place, .number(field: Field.mode.rawValue))
    }
    permissions = UInt16(truncatingIfNeeded: mode & 0o7777)
    owner = FileStatus.Owner(user: try count(.uid), group: try count(.gid))
    size = try count(.size)
    modificationTime = try number(.mtime)
    linkName = text(.linkname)
    if magic == "ustar\0" || magic == "ustar " {
      device = DeviceNumber(
        major: UInt32(truncatingIfNeeded: try number(.devmajor)),
        minor: UInt32(truncatingIfNeeded: try number(.devminor)))
    } else {
      device = DeviceNumber(major: 0, minor: 0)
    }
    self.oddField = oddField
    if magic == "ustar ", Self.hasPrefixOfOld(block) { throw .refused(place, .prefix) }
  }

  /// Whether a header with GNU tar's magic has a prefix where that has times, as Go once wrote it and reads
  /// it still (archive/tar reader.go, `readHeader`).
  private static func hasPrefixOfOld(_ block: [UInt8]) -> Bool {
    [Field.atime, .ctime].contains { field in
      block[field.range.lowerBound] != 0
        && TarNumber.value(block[field.range], by: .layer) == nil
    }
  }

  /// Whether the sum of the bytes is that of the field, which counts as blanks; some old writers took the
  /// bytes as signed.
  private static func hasChecksum(_ block: [UInt8], by rules: ReadingRules) -> Bool {
    guard let stated = TarNumber.checksum(block[Field.chksum.range], by: rules) else {
      return false
    }
    var (sum, signedSum) = (Int64(0), Int64(0))
    for (index, byte) in block.enumerated() {
      let value = Field.chksum.range.contains(index) ? UInt8(ascii: " ") : byte
      sum += Int64(value)
      signedSum += Int64(Int8(bitPattern: value))
    }
    return stated == sum || stated == signedSum
  }
}
