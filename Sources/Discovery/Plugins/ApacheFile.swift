internal import FileTree

/// A configuration of httpd, read with all that it includes.
struct ApacheFile {
  /// The server's root, which paths are relative to.
  private var top: ByteString
  /// The program, by its path.
  private let host: ByteString
  private let topic: Topic
  private(set) var needs: [RuntimeNeed] = []
  private var seen: Set<ByteString> = []
  private var variables: [ByteString: ByteString] = [:]

  init(top: ByteString, host: ByteString, topic: Topic) {
    self.top = top
    self.host = host
    self.topic = topic
  }

  /// Directives with a file that is read when the server starts and isn't secret.
  private static let files: Set<ByteString> = [
    "typesconfig", "mimemagicfile", "sslcacertificatefile",
  ]
  /// Directives with a path that is written to: its directory has to be there.
  private static let written: Set<ByteString> = ["errorlog", "pidfile", "customlog"]
  private static let variableLimit = 1 << 12
  private static let needLimit = 1 << 13
  /// In bytes: what a word may grow to by its variables.
  private static let wordLimit = PathResolver.textLimit

  /// `export NAME=VALUE` lines of the shell file that sets the server's variables.
  mutating func readVariables(at path: ByteString, in root: inout RootView) {
    for (_, text) in root.lines(at: path) {
      var words = ConfigurationText.words(ConfigurationText.withoutComment(text))[...]
      if words.first == "export" { words = words.dropFirst() }
      guard words.count == 1,
        let (name, value) = ConfigurationText.pair(words[words.startIndex], at: "=")
      else { continue }
      // Debian's suffix is empty for the one server that most have.
      let place = ConfigurationText.places(of: "$SUFFIX", in: value).first
      variables[name] = ConfigurationText.withoutQuotes(
        place.map { ByteString(value.bytes[..<$0]) } ?? value)
    }
  }

  mutating func read(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    guard depth < 16, seen.count < 1024, root.isFile(path), seen.insert(path).inserted else {
      return
    }
    needs.append(
      topic.registered(
        evidence, [.path(path, at: nil)], isEssential: true,
        purpose: "the configuration of httpd"))
    for (number, line) in Self.logicalLines(root.lines(at: path)) {
      guard !line.hasPrefix("#"), needs.count < Self.needLimit else { continue }
      let words = ConfigurationText.quotedWords(line).map(expand)
      guard words.count >= 2 else { continue }
      let here = Evidence.line(number, of: path)
      let directive = ConfigurationText.lowercased(words[0])
      switch directive {
      case "include", "includeoptional": include(words[1], here, depth: depth, in: &root)
      case "serverroot": top = words[1]
      case "define" where words.count >= 3 && variables.count < Self.variableLimit:
        variables[words[1]] = words[2]
      case "loadmodule" where words.count >= 3: load(words[2], here)
      case "loadfile": load(words[1], here)
      case "user":
        addAccounts(SystemAccounts.wishes(users: [words[1]], in: &root), here)
      case "group":
        addAccounts(SystemAccounts.wishes(groups: [words[1]], in: &root), here)
      case "defaultruntimedir" where !words[1].contains(UInt8(ascii: "$")):
        addDirectory(RootPath(normalising: ConfigurationText.path(words[1], in: top)), here)
      case _ where Self.files.contains(directive): add(words[1], here, in: &root)
      case _ where Self.written.contains(directive): addDirectory(of: words[1], here)
      default: break
      }
    }
  }

  private mutating func include(
    _ pattern: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    for path in PathPattern.paths(
      matching: ConfigurationText.path(pattern, in: top), in: &root)
    {
      if root.isDirectory(path) {
        for name in root.names(in: path) {
          read(path + "/" + name, evidence, depth: depth + 1, in: &root)
        }
      } else {
        read(path, evidence, depth: depth + 1, in: &root)
      }
    }
  }

  private mutating func load(_ module: ByteString, _ evidence: Evidence) {
    needs.append(
      topic.registered(
        evidence, [.library(names: [ConfigurationText.path(module, in: top)], caller: host)],
        isEssential: true, purpose: "a module of httpd"))
  }

  private mutating func add(
    _ file: ByteString, _ evidence: Evidence, in root: inout RootView
  ) {
    let path = ConfigurationText.path(file, in: top)
    guard root.isFile(path), seen.insert(path).inserted else { return }
    needs.append(
      topic.registered(
        evidence, [.path(path, at: nil)], isEssential: true,
        purpose: "a file that httpd reads at its start"))
  }

  private mutating func addDirectory(of file: ByteString, _ evidence: Evidence) {
    // A pipe or a syslog facility isn't a path, nor is one with a variable that nobody sets.
    guard !file.hasPrefix("|"), !file.hasPrefix("syslog"), !file.contains(UInt8(ascii: "$")) else {
      return
    }
    addDirectory(RootPath(normalising: ConfigurationText.path(file, in: top)).parent, evidence)
  }

  private mutating func addDirectory(_ directory: RootPath, _ evidence: Evidence) {
    guard !directory.isRoot, seen.insert(directory.text + "/").inserted else { return }
    needs.append(
      topic.registered(
        evidence, [.directory(directory, permissions: 0o755)], isEssential: true,
        purpose: "a directory that httpd writes to"))
  }

  private mutating func addAccounts(_ wishes: [Wish], _ evidence: Evidence) {
    guard !wishes.isEmpty else { return }
    needs.append(
      topic.registered(
        evidence, wishes, isEssential: true, purpose: "the user of httpd's workers"))
  }

  /// A word with each `${NAME}` that is known replaced.
  private func expand(_ word: ByteString) -> ByteString {
    guard word.contains(UInt8(ascii: "$")) else { return word }
    var result: [UInt8] = []
    var rest = word.bytes[...]
    while let first = rest.first {
      guard result.count < Self.wordLimit else { return word }
      let body = rest.dropFirst(2)
      if first == UInt8(ascii: "$"), rest.dropFirst().first == UInt8(ascii: "{"),
        let end = body.firstIndex(of: UInt8(ascii: "}")),
        let value = variables[ByteString(body[..<end])]
      {
        result += value.bytes
        rest = rest[(end + 1)...]
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return ByteString(result)
  }

  /// Lines that end in a backslash are joined with the next.
  private static func logicalLines(
    _ lines: [(number: Int, text: ByteString)]
  ) -> [(number: Int, text: ByteString)] {
    var result: [(number: Int, text: ByteString)] = []
    var continues = false
    for (number, text) in lines {
      var line = ConfigurationText.trim(text)
      let isOpen = line.hasSuffix("\\")
      if isOpen { line.bytes.removeLast() }
      if continues, let last = result.indices.last {
        result[last].text.bytes += line.bytes
      } else {
        result.append((number, line))
      }
      continues = isOpen
    }
    return result
  }
}
