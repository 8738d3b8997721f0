internal import FileTree

/// Reads cpio archives of the kinds that the kernel unpacks at its start.
///
/// Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst ("newc" and "crc"), and
/// init/initramfs.c for files of several names, whose content stands with any of them.
final class CpioReader: MemberReader {
  let rules = ReadingRules.initramfs
  private let stream: ArchiveStream
  private var reading: Reading { stream.reading }
  /// What is left of the last entry's content, in bytes.
  private var contentSize: UInt64 = 0
  private var contentPlace = ArchivePlace()
  /// The sum of the content's bytes that the header tells; nil for none.
  private var checksum: UInt32?
  private var isAtEnd = false
  /// The first name of each file that has several.
  private var firstNames: [FileNumber: ByteString] = [:]

  private static let headerSize = 110
  private static let trailer: ByteString = "TRAILER!!!"
  private static let magic = Array("070701".utf8)
  private static let magicWithChecksum = Array("070702".utf8)

  /// What tells that two entries are one file.
  private struct FileNumber: Hashable {
    let inode: UInt32
    let device: UInt32
    let deviceMinor: UInt32
  }

  /// The fields of a header.
  private struct Header {
    let inode, mode, user, group, links, time, size, device, deviceMinor: UInt32
    let ownDevice: DeviceNumber
    let nameSize, checksum: UInt32
    let hasChecksum: Bool

    init?(_ bytes: ArraySlice<UInt8>) {
      hasChecksum = bytes.starts(with: CpioReader.magicWithChecksum)
      guard hasChecksum || bytes.starts(with: CpioReader.magic) else { return nil }
      var fields: [UInt32] = []
      for index in 0..<13 {
        let digits = bytes.dropFirst(6 + 8 * index).prefix(8)
        guard let field = CpioReader.hexadecimal(digits) else { return nil }
        fields.append(field)
      }
      (inode, mode, user, group, links) = (fields[0], fields[1], fields[2], fields[3], fields[4])
      (time, size, device, deviceMinor) = (fields[5], fields[6], fields[7], fields[8])
      ownDevice = DeviceNumber(major: fields[9], minor: fields[10])
      (nameSize, checksum) = (fields[11], fields[12])
    }
  }

  init(_ stream: ArchiveStream) {
    self.stream = stream
  }

  static func begins(with head: ArraySlice<UInt8>) -> Bool {
    head.starts(with: magic) || head.starts(with: magicWithChecksum)
  }

  var storedSize: UInt64 { contentSize }

  func next() throws(ArchiveReadError) -> Member? {
    try finishContent()
    guard !isAtEnd else { return nil }
    let place = stream.place
    let bytes = try stream.take(Self.headerSize)
    if bytes.isEmpty {
      isAtEnd = true
      reading.report(.missingTrailer, at: place)
      return nil
    }
    guard bytes.count == Self.headerSize else { throw .damaged(place, .truncated) }
    guard let header = Header(bytes) else { throw .damaged(place, .header) }
    try reading.check(.nameLength, UInt64(max(1, header.nameSize) - 1), at: place)
    let text = try stream.take(Int(header.nameSize))
    guard text.count == Int(header.nameSize) else { throw .damaged(place, .truncated) }
    guard text.last == 0, !text.dropLast().contains(0) else { throw .damaged(place, .header) }
    let name = ByteString(text.dropLast())
    try passPadding(of: place.naming(name))
    if name == Self.trailer {
      try finish()
      return nil
    }
    return try member(header, named: name, at: place.naming(name))
  }

  func readContent(_ body: (ContentPiece) throws(ArchiveReadError) -> Void) throws(ArchiveReadError)
  {
    let size = contentSize
    contentSize = 0
    var sum: UInt32 = 0
    try stream.pass(size, of: contentPlace) { bytes throws(ArchiveReadError) in
      if checksum != nil {
        for index in bytes.indices { sum &+= UInt32(bytes[index]) }
      }
      try body(.bytes(bytes))
    }
    if let checksum, checksum != sum { throw .damaged(contentPlace, .checksum) }
    checksum = nil
  }

  private func member(
    _ header: Header, named name: ByteString, at place: ArchivePlace
  ) throws(ArchiveReadError) -> Member {
    (contentSize, contentPlace) = (UInt64(header.size), place)
    checksum = nil
    let kind: Member.Kind
    switch header.mode & 0o170000 {
    case 0o100000:
      if header.hasChecksum, header.size > 0 { checksum = header.checksum }
      kind = fileKind(header, named: name)
    case 0o040000: kind = .directory
    case 0o120000: kind = .symbolicLink(try linkText(of: place))
    case 0o020000: kind = .special(.characterDevice, header.ownDevice)
    case 0o060000: kind = .special(.blockDevice, header.ownDevice)
    case 0o010000: kind = .special(.fifo, nil)
    case 0o140000: kind = .special(.socket, nil)
    default: throw .damaged(place, .header)
    }
    switch kind {
    case .directory, .special:
      guard contentSize == 0 else { throw .refused(place, .strayContent(contentSize)) }
    case .file, .symbolicLink, .hardLink: break
    }
    return Member(
      name: name, kind: kind, size: contentSize,
      metadata: Metadata(
        permissions: UInt16(header.mode & 0o7777),
        owner: FileStatus.Owner(user: header.user, group: header.group),
        modificationTime: Int64(header.time)), place: place)
  }

  /// A file, or a further name of one.
  private func fileKind(_ header: Header, named name: ByteString) -> Member.Kind {
    guard header.links > 1 else { return .file }
    let number = FileNumber(
      inode: header.inode, device: header.device, deviceMinor: header.deviceMinor)
    if let first = firstNames[number] { return .hardLink(first) }
    firstNames[number] = name
    return .file
  }

  private func linkText(of place: ArchivePlace) throws(ArchiveReadError) -> ByteString {
    try reading.check(.nameLength, contentSize, at: place)
    let text = Array(try stream.take(Int(contentSize)))
    guard text.count == Int(contentSize) else { throw .damaged(place, .truncated) }
    contentSize = 0
    try passPadding(of: place)
    return ByteString(text)
  }

  private func finishContent() throws(ArchiveReadError) {
    guard contentSize > 0 || stream.offset % 4 != 0 else { return }
    try stream.skip(contentSize, of: contentPlace)
    contentSize = 0
    try passPadding(of: contentPlace)
  }

  /// Zeros up to the next multiple of four.
  private func passPadding(of place: ArchivePlace) throws(ArchiveReadError) {
    let start = ArchivePlace(file: place.file, offset: stream.offset, name: place.name)
    let size = Int((4 - stream.offset % 4) % 4)
    let bytes = try stream.take(size)
    guard bytes.count == size else { throw .damaged(place, .truncated) }
    if bytes.contains(where: { $0 != 0 }) { reading.report(.padding, at: start) }
  }

  /// The kernel goes on with another archive behind this one, if there is one.
  private func finish() throws(ArchiveReadError) {
    isAtEnd = true
    if let offset = try stream.drain() {
      reading.report(.bytesBehindEnd, at: ArchivePlace(file: stream.file, offset: offset))
    }
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return digits.count == 8 ? value : nil
  }
}
