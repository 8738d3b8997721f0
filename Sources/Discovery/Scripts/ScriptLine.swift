package import FileTree

/// The first line of a script, which names its interpreter.
///
/// Source: Linux `fs/binfmt_script.c` (`load_script`).
package struct ScriptLine: Hashable, Sendable {
  /// A path text as it stands there.
  package let interpreter: ByteString
  /// All that stands behind it, as one argument.
  package let argument: ByteString?

  /// What the kernel reads of a file (BINPRM_BUF_SIZE). In bytes.
  package static let size = 256

  /// Nil for what the kernel doesn't take as a script.
  ///
  /// - Parameter head: the file's first ``size`` bytes, or all of it.
  package init?(head: [UInt8]) {
    guard head.starts(with: "#!".utf8) else { return nil }
    let rest = head.dropFirst(2)
    let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n"))
    let line = rest[..<(lineEnd ?? rest.endIndex)]
    let text = line.prefix { $0 != 0 }
    let words = text.drop(while: Self.isSpace)
    let name = words.prefix { !Self.isSpace($0) }
    // A name that may go on behind what the kernel reads is none.
    let mayGoOn = lineEnd == nil && head.count >= Self.size && name.endIndex == head.endIndex
    guard !name.isEmpty, !mayGoOn else { return nil }
    interpreter = ByteString(name)
    var argument = words[name.endIndex...].drop(while: Self.isSpace)
    while let last = argument.last, Self.isSpace(last) { argument = argument.dropLast() }
    self.argument = argument.isEmpty ? nil : ByteString(argument)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
