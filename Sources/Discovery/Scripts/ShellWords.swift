internal import FileTree

/// Words that mean something to a shell where a command's name stands.
enum ShellWords {
  /// Behind them is a command; POSIX.1-2017, Shell Command Language, 2.4.
  static let reserved: Set<ByteString> = [
    "if", "then", "else", "elif", "while", "until", "do", "!", "{", "time",
  ]
  static let closing: Set<ByteString> = [
    "fi", "done", "}", "for", "in", "select", "function", "[[", "]]",
  ]
  /// What stands between such words may not be done, or more than once.
  static let opening: Set<ByteString> = ["if", "while", "until", "for", "select", "case", "{"]
  static let ending: Set<ByteString> = ["fi", "done", "esac", "}"]
  /// Commands whose arguments may be assignments.
  static let declaring: Set<ByteString> = ["export", "readonly", "local", "declare", "typeset"]
  /// Commands that start the command that their arguments are.
  static let prefixes: Set<ByteString> = [
    "exec", "command", "builtin", "env", "nohup", "setsid", "nice", "ionice", "xargs", "sudo",
  ]
  /// What dash and bash do themselves; bash(1), dash(1).
  static let builtIn: Set<ByteString> = [
    ".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "command", "compgen",
    "complete", "continue", "declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit",
    "export", "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let",
    "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray",
    "readonly", "return", "set", "shift", "shopt", "source", "suspend", "test", "times", "trap",
    "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
  ]
}
