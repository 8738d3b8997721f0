internal import FileTree

/// What a system makes when it starts: directories, and the files and links in them.
///
/// Source: tmpfiles.d(5).
struct DeclaredDirectories {
  struct Directory {
    let path: RootPath
    let permissions: UInt16
    /// By name or number; empty for root.
    let owner: ByteString
    let group: ByteString
    let evidence: Evidence
  }

  /// A file or link, where there is none yet.
  struct File {
    enum Content: Hashable {
      /// A file with a text, or an empty one.
      case text(ByteString)
      case link(to: ByteString)
      /// The same as at an in-root path: a file, or a directory with all in it.
      case copy(of: ByteString)
    }

    let path: RootPath
    let content: Content
    let evidence: Evidence
  }

  /// In the order of their paths.
  private(set) var all: [Directory] = []
  private(set) var files: [File] = []

  init(in root: inout RootView) {
    for file in ConfigurationDirectories.files(of: "tmpfiles.d", in: &root) {
      for (number, line) in root.lines(at: file) {
        read(line, Evidence(file: file, mark: .line(number)))
      }
    }
    all.sort { $0.path < $1.path }
    files.sort { $0.path < $1.path }
  }

  func at(_ path: RootPath) -> Directory? { all.first { $0.path == path } }

  /// `TYPE PATH MODE USER GROUP AGE ARGUMENT`, the type with modifiers behind it.
  private mutating func read(_ line: ByteString, _ evidence: Evidence) {
    guard let first = ConfigurationText.trim(line).bytes.first, first != UInt8(ascii: "#") else {
      return
    }
    let words = UnitCommand.texts(of: line)
    guard words.count >= 2, let type = words[0].bytes.first, let path = Self.path(words[1]) else {
      return
    }
    func word(_ place: Int) -> ByteString {
      words.count > place && words[place] != "-" ? words[place] : ""
    }
    // What comes last is a text with blanks.
    let argument = words.dropFirst(6).reduce(ByteString("")) { $0.isEmpty ? $1 : $0 + " " + $1 }
    switch Character(Unicode.Scalar(type)) {
    case "d", "D", "e", "v", "q", "Q":
      // `~` and `:` say when a mode counts.
      let digits = word(2).description.drop { !$0.isNumber }
      all.append(
        Directory(
          path: path, permissions: (UInt16(digits, radix: 8) ?? 0o755) & 0o1777,
          owner: Self.name(word(3)), group: Self.name(word(4)), evidence: evidence))
    case "L": add(.link(to: argument.isEmpty ? "/usr/share/factory" + path.text : argument))
    case "C": add(.copy(of: argument.isEmpty ? "/usr/share/factory" + path.text : argument))
    case "f", "F": if !words[0].contains(UInt8(ascii: "^")) { add(.text(argument)) }
    default: break
    }
    func add(_ content: File.Content) {
      files.append(File(path: path, content: content, evidence: evidence))
    }
  }

  /// `:` says that it counts only for what is new.
  private static func name(_ word: ByteString) -> ByteString {
    word.hasPrefix(":") ? ByteString(word.bytes.dropFirst()) : word
  }

  /// Nil for one that only a running system knows.
  private static func path(_ text: ByteString) -> RootPath? {
    guard let path = UnitName.expand(text), path.hasPrefix("/"), path.count < PathResolver.textLimit
    else { return nil }
    return StateDirectories.current(RootPath(normalising: path))
  }
}
