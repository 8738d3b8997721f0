internal import FileTree

/// The packages whose names resemble a file's: the first to look at for its owner, since reading the records
/// of all takes longer than all else that is asked of a program.
enum LikelyOwners {
  /// For each name that is compared.
  private static let limit = 4
  /// A shorter beginning in common says nothing. In bytes.
  private static let leastPrefix = 3

  /// - Parameter names: of all packages, with their numbers.
  /// - Returns: numbers, the likeliest first.
  static func numbers(for path: RootPath, among names: [ByteString: [Int]]) -> [Int] {
    var seen: Set<Int> = []
    return [path.name, path.parent.name].flatMap { name in
      names.compactMap { candidate -> (prefix: Int, name: ByteString, numbers: [Int])? in
        let prefix = commonPrefix(candidate.key.bytes, name.bytes)
        guard prefix >= leastPrefix || prefix == name.count, prefix > 0 else { return nil }
        return (prefix, candidate.key, candidate.value)
      }.sorted { ($1.prefix, $0.name.count, $0.name) < ($0.prefix, $1.name.count, $1.name) }
        .prefix(limit).flatMap(\.numbers).filter { seen.insert($0).inserted }
    }
  }

  private static func commonPrefix(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var count = 0
    while count < min(left.count, right.count), left[count] == right[count] { count += 1 }
    return count
  }
}
