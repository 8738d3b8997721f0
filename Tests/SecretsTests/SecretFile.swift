import FileTree

@testable import Secrets

/// What a file with some bytes is taken for.
func secretRule(_ bytes: [UInt8], at path: RootPath = "/srv/file") throws -> String? {
  let tree = InMemoryTree([path: .file(bytes)])
  let status = try tree.status(of: path)
  return SecretFile.rule(for: path, status, in: tree, judgesPlace: false)?.name
}

func secretRule(_ text: String, at path: RootPath = "/srv/file") throws -> String? {
  try secretRule(Array(text.utf8), at: path)
}

/// Values of ASN.1 in their distinguished encoding.
enum Der {
  static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    if count < 128 { return [tag, UInt8(count)] + content }
    return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
  }

  static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }
  static func integer(_ byte: UInt8) -> [UInt8] { value(2, [byte]) }
  static func octets(_ count: Int) -> [UInt8] { value(4, [UInt8](repeating: 0x55, count: count)) }
  /// A number of so many bytes.
  static func number(_ count: Int) -> [UInt8] { value(2, [UInt8](repeating: 0x55, count: count)) }

  /// `pkcs-7 data`, `pkcs-5 PBES2`, `rsaEncryption`, and the bags of PKCS #12.
  static let data = value(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1])
  static let pbes2 = value(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 13])
  static let rsa = value(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1])
  static func bag(_ kind: UInt8) -> [UInt8] {
    sequence(value(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, kind]), octets(20))
  }

  static func store(_ bags: [UInt8]...) -> [UInt8] {
    sequence(
      integer(3), sequence(data, value(0xA0, value(4, sequence(bags.flatMap(\.self))))),
      sequence(octets(20)))
  }
}
