internal import ELF
internal import FileTree

/// What `mkbundle --simple` appends to a Mono runtime.
///
/// Source: Mono `mono/mini/main.c` (`probe_embedded`): the file ends with the place of a directory and a
/// signature; an entry is a kind with a name, a place and a size.
struct MkbundleDirectory: Sendable {
  struct Entry: Hashable, Sendable {
    /// `assembly`, `config`, `systemconfig`, `machineconfig` or another one.
    let kind: ByteString
    let name: ByteString
    /// In bytes from the file's beginning.
    let offset: UInt64
    let size: Int
  }

  let entries: [Entry]

  private static let signature = Array("xmonkeysloveplay".utf8)
  /// In bytes.
  private static let sizeLimit: UInt64 = 1 << 20

  /// Nil for a file that has none.
  init?(_ file: borrowing OpenFile) {
    let trailerSize: UInt64 = 24
    guard file.size > trailerSize, let end = try? file.read(at: file.size - trailerSize, count: 24),
      end.suffix(16).elementsEqual(Self.signature),
      let start = EncodedBytes(end, encoding: .littleEndian).uint64(0),
      start < file.size - trailerSize, file.size - trailerSize - start <= Self.sizeLimit,
      let bytes = try? file.read(at: start, count: Int(file.size - trailerSize - start))
    else { return nil }
    entries = Self.entries(EncodedBytes(bytes, encoding: .littleEndian), fileSize: file.size)
  }

  /// Those up to the first that is damaged, or names what many others name too.
  private static func entries(_ data: EncodedBytes, fileSize: UInt64) -> [Entry] {
    guard let count = data.uint32(0) else { return [] }
    var entries: [Entry] = []
    var budget = ReadBudget(fileSize: fileSize, atMost: EmbeddedAssemblies.contentLimit)
    var position = 4
    while entries.count < count {
      // The length counts the NUL.
      guard let length = data.uint32(position), length > 0, length < 4096,
        let text = data.string(position + 4, limit: Int(length)),
        let offset = data.uint64(position + 4 + Int(length)),
        let size = data.uint32(position + 12 + Int(length)), offset <= fileSize,
        UInt64(size) <= fileSize - offset, budget.spend(size)
      else { break }
      let parts = text.bytes.split(
        separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      entries.append(
        Entry(
          kind: ByteString(parts[0]), name: ByteString(parts.count > 1 ? parts[1] : []),
          offset: offset, size: Int(size)))
      position += 16 + Int(length)
    }
    return entries
  }
}
