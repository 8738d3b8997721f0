internal import FileTree
internal import Glibc
internal import Sandbox
internal import SystemPackage

/// One `--mount HOST:PATH[:ro]`.
enum MountArgument {
  private struct Parts {
    let source: Substring
    let place: Substring
    let isReadOnly: Bool
  }

  /// What every run has of its own.
  private static let own: [RootPath] = ["/dev", "/proc", "/sys"]

  /// Nil for what isn't written so. A colon on the host is the host's: the path begins behind the last one
  /// that a slash follows.
  private static func parts(_ text: String) -> Parts? {
    var rest = text[...]
    var isReadOnly = false
    for ending in [":ro", ":rw"] where rest.hasSuffix(ending) {
      rest = rest.dropLast(ending.count)
      isReadOnly = ending == ":ro"
      break
    }
    guard let colon = rest.indices.last(where: { rest[$0...].hasPrefix(":/") }),
      colon > rest.startIndex
    else { return nil }
    return Parts(
      source: rest[..<colon], place: rest[rest.index(after: colon)...], isReadOnly: isReadOnly)
  }

  /// What is wrong with how it is written; nil for nothing.
  static func fault(of text: String) -> String? {
    guard let parts = parts(text) else { return "must be as in ./data:/data or ./data:/data:ro" }
    let place = RootPath(normalising: ByteString(argument: String(parts.place)))
    if place.isRoot { return "the whole root can't be replaced" }
    if own.contains(where: { place.isInside($0) }) {
      return "\(place) is the run's own"
    }
    return nil
  }

  /// - Throws: where the host has nothing there.
  static func mount(_ text: String) throws(Diagnostic) -> SandboxMount {
    guard let parts = parts(text) else {
      throw Diagnostic("--mount \(text)", remedy: "write HOST:PATH[:ro]", status: .usage)
    }
    let source = FilePath(ByteString(argument: String(parts.source)))
    guard let resolved = unsafe source.withPlatformString({ unsafe realpath($0, nil) }) else {
      throw Diagnostic(
        "--mount \(ByteString(source)): \(Errno(rawValue: errno))",
        remedy: "name a file or directory of the host")
    }
    defer { unsafe free(resolved) }
    return SandboxMount(
      source: unsafe FilePath(platformString: resolved),
      place: RootPath(normalising: ByteString(argument: String(parts.place))),
      isReadOnly: parts.isReadOnly)
  }
}
