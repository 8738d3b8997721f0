internal import ELF
internal import FileTree

/// What `dotnet publish` appends to the host of a single-file application.
///
/// Source: dotnet/runtime `src/installer/managed/Microsoft.NET.HostModel/Bundle/Manifest.cs` and
/// `src/native/corehost/apphost/bundle_marker.cpp`: a marker in the host is preceded by the place of a
/// header, which lists the files.
struct SingleFileBundle: Sendable {
  enum Kind: UInt8 {
    case unknown, assembly, nativeBinary, dependencies, runtimeConfiguration, symbols
  }

  struct Entry: Hashable, Sendable {
    let kind: Kind
    let path: ByteString
    /// In bytes from the file's beginning.
    let offset: UInt64
    let size: UInt64
    /// Compressed content can't be looked at.
    let isCompressed: Bool
  }

  let entries: [Entry]

  /// The SHA-256 of ".net core bundle" and a line feed.
  private static let marker: [UInt8] = [
    0x8B, 0x12, 0x02, 0xB9, 0x6A, 0x61, 0x20, 0x38, 0x72, 0x7B, 0x93, 0x02, 0x14, 0xD7, 0xA0, 0x32,
    0x13, 0xF5, 0xB9, 0xE6, 0xEF, 0xAE, 0x33, 0x18, 0xEE, 0x3B, 0x2D, 0xCE, 0x24, 0xB3, 0x6A, 0xAE,
  ]
  /// In bytes: of a host's code and data, and of a header with its list.
  private static let hostLimit = 128 << 20
  private static let headerLimit = 4 << 20
  private static let entryLimit = 1 << 16
  /// Of all files together, in bytes.
  private static let contentLimit: UInt64 = 4 << 30

  /// Nil for a program that has none.
  init?(_ file: borrowing OpenFile) {
    // The marker is in the host's data; a bundle stands behind it.
    guard let host = try? file.read(at: 0, count: Self.hostLimit),
      let place = find(Self.marker, in: host), place >= 8,
      let header = EncodedBytes(host, encoding: .littleEndian).uint64(place - 8), header > 0,
      header < file.size, let bytes = try? file.read(at: header, count: Self.headerLimit),
      let entries = Self.entries(EncodedBytes(bytes, encoding: .littleEndian), fileSize: file.size)
    else { return nil }
    self.entries = entries
  }

  private static func entries(_ data: EncodedBytes, fileSize: UInt64) -> [Entry]? {
    guard let major = data.uint32(0), let count = data.uint32(8), count <= entryLimit else {
      return nil
    }
    var position = 12
    guard skipText(&position, in: data) else { return nil }
    // The places of two of the files, and flags.
    if major >= 2 { position += 40 }
    var entries: [Entry] = []
    // Honest ones stand one behind the other.
    var budget = ReadBudget(fileSize: fileSize, atMost: contentLimit)
    for _ in 0..<count {
      guard let offset = data.uint64(position), let size = data.uint64(position + 8) else {
        return nil
      }
      position += 16
      var compressedSize: UInt64 = 0
      if major >= 6 {
        guard let size = data.uint64(position) else { return nil }
        compressedSize = size
        position += 8
      }
      guard data.bytes.indices.contains(position) else { return nil }
      let kind = Kind(rawValue: data.bytes[position]) ?? .unknown
      position += 1
      let start = position
      guard skipText(&position, in: data), offset <= fileSize,
        size <= fileSize - offset || compressedSize > 0,
        budget.spend(compressedSize > 0 ? compressedSize : size)
      else { return nil }
      let text = data.bytes[(start + lengthSize(at: start, in: data))..<position]
      entries.append(
        Entry(
          kind: kind, path: ByteString(text), offset: offset, size: size,
          isCompressed: compressedSize > 0))
    }
    return entries
  }

  /// A text with its length before it, seven bits a byte.
  private static func skipText(_ position: inout Int, in data: EncodedBytes) -> Bool {
    let size = lengthSize(at: position, in: data)
    guard size <= 2, position + size <= data.bytes.count else { return false }
    let length = data.bytes[position..<(position + size)].reversed().reduce(0) {
      $0 << 7 | Int($1 & 0x7F)
    }
    position += size + length
    return position <= data.bytes.count
  }

  private static func lengthSize(at position: Int, in data: EncodedBytes) -> Int {
    guard position <= data.bytes.count else { return 1 }
    return 1 + data.bytes[position...].prefix(4).prefix { $0 & 0x80 != 0 }.count
  }
}
