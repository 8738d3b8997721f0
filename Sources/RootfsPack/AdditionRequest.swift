internal import FileTree
internal import Glibc

/// One `--add SRC[:DST]`.
struct AdditionRequest {
  let source: String
  /// Nil keeps the source's path.
  let destination: RootPath?

  init(_ word: String) throws(Diagnostic) {
    guard let colon = word.lastIndex(of: ":"), !Self.exists(word) else {
      try self.init(source: word, destination: nil)
      return
    }
    try self.init(
      source: String(word[..<colon]), destination: String(word[word.index(after: colon)...]))
  }

  private init(source: String, destination: String?) throws(Diagnostic) {
    guard !source.isEmpty else {
      throw Diagnostic("--add: SRC is empty", remedy: "write --add SRC[:DST]", status: .usage)
    }
    self.source = source
    let name = RootPath(normalising: ByteString(argument: source)).name
    guard let destination else {
      self.destination = source.hasPrefix("/") ? nil : RootPath.root.appending(name)
      return
    }
    guard destination.hasPrefix("/") else {
      throw Diagnostic(
        "--add \(ByteString(argument: source)): the destination '\(ByteString(argument: destination))' is relative",
        remedy: "begin it with a slash", status: .usage)
    }
    let target = RootPath(normalising: ByteString(argument: destination))
    // As with cp: `DST/` is the directory to put it into, and `SRC/.` are a directory's contents.
    let isInto = destination.hasSuffix("/") && !source.hasSuffix("/.") && source != "."
    self.destination = isInto ? target.appending(name) : target
  }

  private static func exists(_ path: String) -> Bool {
    unsafe ByteString(argument: path).withCString { unsafe access($0, F_OK) } == 0
  }
}
