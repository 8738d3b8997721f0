/// Which packages have a path, in eight bytes a record: a hash of the path with the package's number.
///
/// Two paths in a million million share a hash, which nobody can bring about from outside: it is keyed
/// anew in each process.
struct PathIndex {
  /// More packages than any distribution has, and records than all of them. What is beyond isn't kept.
  static let packageLimit = 1 << 20
  static let recordLimit = 1 << 23

  /// The upper bits of a hash, which choose where its record stands.
  private static let bucketBits = 16
  private static let numberMask = UInt64(packageLimit - 1)

  /// Where the records of each bucket begin, and where the last ends.
  private let starts: [UInt32]
  private let records: [UInt64]

  /// Collects records, those of one package after those of another.
  struct Builder {
    private(set) var hashes: [UInt64] = []
    /// By package, where its records begin.
    private(set) var firsts: [Int] = []

    var isFull: Bool { hashes.count >= PathIndex.recordLimit }

    mutating func beginPackage() { firsts.append(hashes.count) }

    mutating func add(_ path: ArraySlice<UInt8>) {
      if !isFull { hashes.append(PathIndex.hash(path)) }
    }
  }

  /// Sorts the records by bucket, in the order of adding.
  init(_ builder: Builder) {
    let shift = UInt64.bitWidth - Self.bucketBits
    var places = [UInt32](repeating: 0, count: (1 << Self.bucketBits) + 1)
    for hash in builder.hashes { places[Int(hash >> shift) + 1] += 1 }
    for bucket in 1..<places.count { places[bucket] += places[bucket - 1] }
    starts = places
    var records = [UInt64](repeating: 0, count: builder.hashes.count)
    for (number, first) in builder.firsts.enumerated() {
      let end = number + 1 < builder.firsts.count ? builder.firsts[number + 1] : records.count
      for hash in builder.hashes[first..<end] {
        let bucket = Int(hash >> shift)
        records[Int(places[bucket])] = hash & ~Self.numberMask | UInt64(number)
        places[bucket] += 1
      }
    }
    self.records = records
  }

  /// The numbers of the packages that have a path, ascending.
  func packages(with path: ArraySlice<UInt8>) -> [Int] {
    let hash = Self.hash(path)
    let bucket = Int(hash >> (UInt64.bitWidth - Self.bucketBits))
    var numbers: [Int] = []
    for record in records[Int(starts[bucket])..<Int(starts[bucket + 1])]
    where record & ~Self.numberMask == hash & ~Self.numberMask {
      let number = Int(record & Self.numberMask)
      if numbers.last != number { numbers.append(number) }
    }
    return numbers
  }

  static func hash(_ path: ArraySlice<UInt8>) -> UInt64 {
    var hasher = Hasher()
    unsafe path.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}
