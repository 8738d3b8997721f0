internal import FileTree

/// The process's arguments as text that loses no byte.
///
/// The argument parser takes Swift strings, and a file's name may be no UTF-8. Each byte that isn't
/// stands as one scalar of a private-use range, and goes back to a byte where a path is made of it.
enum RawArguments {
  /// The scalar of byte 0. 256 of them, at the end of the last private-use plane.
  private static let base: UInt32 = 0x10_FE00

  /// Without the program's own name.
  static func current() -> [String] {
    separated(
      (1..<max(1, Int(CommandLine.argc))).compactMap { index in
        guard let argument = unsafe CommandLine.unsafeArgv[index] else { return nil }
        return encode(unsafe ByteString(cString: argument))
      })
  }

  /// Flags that may have a value, each as two options: the parser knows an option with a value or without.
  static func separated(_ arguments: [String]) -> [String] {
    let flags = [
      (flag: "--allow-sensitive=", option: "--allow-sensitive-path="),
      (flag: "--overlay-safe=", option: "--overlay-safe-base="),
    ]
    func hasValue(_ argument: String) -> Bool { flags.contains { argument.hasPrefix($0.flag) } }
    guard arguments.contains(where: hasValue) else { return arguments }
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments.indices.map { index in
      let argument = arguments[index]
      // It may be a value itself: of what takes any word.
      let isValue = index > 0 && ["--cmd", "--entrypoint"].contains(arguments[index - 1])
      guard index < end, !isValue, let pair = flags.first(where: { argument.hasPrefix($0.flag) })
      else { return argument }
      return pair.option + argument.dropFirst(pair.flag.count)
    }
  }

  static func encode(_ bytes: ByteString) -> String {
    if let text = String(validating: bytes.bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: isByte)
    {
      return text
    }
    var text = String.UnicodeScalarView()
    var rest = bytes.bytes[...]
    while let first = rest.first {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&iterator), !isByte(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        if let scalar = Unicode.Scalar(base + UInt32(first)) { text.append(scalar) }
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  static func decode(_ text: String) -> ByteString {
    guard text.unicodeScalars.contains(where: isByte) else { return ByteString(text) }
    return ByteString(
      text.unicodeScalars.flatMap { scalar in
        isByte(scalar)
          ? [UInt8(truncatingIfNeeded: scalar.value - base)] : Array(String(scalar).utf8)
      })
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= base && scalar.value < base + 256
  }
}

extension ByteString {
  /// The bytes that the user typed.
  init(argument: String) {
    self = RawArguments.decode(argument)
  }
}
