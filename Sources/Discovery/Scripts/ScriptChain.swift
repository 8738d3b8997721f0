package import FileTree

/// The programs that are started for a script or an assembly, one after the other, up to the one that reads it.
package struct ScriptChain: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    /// As it is started: an absolute, in-root path text.
    package let path: ByteString
    package let argument: ByteString?
    /// Whether a search in PATH found it, not the line itself.
    package let isSearched: Bool
  }

  package enum Kind: Hashable, Sendable {
    /// A text whose first line names what reads it.
    case script
    /// Managed code, which its runtime loads.
    case assembly
  }

  package let kind: Kind
  package let steps: [Step]

  /// Of an assembly.
  package init(runtime: ByteString) {
    kind = .assembly
    steps = [Step(path: runtime, argument: nil, isSearched: true)]
  }

  /// The last step: an ELF program, unless it can't be read.
  package var interpreter: ByteString { steps.last?.path ?? "" }

  /// Those before the last: scripts, and programs such as `env` that look for the next.
  package var way: [Step] { steps.dropLast() }
}

/// Why no interpreter of a script can be told. Paths are in-root.
package enum ScriptError: Error, Hashable, Sendable {
  case missing(script: ByteString, interpreter: ByteString)
  /// Relative: it depends on where the script is started.
  case relative(script: ByteString, interpreter: ByteString)
  case notInPath(script: ByteString, name: ByteString)
  /// More scripts that start scripts than the kernel follows.
  case tooDeep(script: ByteString)
}

extension ScriptChain {
  /// Scripts that interpret scripts: the kernel's limit (Linux `fs/exec.c`, `exec_binprm`).
  private static let depthLimit = 5

  /// Where engines look for programs in an image that doesn't say otherwise.
  package static let searchPath: [ByteString] = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]

  /// Follows the first line of a file, and those of its interpreters; nil for what is no script.
  ///
  /// - Parameter path: in-root, as the user named it.
  package init?(of path: ByteString, in root: inout RootView) throws(ScriptError) {
    guard var line = Self.line(of: path, &root) else { return nil }
    var script = path
    var steps: [Step] = []
    for _ in 0..<Self.depthLimit {
      guard line.interpreter.hasPrefix("/") else {
        throw .relative(script: script, interpreter: line.interpreter)
      }
      guard root.isFile(line.interpreter) else {
        throw .missing(script: script, interpreter: line.interpreter)
      }
      steps.append(
        Step(path: line.interpreter, argument: line.argument, isSearched: false))
      var next = line.interpreter
      if RootPath(normalising: next).name == "env",
        let name = EnvArguments.program(in: line.argument)
      {
        next = try Self.search(for: name, of: script, &root)
        steps.append(Step(path: next, argument: nil, isSearched: true))
      }
      guard let nextLine = Self.line(of: next, &root) else {
        kind = .script
        self.steps = steps
        return
      }
      (script, line) = (next, nextLine)
    }
    throw .tooDeep(script: path)
  }

  private static func line(of path: ByteString, _ root: inout RootView) -> ScriptLine? {
    guard let file = root.resolve(path), file.status.kind == .regular,
      let head = try? root.tree.head(of: file.real, count: ScriptLine.size)
    else { return nil }
    return ScriptLine(head: head)
  }

  private static func search(
    for name: ByteString, of script: ByteString, _ root: inout RootView
  ) throws(ScriptError) -> ByteString {
    if name.hasPrefix("/") {
      guard root.isFile(name) else { throw .missing(script: script, interpreter: name) }
      return name
    }
    for directory in searchPath {
      let path = directory + "/" + name
      if let file = root.resolve(path), file.status.kind == .regular,
        file.status.permissions & 0o111 != 0
      {
        return path
      }
    }
    throw .notInPath(script: script, name: name)
  }
}

/// What `env` makes of the one argument that a script's line gives it.
///
/// Source: env(1) of GNU coreutils; without `-S`, the whole argument is one word.
enum EnvArguments {
  /// The program that it starts; nil if it starts none.
  static func program(in argument: ByteString?) -> ByteString? {
    guard let argument else { return nil }
    let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var words = [argument]
    for option: ByteString in ["-S", "--split-string=", "--split-string", "-vS"]
    where argument.hasPrefix(option) {
      words = ByteString(argument.bytes.dropFirst(option.count)).split(on: isSpace).filter {
        !$0.isEmpty
      }
      break
    }
    while let word = words.first {
      words.removeFirst()
      switch word {
      case "-u", "--unset", "-C", "--chdir": words = Array(words.dropFirst())
      case _ where word.hasPrefix("-") || word.contains(UInt8(ascii: "=")): break
      default: return word
      }
    }
    return nil
  }
}
