/// The name that somebody may have meant who wrote another.
enum NearestKey {
  /// Longer names than any option's are compared with nothing, which bounds the work.
  private static let longest = 64

  /// The nearest of the names; nil if none is near: at most a third of the letters may differ. Of
  /// several that are as near, the first.
  static func find(_ key: String, in names: some Sequence<String>) -> String? {
    let word = normalised(key)
    guard !word.isEmpty, word.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let letters = normalised(name)
      let distance = distance(word, letters)
      guard distance <= (max(word.count, letters.count) + 1) / 3 else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
    }
    return best?.name
  }

  private static func normalised(_ text: String) -> [UInt8] {
    text.lowercased().utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
  }

  /// How many letters must be added, dropped, replaced or swapped with their neighbour (the
  /// "optimal string alignment" distance).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}
