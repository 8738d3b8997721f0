internal import FileTree
internal import Glibc

/// The paths in a configuration file's values: they are relative to the file.
enum ConfigurationPaths {
  enum Form {
    case path
    /// `-` is no file.
    case output
    /// As ``AdditionRequest`` takes it.
    case addition
    /// As ``PlatformRequest`` takes it.
    case platform
  }

  /// The keys whose values hold a path of the host. A test asks whoever adds an option.
  static let forms: [String: Form] = [
    CommandGrammar.filesKey: .path, "root": .path, "library-path": .path, "debug-dir": .path,
    "lock": .path, "rules": .path, "allow-sensitive-path": .path, "mount": .addition,
    "output": .output,
    "add": .addition,
    "platform": .platform,
  ]

  /// The value as a command line in the working directory would say it.
  ///
  /// - Parameter directory: the file's, as it was named, ending in `/`; empty for the working
  ///   directory.
  static func resolve(_ value: String, of key: String, in directory: String) -> String {
    guard !directory.isEmpty, !value.isEmpty, let form = forms[key] else { return value }
    switch form {
    case .path: return path(value, in: directory)
    case .output: return value == "-" ? value : path(value, in: directory)
    case .addition: return addition(value, in: directory)
    case .platform:
      guard let request = try? PlatformRequest(value) else { return value }
      return (request.expected.map { $0 + "=" } ?? "") + path(request.sysroot, in: directory) + ":"
        + path(request.program, in: directory)
    }
  }

  private static func path(_ value: String, in directory: String) -> String {
    value.hasPrefix("/") ? value : directory + value
  }

  /// By an absolute path, the file's name mustn't give a source without a destination another one than
  /// a relative source has.
  private static func addition(_ value: String, in directory: String) -> String {
    guard !value.hasPrefix("/") else { return value }
    let source = directory + value
    let name = RawArguments.encode(RootPath(normalising: ByteString(argument: value)).name)
    let isWhole = unsafe ByteString(argument: source).withCString { unsafe access($0, F_OK) } == 0
    guard directory.hasPrefix("/"), isWhole || !value.contains(":"), !name.contains(":") else {
      return source
    }
    return source + ":/" + name
  }
}
