/// DT_GNU_HASH, as far as its last chain.
///
/// Source: glibc `elf/dl-lookup.c` (`do_lookup_x`, `_dl_setup_hash`).
struct GNUHashTable: Sendable {
  private let words: EncodedBytes
  /// In bits.
  private let filterWidth: UInt32
  private let filterMask: UInt32
  private let filterShift: UInt32
  private let bucketCount: UInt32
  private let firstSymbol: UInt32
  /// In bytes from the table's beginning.
  private let buckets: Int
  private let chains: Int

  /// The words before the filter.
  static let headerSize = 16

  /// The sizes of the parts, which the header tells. In bytes.
  struct Layout {
    let bucketCount: UInt32
    let firstSymbol: UInt32
    let filterSize: UInt64
    var chains: UInt64 { UInt64(GNUHashTable.headerSize) + filterSize + UInt64(bucketCount) * 4 }

    /// Nil for a table that a loader can't use.
    init?(_ header: EncodedBytes, _ elfClass: ElfHeader.Class) {
      guard let bucketCount = header.uint32(0), let firstSymbol = header.uint32(4),
        let filterWords = header.uint32(8), bucketCount > 0,
        filterWords > 0, filterWords & (filterWords - 1) == 0
      else { return nil }
      self.bucketCount = bucketCount
      self.firstSymbol = firstSymbol
      filterSize = UInt64(filterWords) * (elfClass == .elf64 ? 8 : 4)
    }
  }

  /// - Parameter bytes: header, filter, buckets and chains.
  init?(_ bytes: [UInt8], _ header: ElfHeader) {
    words = EncodedBytes(bytes, encoding: header.dataEncoding)
    guard let layout = Layout(words, header.elfClass), UInt64(bytes.count) >= layout.chains else {
      return nil
    }
    filterWidth = UInt32(header.elfClass.bits)
    filterMask = (words.uint32(8) ?? 1) - 1
    filterShift = words.uint32(12) ?? 0
    bucketCount = layout.bucketCount
    firstSymbol = layout.firstSymbol
    buckets = Self.headerSize + Int(layout.filterSize)
    chains = Int(layout.chains)
  }

  /// The first symbol of the last chain; nil if there are none.
  var lastBucket: UInt32? {
    var last: UInt32 = 0
    for bucket in 0..<Int(bucketCount) {
      last = max(last, words.uint32(buckets + bucket * 4) ?? 0)
    }
    return last >= firstSymbol && last != 0 ? last : nil
  }

  /// The symbols that the table can find, by their places.
  var symbols: Range<Int> {
    guard var last = lastBucket else { return 0..<0 }
    while let entry = entry(of: last), entry & 1 == 0 { last += 1 }
    return Int(firstSymbol)..<Int(last) + 1
  }

  func firstIndex(hash: UInt32, where isMatch: (Int) -> Bool) -> Int? {
    guard passesFilter(hash),
      var symbol = words.uint32(buckets + Int(hash % bucketCount) * 4), symbol >= firstSymbol,
      symbol != 0
    else { return nil }
    // It ends where the table does.
    while let entry = entry(of: symbol) {
      if entry | 1 == hash | 1, isMatch(Int(symbol)) { return Int(symbol) }
      guard entry & 1 == 0 else { return nil }
      symbol += 1
    }
    return nil
  }

  private func entry(of symbol: UInt32) -> UInt32? {
    words.uint32(chains + Int(symbol - firstSymbol) * 4)
  }

  /// Whether the filter lets a name through, as it does with each that is there and few others.
  private func passesFilter(_ hash: UInt32) -> Bool {
    let index = Int((hash / filterWidth) & filterMask)
    let (first, second) = (hash % filterWidth, (hash >> filterShift) % filterWidth)
    let word =
      filterWidth == 64
      ? words.uint64(Self.headerSize + index * 8)
      : words.uint32(Self.headerSize + index * 4).map(UInt64.init)
    guard let word else { return false }
    return (word >> UInt64(first)) & (word >> UInt64(second)) & 1 == 1
  }
}

/// DT_HASH.
///
/// Source: the gABI, "Hash Table".
struct SysVHashTable: Sendable {
  private let words: EncodedBytes
  private let wordSize: Int
  private let bucketCount: UInt32
  let symbolCount: UInt32

  /// The words before the buckets, in words.
  static let headerWords = 2

  /// In bytes: s390x and Alpha have words as wide as an address.
  ///
  /// Source: glibc `sysdeps/unix/sysv/linux/{s390,alpha}/bits/elfclass.h` (`Elf_Symndx`).
  static func wordSize(_ header: ElfHeader) -> Int {
    header.elfClass == .elf64 && (header.machine == .s390 || header.machine == .alpha) ? 8 : 4
  }

  /// - Parameter bytes: buckets and chains with the header.
  init?(_ bytes: [UInt8], _ header: ElfHeader) {
    words = EncodedBytes(bytes, encoding: header.dataEncoding)
    wordSize = Self.wordSize(header)
    guard let counts = Self.counts(words, wordSize), counts.buckets > 0 else { return nil }
    bucketCount = counts.buckets
    symbolCount = counts.symbols
  }

  /// How many buckets and symbols there are.
  static func counts(
    _ words: EncodedBytes, _ size: Int
  ) -> (buckets: UInt32, symbols: UInt32)? {
    guard let buckets = word(0, in: words, size), let symbols = word(1, in: words, size) else {
      return nil
    }
    return (buckets, symbols)
  }

  func firstIndex(hash: UInt32, where isMatch: (Int) -> Bool) -> Int? {
    var symbol = word(Self.headerWords + Int(hash % bucketCount))
    // A chain may lead back to itself; none has more entries than there are symbols.
    for _ in 0..<symbolCount {
      guard let index = symbol, index != 0 else { return nil }
      if isMatch(Int(index)) { return Int(index) }
      symbol = word(Self.headerWords + Int(bucketCount) + Int(index))
    }
    return nil
  }

  private func word(_ index: Int) -> UInt32? { Self.word(index, in: words, wordSize) }

  private static func word(_ index: Int, in words: EncodedBytes, _ size: Int) -> UInt32? {
    size == 4
      ? words.uint32(index * 4) : words.uint64(index * 8).flatMap { UInt32(exactly: $0) }
  }
}
