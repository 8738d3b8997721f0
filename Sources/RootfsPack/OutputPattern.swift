internal import FileTree
internal import Glibc
internal import Verify

extension RunRequest.Expectation {
  /// A POSIX extended regular expression that a line has to match, as with `grep -E`; nil for what is none.
  ///
  /// The C library's, which costs the start of other commands nothing: regcomp(3).
  init?(lineMatching pattern: ByteString) {
    guard unsafe Self.withCompiled(pattern, { _ in true }) != nil else { return nil }
    self.init(pattern: pattern.description) { text in
      // A zero byte would end the text.
      let text = ByteString(text.bytes.map { $0 == 0 ? UInt8(ascii: "\n") : $0 })
      return unsafe Self.withCompiled(pattern) { expression in
        unsafe text.withCString { unsafe regexec(expression, $0, 0, nil, 0) == 0 }
      } ?? false
    }
  }

  private static func withCompiled<T>(
    _ pattern: ByteString, _ body: (UnsafePointer<regex_t>) -> T
  ) -> T? {
    var expression = unsafe regex_t()
    let result = unsafe pattern.withCString {
      unsafe regcomp(&expression, $0, REG_EXTENDED | REG_NEWLINE | REG_NOSUB)
    }
    guard result == 0 else { return nil }
    defer { unsafe regfree(&expression) }
    return unsafe body(&expression)
  }
}
