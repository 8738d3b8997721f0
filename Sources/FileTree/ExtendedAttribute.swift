/// One extended attribute of a file (xattr(7)).
package struct ExtendedAttribute: Hashable, Sendable {
  /// With its namespace: `security.capability`.
  package let name: ByteString
  package let value: [UInt8]

  package init(name: ByteString, value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// The value in lower-case digits.
  package var hexadecimal: String {
    value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The rights that the kernel gives a program of the file (capabilities(7)).
  package static let capabilities: ByteString = "security.capability"
}
