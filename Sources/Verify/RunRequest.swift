package import FileTree
package import Sandbox
package import SystemPackage

/// What a verification runs, and what it expects of that.
package struct RunRequest: Sendable {
  /// In-root; nil runs what the image says, or the only program that there is.
  package var program: ByteString?
  /// Nil for those that the image says.
  package var arguments: [ByteString]?
  /// `NAME=VALUE`, over the image's.
  package var environment: [ByteString] = []
  /// Directories that can be written to beside the image's volumes, `/tmp` and empty ones.
  package var writable: [RootPath] = []
  package var expectedExit: Int32?
  package var expectedOutput: Expectation?
  package var requests: [HttpExpectation] = []
  package var ports: [TcpExpectation] = []
  /// What of the host the program has in its root.
  package var mounts: [SandboxMount] = []
  /// How long a server may take to listen, and a program that ends by itself to end.
  package var startLimit = Duration.seconds(30)
  /// How long an end may take that was asked for; engines kill after ten seconds.
  package var stopLimit = Duration.seconds(10)
  /// How long a program that is only started has to run to have started.
  package var watchTime = Duration.seconds(2)
  /// The sandbox's ways, in the order of trying.
  package var isolations = SandboxIsolation.allCases
  /// Where emulators of other machines are looked for; host paths.
  package var searchPath: [FilePath] = []
  package var interruption: @Sendable () -> Int32? = { nil }

  /// Something that a text has to match, and how the user wrote it.
  package struct Expectation: Sendable {
    package let pattern: String
    package let matches: @Sendable (ByteString) -> Bool

    package init(pattern: String, matches: @escaping @Sendable (ByteString) -> Bool) {
      self.pattern = pattern
      self.matches = matches
    }
  }

  package init() {}

  /// Whether something is asked of a server while it runs.
  package var asksServer: Bool { !requests.isEmpty || !ports.isEmpty }
}

/// One `--tcp :PORT`.
package struct TcpExpectation: Hashable, Sendable {
  package let number: UInt16

  package init(_ number: UInt16) {
    self.number = number
  }

  /// Nil for what isn't written so.
  package init?(_ text: String) {
    guard text.hasPrefix(":"), text.dropFirst().allSatisfy({ ("0"..."9").contains($0) }),
      let number = UInt16(text.dropFirst()), number > 0
    else { return nil }
    self.init(number)
  }
}

extension TcpExpectation: CustomStringConvertible {
  package var description: String { "tcp://localhost:\(number)" }
}

/// One `--http [:PORT]/PATH[=STATUS]`.
package struct HttpExpectation: Hashable, Sendable {
  package let port: UInt16
  /// Begins with a slash.
  package let path: String
  package let status: Int

  package init(port: UInt16, path: String, status: Int = 200) {
    self.port = port
    self.path = path
    self.status = status
  }

  /// Nil for what isn't written so.
  package init?(_ text: String) {
    guard text.hasPrefix(":"), text.allSatisfy({ $0.isASCII && $0 > " " && $0 != "\u{7F}" }) else {
      return nil
    }
    var rest = text.dropFirst()
    let digits = rest.prefix { $0.isNumber }
    rest = rest.dropFirst(digits.count)
    guard let port = UInt16(digits), port > 0 else { return nil }
    var status = 200
    if let sign = rest.lastIndex(of: "="), let number = Int(rest[rest.index(after: sign)...]),
      (100...599).contains(number)
    {
      status = number
      rest = rest[..<sign]
    }
    guard rest.isEmpty || rest.hasPrefix("/") else { return nil }
    self.init(port: port, path: rest.isEmpty ? "/" : String(rest), status: status)
  }
}

extension HttpExpectation: CustomStringConvertible {
  package var description: String { "http://localhost:\(port)\(path)" }
}
