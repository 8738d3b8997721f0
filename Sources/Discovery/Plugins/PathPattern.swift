package import FileTree

/// A path with `*`, `?` and `[...]` in its names, as `glob(7)` describes them.
package enum PathPattern {
  /// In paths, of one pattern.
  private static let resultLimit = 1 << 14

  static func isPattern(_ text: ByteString) -> Bool {
    text.bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == bracket }
  }

  /// The existing files that an absolute pattern names, sorted; what has no sign names itself.
  static func paths(matching pattern: ByteString, in root: inout RootView) -> [ByteString] {
    guard pattern.hasPrefix("/") else { return [] }
    var found: [ByteString] = [""]
    for name in pattern.bytes.split(separator: UInt8(ascii: "/")).map({ ByteString($0) }) {
      var next: [ByteString] = []
      for directory in found {
        if isPattern(name) {
          // A leading dot has to be asked for.
          next += root.names(in: directory.isEmpty ? "/" : directory).filter {
            matches($0, name) && (!$0.hasPrefix(".") || name.hasPrefix("."))
          }.map { directory + "/" + $0 }
        } else {
          next.append(directory + "/" + name)
        }
        guard next.count <= resultLimit else { break }
      }
      found = next
    }
    return found.filter { root.resolve($0) != nil }
  }

  private static let bracket = UInt8(ascii: "[")

  /// Whether a whole name matches a pattern, in time that is their lengths' product at most.
  package static func matches(_ name: ByteString, _ pattern: ByteString) -> Bool {
    let text = name.bytes
    let signs = pattern.bytes
    var place = 0
    var sign = 0
    // Where the last star stands, and what of the name it doesn't cover yet.
    var star: (sign: Int, place: Int)?
    while place < text.count {
      if sign < signs.count, signs[sign] == UInt8(ascii: "*") {
        star = (sign, place)
        sign += 1
      } else if sign < signs.count, let next = step(text[place], signs, at: sign) {
        sign = next
        place += 1
      } else if let last = star {
        star = (last.sign, last.place + 1)
        sign = last.sign + 1
        place = last.place + 1
      } else {
        return false
      }
    }
    return signs[sign...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// The place behind the sign that a byte matches; nil if it doesn't.
  private static func step(_ byte: UInt8, _ signs: [UInt8], at index: Int) -> Int? {
    switch signs[index] {
    case UInt8(ascii: "?"): return index + 1
    case bracket:
      let body = signs[(index + 1)...]
      // A bracket that stands first in the set is one of its members.
      guard let end = body.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { fallthrough }
      return isMember(byte, of: body[..<end]) ? end + 1 : nil
    default:
      return signs[index] == byte ? index + 1 : nil
    }
  }

  private static func isMember(_ byte: UInt8, of body: ArraySlice<UInt8>) -> Bool {
    let isNegated = body.first == UInt8(ascii: "!") || body.first == UInt8(ascii: "^")
    let set = Array(isNegated ? body.dropFirst() : body)
    var index = 0
    while index < set.count {
      if index + 2 < set.count, set[index + 1] == UInt8(ascii: "-") {
        if set[index] <= byte, byte <= set[index + 2] { return !isNegated }
        index += 3
      } else {
        if set[index] == byte { return !isNegated }
        index += 1
      }
    }
    return isNegated
  }
}
