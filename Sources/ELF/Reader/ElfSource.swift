internal import FileTree

/// The bytes of one file, for all that read something of it within one function, and how many of them may
/// yet be taken.
///
/// Read, never mapped: a file that shrinks while it is read must not raise SIGBUS.
final class ElfSource {
  /// In bytes, when the file was opened.
  let size: UInt64
  private let content: OpenFile.Content
  /// What most of the readers begin with.
  private let head: [UInt8]
  private var budget: ReadBudget

  /// In bytes.
  private static let headSize = 4096

  init(_ file: borrowing OpenFile) throws(ElfReadError) {
    size = file.size
    content = file.content
    budget = ReadBudget(fileSize: file.size)
    do { head = try content.read(at: 0, count: Self.headSize) } catch { throw .system(error) }
    guard UInt64(head.count) >= min(size, UInt64(Self.headSize)) else {
      // The file has shrunk since it was opened.
      throw .truncated(what: .header, offset: 0, size: 64, fileSize: UInt64(head.count))
    }
  }

  /// The bytes of a range of the file.
  func bytes(
    of part: ElfReadError.Part, at offset: UInt64, count: UInt64
  ) throws(ElfReadError) -> [UInt8] {
    guard count > 0 else { return [] }
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= size, end <= UInt64(Int64.max) else {
      throw .truncated(what: part, offset: offset, size: count, fileSize: size)
    }
    if end <= UInt64(head.count) { return Array(head[Int(offset)..<Int(end)]) }
    let bytes: [UInt8]
    do { bytes = try content.read(at: offset, count: Int(count)) } catch { throw .system(error) }
    guard UInt64(bytes.count) == count else {
      // The file has shrunk since it was opened.
      throw .truncated(
        what: part, offset: offset, size: count, fileSize: offset + UInt64(bytes.count))
    }
    return bytes
  }

  /// Counts bytes that the file's own offsets name: those that many offsets name are counted as often.
  func spend(_ count: Int, on part: ElfReadError.Part) throws(ElfReadError) {
    guard budget.spend(count) else { throw .namedTooOften(what: part, fileSize: size) }
  }
}
