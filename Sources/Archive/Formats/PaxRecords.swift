internal import FileTree

/// What PAX records say of the entry behind them.
///
/// Source: POSIX.1-2017, `pax` utility, "pax Extended Header"; extended attributes are records as GNU tar, star
/// and Go's archive/tar write them. Records of other kinds, which say nothing of what is unpacked, are passed
/// over.
struct PaxRecords {
  var name: ByteString?
  var linkName: ByteString?
  var size: UInt64?
  var user: UInt32?
  var group: UInt32?
  var modificationTime: Int64?
  var attributes: [ByteString: [UInt8]] = [:]
  /// Which says nothing of what is unpacked.
  private(set) var comment: ByteString?
  /// Nil for a file without holes.
  var sparse: SparseRecords?
  /// The keywords of all records that aren't passed over, in their order.
  private(set) var keywords: [ByteString] = []

  private static let attributePrefix: ByteString = "SCHILY.xattr."
  /// Of which there is one for each segment of a file with holes.
  private static let repeatable: Set<ByteString> = ["GNU.sparse.offset", "GNU.sparse.numbytes"]
  private let rules: ReadingRules

  init(
    _ content: [UInt8], at place: ArchivePlace, reading: Reading, by rules: ReadingRules
  ) throws(ArchiveReadError) {
    self.rules = rules
    var rest = content[...]
    var seen: Set<ByteString> = []
    while !rest.isEmpty {
      guard let (keyword, value, length) = Self.record(rest) else {
        throw .damaged(place, .record)
      }
      rest = rest.dropFirst(length)
      guard try apply(keyword, value, at: place) else { continue }
      if seen.insert(keyword).inserted {
        keywords.append(keyword)
      } else if !Self.repeatable.contains(keyword) {
        reading.report(.repeatedRecord(keyword: keyword), at: place)
      }
    }
  }

  /// The attributes, sorted by name.
  var sortedAttributes: [ExtendedAttribute] {
    attributes.sorted { $0.key < $1.key }.map { ExtendedAttribute(name: $0.key, value: $0.value) }
  }

  /// The first of `LENGTH KEYWORD=VALUE\n`, where the length counts itself; nil if it is damaged.
  private static func record(
    _ bytes: ArraySlice<UInt8>
  ) -> (keyword: ByteString, value: ArraySlice<UInt8>, length: Int)? {
    let digits = bytes.prefix { $0 != UInt8(ascii: " ") }
    // More digits than a limit on headers can have.
    guard (1...10).contains(digits.count), let length = decimal(digits),
      let count = Int(exactly: length), count > digits.count + 1, count <= bytes.count
    else { return nil }
    let record = bytes.prefix(count)
    let body = record.dropFirst(digits.count + 1).dropLast()
    guard record.last == UInt8(ascii: "\n"), let sign = body.firstIndex(of: UInt8(ascii: "=")),
      sign > body.startIndex
    else { return nil }
    return (ByteString(body[..<sign]), body[(sign + 1)...], count)
  }

  /// - Returns: whether the record is of a kind that isn't passed over.
  private mutating func apply(
    _ keyword: ByteString, _ value: ArraySlice<UInt8>, at place: ArchivePlace
  ) throws(ArchiveReadError) -> Bool {
    // An empty value undoes what stands in a header for all entries (POSIX).
    let text = value.isEmpty ? nil : ByteString(value)
    func number<Value: FixedWidthInteger>(_: Value.Type) throws(ArchiveReadError) -> Value? {
      guard text != nil else { return nil }
      guard let number = Self.decimal(value).flatMap({ Value(exactly: $0) }) else {
        throw .damaged(place, .number(field: keyword.description))
      }
      return number
    }
    switch keyword {
    case "path": name = text
    case "linkpath": linkName = text
    case "size": size = try number(UInt64.self)
    case "uid": user = try number(UInt32.self)
    case "gid": group = try number(UInt32.self)
    case "mtime", "atime", "ctime":
      guard let seconds = text == nil ? 0 : seconds(value) else {
        throw .damaged(place, .number(field: keyword.description))
      }
      guard keyword == "mtime" else { return false }
      modificationTime = text == nil ? nil : seconds
    case _ where keyword.hasPrefix(Self.attributePrefix):
      let attribute = ByteString(keyword.bytes.dropFirst(Self.attributePrefix.count))
      guard !attribute.isEmpty, !attribute.contains(0) else { throw .damaged(place, .record) }
      attributes[attribute] = Array(value)
    case "comment":
      comment = text
      return false
    case _ where keyword.hasPrefix(SparseRecords.prefix):
      if sparse == nil { sparse = SparseRecords() }
      sparse?.apply(keyword, value)
    default: return false
    }
    return true
  }

  /// Nil for other bytes than digits, for none and for more than 64 bits.
  static func decimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !isTooLarge, !overflows else { return nil }
      value = sum
    }
    return value
  }

  /// Whole seconds of a decimal number, rounded down.
  private func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
    var text = text
    // No tar minds blanks here.
    if rules == .archive { while text.last == UInt8(ascii: " ") { text.removeLast() } }
    let isNegative = text.first == UInt8(ascii: "-")
    let parts = text.dropFirst(isNegative ? 1 : 0)
      .split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Self.decimal(parts[0]).flatMap({ Int64(exactly: $0) }) else { return nil }
    guard parts.count == 2 else { return isNegative ? -whole : whole }
    guard parts[1].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    let hasFraction = parts[1].contains { $0 != UInt8(ascii: "0") }
    return isNegative ? -whole - (hasFraction ? 1 : 0) : whole
  }
}
