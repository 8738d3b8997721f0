internal import FileTree

/// Something that a run missed, and the option of a pack that brings it.
struct MissedThing: Hashable {
  enum Option: Hashable {
    case preset(String)
    /// A library, as `dlopen` is given it.
    case library(ByteString)
    /// A file or a directory of the root, with all that is in it.
    case addition(RootPath)
    /// A secret, which goes in only on purpose.
    case secret(RootPath)
    /// An empty directory; where the root hasn't one either nobody knows its rights.
    case directory(RootPath, FileStatus?)
  }

  let object: String
  let message: String
  var option: Option

  init(_ path: RootPath, _ option: Option) {
    object = path.description
    message = "was looked for and isn't in the bundle"
    self.option = option
  }

  /// A directory with several files that were looked for.
  init(_ directory: RootPath, holding count: Int) {
    object = directory.description
    message = "\(count) files in it were looked for and aren't in the bundle"
    option = .addition(directory)
  }

  /// - Parameters:
  ///   - kind: in a word.
  ///   - file: where the root knows it.
  init(account kind: String, _ name: ByteString, _ file: RootPath) {
    object = "\(kind) \(name)"
    message = "was looked up and isn't in the bundle's \(file)"
    option = .addition(file)
  }

  /// What it would add; nil for what is brought otherwise.
  var addition: RootPath? {
    if case .addition(let path) = option { path } else { nil }
  }

  var finding: VerifyFinding { VerifyFinding(.warns, object, message, flag: option.flag) }
}

extension MissedThing.Option {
  var flag: String {
    switch self {
    case .preset(let name): return "--with \(name)"
    case .library(let name): return "--load \(name)"
    case .addition(let path): return "--add \(path)"
    case .secret(let path): return "--add \(path) --allow-sensitive=\(path)"
    case .directory(let path, let status):
      let owner = status?.owner ?? .root
      let mode = (status?.permissions ?? 0o755) & 0o1777
      let numbers = owner == .root ? "" : ":\(owner.user):\(owner.group)"
      guard mode != 0o755 || !numbers.isEmpty else { return "--mkdir \(path)" }
      return "--mkdir \(path):\(String(mode, radix: 8))\(numbers)"
    }
  }
}
