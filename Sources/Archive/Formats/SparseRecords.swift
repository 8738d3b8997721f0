internal import FileTree

/// What PAX records say of a file with holes, in the three ways that GNU tar has had.
///
/// Source: GNU tar, "Storing Sparse Files", versions 0.0, 0.1 and 1.0.
struct SparseRecords {
  static let prefix: ByteString = "GNU.sparse."

  /// The file's own name; the header has another for those who don't know of holes.
  private(set) var name: ByteString?
  /// Of the whole file. In bytes.
  private(set) var size: UInt64?
  private var major: ByteString?
  private var minor: ByteString?
  private var count: UInt64?
  /// Offset and size of each segment in turn; nil if something else stands there.
  private var numbers: [UInt64]? = []

  enum Version {
    /// The map is among the records.
    case records([UInt64])
    /// It stands before the content.
    case content
  }

  /// Nil for a version that not all readers know, or a map that isn't one.
  var version: Version? {
    switch (major, minor) {
    case ("1", "0"): return .content
    case ("0", "0"), ("0", "1"), (nil, nil):
      guard let numbers, !numbers.isEmpty, count == UInt64(numbers.count / 2) else { return nil }
      return .records(numbers)
    default: return nil
    }
  }

  /// Takes one record.
  mutating func apply(_ keyword: ByteString, _ value: ArraySlice<UInt8>) {
    switch ByteString(keyword.bytes.dropFirst(Self.prefix.count)) {
    case "name": name = ByteString(value)
    case "size", "realsize": size = Self.number(value)
    case "major": major = ByteString(value)
    case "minor": minor = ByteString(value)
    case "numblocks": count = Self.number(value)
    case "offset": append(value, isOffset: true)
    case "numbytes": append(value, isOffset: false)
    case "map":
      let parts = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let map = parts.compactMap { Self.number($0) }
      numbers = map.count == parts.count ? map : nil
    default: break
    }
  }

  private mutating func append(_ value: ArraySlice<UInt8>, isOffset: Bool) {
    guard let number = Self.number(value), let count = numbers?.count, (count % 2 == 0) == isOffset
    else {
      numbers = nil
      return
    }
    numbers?.append(number)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    PaxRecords.decimal(digits).flatMap { $0 <= UInt64(Int64.max) ? $0 : nil }
  }
}
