internal import FileTree

/// The name of a unit, and what stands for its parts in settings.
///
/// Source: systemd.unit(5), "Specifiers"; those of a system's manager.
struct UnitName: Hashable {
  /// `PREFIX.service`, or `PREFIX@INSTANCE.service`; of a template, the instance is empty.
  let text: ByteString
  let prefix: ByteString
  /// Nil where the unit has no `@`.
  let instance: ByteString?

  static let suffix: ByteString = ".service"

  init(_ text: ByteString) {
    self.text = text
    let stem = text.bytes.dropLast(text.hasSuffix(Self.suffix) ? Self.suffix.count : 0)
    let at = stem.firstIndex(of: UInt8(ascii: "@"))
    prefix = ByteString(stem[..<(at ?? stem.endIndex)])
    instance = at.map { ByteString(stem[($0 + 1)...]) }
  }

  /// Whether nothing can start it before it gets an instance.
  var isTemplate: Bool { instance?.isEmpty == true }

  /// A text with all that stands for something replaced; nil where that is known only on a running system.
  func expand(_ text: ByteString) -> ByteString? {
    Self.expand(text, ownValue)
  }

  /// The same for files that aren't units.
  static func expand(
    _ text: ByteString, _ value: (UInt8) -> ByteString? = value
  ) -> ByteString? {
    guard text.contains(UInt8(ascii: "%")) else { return text }
    var result: [UInt8] = []
    var rest = text.bytes[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      guard let letter = rest.popFirst(), let value = value(letter) else { return nil }
      result += value.bytes
    }
    return ByteString(result)
  }

  /// What stands for the same in all files that have specifiers.
  static func value(of letter: UInt8) -> ByteString? {
    switch Character(Unicode.Scalar(letter)) {
    case "%": "%"
    case "t": "/run"
    case "S": "/var/lib"
    case "C": "/var/cache"
    case "L": "/var/log"
    case "E": "/etc"
    case "T": "/tmp"
    case "V": "/var/tmp"
    case "h": "/root"
    case "u", "g": "root"
    case "U", "G": "0"
    default: nil
    }
  }

  private func ownValue(of letter: UInt8) -> ByteString? {
    switch Character(Unicode.Scalar(letter)) {
    case "n": text
    case "N": ByteString(text.bytes.dropLast(text.hasSuffix(Self.suffix) ? Self.suffix.count : 0))
    case "p", "P": prefix
    case "i", "I": isTemplate ? nil : instance ?? ""
    case "j", "J": ByteString(prefix.bytes.split(separator: UInt8(ascii: "-")).last ?? [])
    case "f": isTemplate ? nil : "/" + (instance ?? prefix)
    case "s": "/bin/sh"
    default: Self.value(of: letter)
    }
  }
}
