/// By what globs of constants are found all at once: each has a slash and some plain letters behind it.
package enum ConstantSign {
  /// Behind the slash, at least. In bytes.
  package static let letterCount = 3

  /// The first slash with enough plain letters and all of them; nil if there is none.
  package static func anchor(of glob: String) -> [UInt8]? {
    let bytes = Array(glob.utf8)
    for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
      let letters = bytes[(place + 1)...].prefix { !isSign($0) }
      if letters.count >= letterCount { return [byte] + letters }
    }
    return nil
  }

  /// The longest part of a glob that stands as it is; empty if there is none.
  package static func core(of glob: [UInt8]) -> [UInt8] {
    // What is in brackets is no part of it, whatever it is.
    let isPlain = glob.firstIndex(of: UInt8(ascii: "[")).map { glob[..<$0] } ?? glob[...]
    return isPlain.split(whereSeparator: isSign).map(Array.init).max { $0.count < $1.count } ?? []
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
  }
}
