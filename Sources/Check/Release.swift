internal import FileTree

/// A release's number, such as 2.36 or 4.8.3.
package struct Release: Hashable, Sendable {
  /// The first differs first.
  let numbers: [Int]
  /// Whether it is any release after that number.
  let isLater: Bool

  init(_ numbers: Int...) {
    self.numbers = numbers
    isLater = false
  }

  init(laterThan release: Release) {
    numbers = release.numbers
    isLater = true
  }

  /// Nil if it isn't numbers with dots between them.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    guard numbers.count == parts.count else { return nil }
    self.numbers = numbers
    isLater = false
  }
}

extension Release: Comparable {
  /// 2.4 is before 2.36, and as good as 2.4.0.
  package static func < (left: Release, right: Release) -> Bool {
    let count = max(left.numbers.count, right.numbers.count)
    for place in 0..<count where left.number(place) != right.number(place) {
      return left.number(place) < right.number(place)
    }
    return !left.isLater && right.isLater
  }

  private func number(_ place: Int) -> Int { place < numbers.count ? numbers[place] : 0 }
}

extension Release: CustomStringConvertible {
  package var description: String {
    (isLater ? "later than " : "") + numbers.map(String.init).joined(separator: ".")
  }
}
