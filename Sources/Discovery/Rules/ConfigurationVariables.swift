internal import FileTree

/// The names that configuration gives to values, and values with them: `$NAME` and `${NAME}`.
struct ConfigurationVariables {
  private var values: [ByteString: ByteString] = [:]

  private static let countLimit = 1 << 12
  /// In bytes: what a text may grow to by its variables.
  private static let textLimit = PathResolver.textLimit

  mutating func define(_ name: ByteString, _ value: ByteString) {
    guard values.count < Self.countLimit || values[name] != nil else { return }
    values[name] = value
  }

  /// A text with each variable that is known replaced.
  ///
  /// - Parameter others: what stands for one that isn't known; nil for itself.
  func expand(_ text: ByteString, others: ByteString? = nil) -> ByteString {
    guard text.contains(UInt8(ascii: "$")), !values.isEmpty || others != nil else { return text }
    var result: [UInt8] = []
    var rest = text.bytes[...]
    while let first = rest.first {
      guard result.count < Self.textLimit else { return text }
      if first == UInt8(ascii: "$"), let (name, end) = Self.name(in: rest) {
        if let value = values[name] ?? others {
          result += value.bytes
        } else {
          result += rest[..<end]
        }
        rest = rest[end...]
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return ByteString(result)
  }

  /// The name behind a dollar sign, and where its sign ends; nil if there is none.
  private static func name(in text: ArraySlice<UInt8>) -> (ByteString, end: Int)? {
    let isInBraces = text.dropFirst().first == UInt8(ascii: "{")
    let name = text.dropFirst(isInBraces ? 2 : 1).prefix(while: isNameByte)
    guard !name.isEmpty else { return nil }
    guard isInBraces else { return (ByteString(name), name.endIndex) }
    guard text[name.endIndex...].first == UInt8(ascii: "}") else { return nil }
    return (ByteString(name), name.endIndex + 1)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
