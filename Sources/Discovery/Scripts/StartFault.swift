package import FileTree

/// Why nothing can be started by what an image or a user says. Paths are in-root.
package enum StartFault: Error, Hashable, Sendable {
  case missing
  /// No directory of PATH has an executable file of the name.
  case notInPath(directories: [ByteString])
  case notRegular(FileStatus.Kind)
  /// Nobody may execute the file: the program itself, or what reads it.
  case notExecutable(ByteString)
  /// The image's user may not do with a file, or a directory on the way to it, what has to be done.
  case forbidden(Access, path: ByteString, user: UInt32)
  /// A program's file gives it rights that no engine gives, and without which it isn't started.
  case capabilities(ByteString, refused: [String])
  /// Neither ELF nor a script.
  case unknownFormat(ByteString, hasByteOrderMark: Bool)
  /// A script's first line ends with a carriage return, which is a part of its last word.
  case carriageReturn(script: ByteString)
  case script(ScriptError)

  package enum Access: Hashable, Sendable {
    case execute, enter
    /// A script is opened by what reads it.
    case read
  }
}

extension StartFault: CustomStringConvertible {
  /// A clause, in which "it" is what was to be started.
  package var description: String {
    switch self {
    case .missing: "it isn't there"
    case .notInPath(let directories):
      "no executable file of that name is in "
        + directories.map(\.description).joined(separator: ":")
    case .notRegular(let kind): "it is a \(kind)"
    case .notExecutable(let path): "\(path) has no execute bit"
    case .forbidden(.execute, let path, let user): "user \(user) may not execute \(path)"
    case .forbidden(.enter, let path, let user): "user \(user) may not enter \(path)"
    case .forbidden(.read, let path, let user):
      "user \(user) may not read \(path), which its interpreter opens"
    case .capabilities(let path, let refused):
      "\(path) has \(refused.joined(separator: ", ")), which engines give nobody without being asked"
    case .unknownFormat(let path, hasByteOrderMark: true):
      "\(path) begins with a byte order mark instead of #!"
    case .unknownFormat(let path, hasByteOrderMark: false):
      "\(path) is neither an ELF program nor a script with a first line of #!"
    case .carriageReturn(let script):
      "the first line of \(script) ends with a carriage return, which belongs to its last word"
    case .script(.missing(let script, let interpreter)):
      "the interpreter \(interpreter) of \(script) isn't there"
    case .script(.relative(let script, let interpreter)):
      "the interpreter '\(interpreter)' of \(script) is a relative path"
    case .script(.notInPath(let script, let name)):
      "env finds no program '\(name)' for \(script)"
    case .script(.tooDeep): "its chain of interpreters is longer than any kernel follows"
    }
  }

  /// What the user can do: a clause without a full stop.
  package var remedy: String {
    switch self {
    case .missing: "add it, or name what is there"
    case .notInPath: "add it, or name a program by its path"
    case .notRegular: "name a program"
    case .notExecutable(let path):
      "chmod +x \(path.directoryPart.isEmpty ? "it" : path.description)"
    case .forbidden: "let everybody do so (chmod o+rx), or let another user start it"
    case .capabilities(let path, _):
      "take them away (setcap -r \(path)), or start it with --cap-add"
    case .unknownFormat: "begin the script with a line such as #!/bin/sh"
    case .carriageReturn: "end its lines as on Linux (sed -i 's/\\r$//')"
    case .script(.missing(_, let interpreter)):
      "add \(interpreter), or name another in the script's first line"
    case .script(.relative): "begin it with a slash in the script's first line"
    case .script(.notInPath(_, let name)):
      "add \(name), or name the interpreter by its path in the first line"
    case .script(.tooDeep): "name a program in the script's first line"
    }
  }

  /// The option of a pack that brings what is missing; nil where none does.
  ///
  /// - Parameter word: what was to be started.
  package func option(for word: ByteString) -> String? {
    switch self {
    case .missing where word == "/bin/sh", .notInPath where word == "sh": "--with shell"
    case .missing: "--add \(word)"
    case .script(.missing(_, let interpreter)): "--add \(interpreter)"
    default: nil
    }
  }
}
