internal import FileTree

/// Reads tar as others write it: ustar, PAX records, GNU tar's long names and files with holes, and headers
/// older than all of these.
///
/// What readers take differently is refused rather than guessed, since a checker that sees another tree than
/// the engine is of no use: two kinds of long name for one entry, records for all entries.
final class TarReader: MemberReader {
  let rules: ReadingRules
  private let stream: ArchiveStream
  private var reading: Reading { stream.reading }
  /// What is left of the last entry's content in the archive, in bytes.
  private var contentSize: UInt64 = 0
  private var paddingSize: UInt64 = 0
  private var contentPlace = ArchivePlace()
  /// Of the last entry; nil for a content without holes.
  private var holes: SparseMap?
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

  init(_ stream: ArchiveStream, rules: ReadingRules) {
    self.stream = stream
    self.rules = rules
  }

  var storedSize: UInt64 { contentSize }

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
      let header = try TarHeader(block, at: place, by: rules)
      if let field = header.oddField { reading.report(.oddNumber(field: field), at: place) }
      guard try !describe(header, in: &description, at: place) else { continue }
      return try member(header, block, description, at: place)
    }
    return nil
  }

  func readContent(_ body: (ContentPiece) throws(ArchiveReadError) -> Void) throws(ArchiveReadError)
  {
    guard let holes else { return try pass(contentSize, to: body) }
    var position: UInt64 = 0
    for segment in holes.segments {
      if segment.offset > position { try body(.hole(segment.offset - position)) }
      try pass(segment.size, to: body)
      position = segment.offset + segment.size
    }
    if holes.size > position { try body(.hole(holes.size - position)) }
  }

  private func pass(
    _ size: UInt64, to body: (ContentPiece) throws(ArchiveReadError) -> Void
  ) throws(ArchiveReadError) {
    contentSize -= size
    try stream.pass(size, of: contentPlace) { bytes throws(ArchiveReadError) in
      try body(.bytes(bytes))
    }
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
      if rules == .layer { reading.report(.globalHeader, at: place) }
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
    try PaxRecords(
      try content(of: header, at: place), at: place, reading: reading, by: rules)
  }

  private func content(
    of header: TarHeader, at place: ArchivePlace
  ) throws(ArchiveReadError) -> [UInt8] {
    try reading.check(.headerSize, header.size, at: place)
    let bytes = Array(try stream.take(Int(header.size)))
    guard bytes.count == Int(header.size) else { throw .damaged(place, .truncated) }
    paddingSize = Self.padding(after: header.size)
    try passPadding(of: place)
    return bytes
  }

  // MARK: Entries

  private func member(
    _ header: TarHeader, _ block: ArraySlice<UInt8>, _ description: Extension,
    at place: ArchivePlace
  ) throws(ArchiveReadError) -> Member {
    let records = description.records
    guard records?.name == nil || description.longName == nil,
      records?.linkName == nil || description.longLinkName == nil
    else { throw .refused(place, .twoHeaders) }
    let name =
      records?.sparse?.name ?? records?.name ?? description.longName ?? header.name
    let place = place.naming(name)
    let kind = try kind(
      of: header, named: name,
      link: records?.linkName ?? description.longLinkName ?? header.linkName, at: place)
    contentPlace = place
    try findContent(of: kind, header, block, records, at: place)
    return Member(
      name: name, kind: kind, size: holes?.size ?? contentSize,
      metadata: Metadata(
        permissions: header.permissions,
        owner: FileStatus.Owner(
          user: Self.owner(records?.user ?? header.owner.user),
          group: Self.owner(records?.group ?? header.owner.group)),
        modificationTime: records?.modificationTime ?? header.modificationTime,
        attributes: records?.sortedAttributes ?? []), place: place)
  }

  /// chown(2) leaves what is given to the highest number to whoever made it: root.
  private static func owner(_ number: UInt32) -> UInt32 { number == .max ? 0 : number }

  private func kind(
    of header: TarHeader, named name: ByteString, link: ByteString, at place: ArchivePlace
  ) throws(ArchiveReadError) -> Member.Kind {
    switch header.typeFlag {
    // Before POSIX a directory was told by its name.
    case 0: return name.hasSuffix("/") ? .directory : .file
    case UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"):
      if header.typeFlag != UInt8(ascii: "0") { try checkType(header.typeFlag, at: place) }
      guard rules == .layer || !name.hasSuffix("/") else { throw .refused(place, .trailingSlash) }
      return .file
    case UInt8(ascii: "1"): return .hardLink(link)
    case UInt8(ascii: "2"): return .symbolicLink(link)
    case UInt8(ascii: "3"):
      guard header.device != DeviceNumber(major: 0, minor: 0) else {
        throw .refused(place, .whiteoutDevice)
      }
      return .special(.characterDevice, header.device)
    case UInt8(ascii: "4"): return .special(.blockDevice, header.device)
    case UInt8(ascii: "5"): return .directory
    case UInt8(ascii: "6"): return .special(.fifo, nil)
    case let flag: throw .refused(place, .unknownType(flag))
    }
  }

  /// Types of files that tars know and engines don't.
  private func checkType(_ flag: UInt8, at place: ArchivePlace) throws(ArchiveReadError) {
    let isSparse = flag == UInt8(ascii: "S")
    guard rules != .layer else { throw .refused(place, isSparse ? .sparse : .unknownType(flag)) }
    reading.report(isSparse ? .sparse : .contiguous, at: place)
  }

  // MARK: Contents

  /// Notes where the content of an entry is: behind its header and what tells of its holes.
  private func findContent(
    of kind: Member.Kind, _ header: TarHeader, _ block: ArraySlice<UInt8>,
    _ records: PaxRecords?, at place: ArchivePlace
  ) throws(ArchiveReadError) {
    (holes, contentSize, paddingSize) = (nil, 0, 0)
    guard kind == .file else {
      guard records?.size ?? 0 == 0 else {
        throw .refused(place, .strayContent(records?.size ?? 0))
      }
      guard records?.sparse == nil else { throw .refused(place, .sparse) }
      // Nobody looks for one: if there is any, it is no header.
      if header.size > 0 { reading.report(.strayContent(header.size), at: place) }
      return
    }
    contentSize = records?.size ?? header.size
    // No file system has larger files, and every sum of two of them can be told.
    guard contentSize <= UInt64(Int64.max) else { throw .damaged(place, .number(field: "size")) }
    paddingSize = Self.padding(after: contentSize)
    let finder = HoleFinder(stream: stream, rules: rules, place: place)
    if header.typeFlag == UInt8(ascii: "S") {
      holes = try finder.holes(after: block, stored: contentSize)
    } else if let sparse = records?.sparse {
      // Python's tarfile takes such a size for that of the whole file.
      guard rules == .layer || records?.size == nil else { throw .refused(place, .sparse) }
      holes = try finder.holes(sparse, stored: &contentSize)
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
    try passPadding(of: contentPlace)
  }

  private func passPadding(of place: ArchivePlace) throws(ArchiveReadError) {
    let start = ArchivePlace(file: place.file, offset: stream.offset, name: place.name)
    let size = Int(paddingSize)
    paddingSize = 0
    let bytes = try stream.take(size)
    // An engine is content with the content.
    guard bytes.count == size || rules == .layer else { throw .damaged(place, .truncated) }
    if bytes.contains(where: { $0 != 0 }) { reading.report(.padding, at: start) }
  }

  /// Two blocks of zeros end an archive, and more may fill up a record.
  private func finish(at place: ArchivePlace, isMarked: Bool) throws(ArchiveReadError) {
    isAtEnd = true
    let second = try stream.peek(TarHeader.blockSize)
    if second.contains(where: { $0 != 0 }), isMarked {
      guard rules != .layer else { throw .refused(place, .loneZeroBlock) }
      reading.report(.loneZeroBlock, at: place)
    } else if !isMarked || second.count < TarHeader.blockSize {
      reading.report(.missingEnd, at: place)
    }
    if let offset = try stream.drain() {
      reading.report(.bytesBehindEnd, at: ArchivePlace(file: place.file, offset: offset))
    }
  }
}
