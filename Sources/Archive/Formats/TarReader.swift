internal import FileTree

/// Reads tar as others write it: ustar, PAX records, GNU tar's long names, and headers older than all of
/// these.
///
/// What readers take differently is refused rather than guessed, since a checker that sees another tree than
/// the engine is of no use: contents of links, two kinds of long name for one entry, records for all entries.
final class TarReader: MemberReader {
  private let stream: ArchiveStream
  private var reading: Reading { stream.reading }
  /// What is left of the last entry's content, in bytes.
  private var contentSize: UInt64 = 0
  private var paddingSize: UInt64 = 0
  private var contentPlace = ArchivePlace()
  private var isAtEnd = false
  /// For all entries: nothing that readers heed.
  private(set) var comment: ByteString?

  /// What stands before an entry to describe it.
  private struct Extension {
    var records: PaxRecords?
    var longName: ByteString?
    var longLinkName: ByteString?

    var isEmpty: Bool { records == nil && longName == nil && longLinkName == nil }
  }

  init(_ stream: ArchiveStream) {
    self.stream = stream
  }

  func next() throws(ArchiveReadError) -> Member? {
    try finishContent()
    var description = Extension()
    while !isAtEnd {
      let place = stream.place
      let block = try stream.take(TarHeader.blockSize)
      if block.isEmpty || block.count == TarHeader.blockSize && block.allSatisfy({ $0 == 0 }) {
        guard description.isEmpty else { throw .damaged(place, .truncated) }
        try finish(at: place, isMarked: !block.isEmpty)
        return nil
      }
      guard block.count == TarHeader.blockSize else { throw .damaged(place, .truncated) }
      let header = try TarHeader(block, at: place)
      guard try !describe(header, in: &description, at: place) else { continue }
      return try member(header, description, at: place)
    }
    return nil
  }

  func readContent(_ body: (Span<UInt8>) throws(ArchiveReadError) -> Void) throws(ArchiveReadError)
  {
    let size = contentSize
    contentSize = 0
    try stream.pass(size, of: contentPlace, to: body)
  }

  // MARK: Headers before an entry

  /// Whether the header is one that describes the next, which is noted.
  private func describe(
    _ header: TarHeader, in description: inout Extension, at place: ArchivePlace
  ) throws(ArchiveReadError) -> Bool {
    switch header.typeFlag {
    case UInt8(ascii: "x"):
      guard description.records == nil else { throw .refused(place, .twoHeaders) }
      description.records = try records(header, at: place)
    case UInt8(ascii: "g"):
      // GNU tar heeds them, docker and containerd don't.
      let records = try records(header, at: place)
      if let keyword = records.keywords.first {
        throw .refused(place, .globalRecord(keyword: keyword))
      }
      comment = comment ?? records.comment
    case UInt8(ascii: "L"):
      guard description.longName == nil else { throw .refused(place, .twoHeaders) }
      description.longName = ByteString(try content(of: header, at: place).prefix { $0 != 0 })
    case UInt8(ascii: "K"):
      guard description.longLinkName == nil else { throw .refused(place, .twoHeaders) }
      description.longLinkName = ByteString(try content(of: header, at: place).prefix { $0 != 0 })
    default: return false
    }
    return true
  }

  private func records(
    _ header: TarHeader, at place: ArchivePlace
  ) throws(ArchiveReadError) -> PaxRecords {
    try PaxRecords(try content(of: header, at: place), at: place, reading: reading)
  }

  private func content(
    of header: TarHeader, at place: ArchivePlace
  ) throws(ArchiveReadError) -> [UInt8] {
    try reading.check(.headerSize, header.size, at: place)
    let bytes = Array(try stream.take(Int(header.size)))
    guard bytes.count == Int(header.size) else { throw .damaged(place, .truncated) }
    try passPadding(Self.padding(after: header.size), of: place)
    return bytes
  }

  // MARK: Entries

  private func member(
    _ header: TarHeader, _ description: Extension, at place: ArchivePlace
  ) throws(ArchiveReadError) -> Member {
    let records = description.records
    guard records?.name == nil || description.longName == nil,
      records?.linkName == nil || description.longLinkName == nil
    else { throw .refused(place, .twoHeaders) }
    let name = records?.name ?? description.longName ?? header.name
    let place = place.naming(name)
    guard records?.isSparse != true else { throw .refused(place, .sparse) }
    let size = records?.size ?? header.size
    // No file system has larger files, and every sum of two of them can be told.
    guard size <= UInt64(Int64.max) else { throw .damaged(place, .number(field: "size")) }
    let kind = try kind(
      of: header, named: name, size: size,
      link: records?.linkName ?? description.longLinkName ?? header.linkName, at: place)
    if kind != .file, size > 0 { throw .refused(place, .strayContent(size)) }
    (contentSize, contentPlace) = (size, place)
    paddingSize = Self.padding(after: size)
    return Member(
      name: name, kind: kind, size: size,
      metadata: Metadata(
        permissions: header.permissions,
        owner: FileStatus.Owner(
          user: records?.user ?? header.owner.user, group: records?.group ?? header.owner.group),
        modificationTime: records?.modificationTime ?? header.modificationTime,
        attributes: records?.sortedAttributes ?? []), place: place)
  }

  private func kind(
    of header: TarHeader, named name: ByteString, size: UInt64, link: ByteString,
    at place: ArchivePlace
  ) throws(ArchiveReadError) -> Member.Kind {
    switch header.typeFlag {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
      // Before POSIX a directory was told by its name.
      return name.hasSuffix("/") ? .directory : .file
    case UInt8(ascii: "1"): return .hardLink(link)
    case UInt8(ascii: "2"): return .symbolicLink(link)
    case UInt8(ascii: "3"): throw .refused(place, .special(.characterDevice))
    case UInt8(ascii: "4"): throw .refused(place, .special(.blockDevice))
    case UInt8(ascii: "5"): return .directory
    case UInt8(ascii: "6"): throw .refused(place, .special(.fifo))
    case UInt8(ascii: "S"): throw .refused(place, .sparse)
    case let flag: throw .refused(place, .unknownType(flag))
    }
  }

  // MARK: Between entries

  private static func padding(after size: UInt64) -> UInt64 {
    let blockSize = UInt64(TarHeader.blockSize)
    return (blockSize - size % blockSize) % blockSize
  }

  private func finishContent() throws(ArchiveReadError) {
    if contentSize > 0 { try stream.skip(contentSize, of: contentPlace) }
    contentSize = 0
    let size = paddingSize
    paddingSize = 0
    try passPadding(size, of: contentPlace)
  }

  private func passPadding(
    _ size: UInt64, of place: ArchivePlace
  ) throws(ArchiveReadError) {
    let start = ArchivePlace(file: place.file, offset: stream.offset, name: place.name)
    let bytes = try stream.take(Int(size))
    guard bytes.count == Int(size) else { throw .damaged(place, .truncated) }
    if bytes.contains(where: { $0 != 0 }) { reading.report(.padding, at: start) }
  }

  /// Two blocks of zeros end an archive, and more may fill up a record.
  private func finish(at place: ArchivePlace, isMarked: Bool) throws(ArchiveReadError) {
    isAtEnd = true
    let second = try stream.peek(TarHeader.blockSize)
    if !isMarked || second.count < TarHeader.blockSize || second.contains(where: { $0 != 0 }) {
      reading.report(.missingEnd, at: place)
    }
    if let offset = try stream.drain() {
      reading.report(.bytesBehindEnd, at: ArchivePlace(file: place.file, offset: offset))
    }
  }
}
