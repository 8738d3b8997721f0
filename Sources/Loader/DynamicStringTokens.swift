internal import FileTree

/// The values of `$ORIGIN`, `$LIB` and `$PLATFORM` for one object.
///
/// Source: glibc `elf/dl-load.c` (`is_dst`, `_dl_dst_substitute`).
struct DynamicStringTokens {
  /// The directory of the object, without a trailing slash but for `/`.
  var origin: ByteString
  var lib: ByteString
  var platform: ByteString?

  /// `text` with its tokens replaced, or nil if one of them has no value.
  ///
  /// What is too long for any path ends early: each object may otherwise multiply the last one's.
  func expand(_ text: ByteString) -> ByteString? {
    let dollar = UInt8(ascii: "$")
    guard text.contains(dollar) else { return text }
    var result: [UInt8] = []
    var rest = text.bytes[...]
    while let first = rest.first, result.count < PathResolver.textLimit {
      guard first == dollar, let (name, length) = Self.token(after: rest.dropFirst()) else {
        result.append(first)
        rest = rest.dropFirst()
        continue
      }
      guard let value = value(of: name) else { return nil }
      result.append(contentsOf: value.bytes)
      rest = rest.dropFirst(1 + length)
    }
    return ByteString(result)
  }

  private func value(of name: Name) -> ByteString? {
    switch name {
    case .origin: origin
    case .lib: lib
    case .platform: platform
    }
  }

  enum Name: String, CaseIterable {
    case origin = "ORIGIN"
    case lib = "LIB"
    case platform = "PLATFORM"
  }

  /// The token at the beginning of `text` (behind the dollar sign) and its length with braces.
  ///
  /// The longest run of letters, digits and `_` must be the name: `$ORIGINAL` is no token.
  private static func token(after text: ArraySlice<UInt8>) -> (Name, length: Int)? {
    let braced = text.first == UInt8(ascii: "{")
    let body = braced ? text.dropFirst() : text
    let word = body.prefix { isNameByte($0) }
    guard let name = Name.allCases.first(where: { word.elementsEqual($0.rawValue.utf8) }) else {
      return nil
    }
    guard braced else { return (name, word.count) }
    guard body.dropFirst(word.count).first == UInt8(ascii: "}") else { return nil }
    return (name, word.count + 2)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Whether `text` contains any token.
  static func areIn(_ text: ByteString) -> Bool {
    text.contains(UInt8(ascii: "$")) && !tokens(in: text).isEmpty
  }

  /// Whether `text` contains the token `$ORIGIN`.
  static func mentionsOrigin(_ text: ByteString) -> Bool {
    text.contains(UInt8(ascii: "$")) && tokens(in: text).contains(.origin)
  }

  /// Whether `text` contains the token `$PLATFORM`.
  static func mentionsPlatform(_ text: ByteString) -> Bool {
    text.contains(UInt8(ascii: "$")) && tokens(in: text).contains(.platform)
  }

  private static func tokens(in text: ByteString) -> [Name] {
    text.bytes.indices.compactMap { index in
      text.bytes[index] == UInt8(ascii: "$") ? token(after: text.bytes[(index + 1)...])?.0 : nil
    }
  }

  /// Whether `text` contains the token `$ORIGIN` once, as the whole of its first name.
  static func beginsWithOriginOnly(_ text: ByteString) -> Bool {
    guard text.hasPrefix("$"), let (name, length) = token(after: text.bytes.dropFirst()),
      name == .origin
    else { return false }
    let rest = ByteString(text.bytes.dropFirst(1 + length))
    return (rest.isEmpty || rest.hasPrefix("/")) && !mentionsOrigin(rest)
  }
}
