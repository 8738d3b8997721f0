internal import FileTree
internal import Glibc
internal import SystemPackage

/// The environment variables that the command takes notice of.
///
/// Read one by one: copying all of them is a good part of the start-up time.
struct ProcessEnvironment {
  /// Seconds since 1970 for reproducible archives; nil if it is unset or empty.
  let sourceDateEpoch: String?
  /// Directories that commands are looked for in, with colons between them.
  let searchPath: ByteString
  /// Where temporary files go; a host path.
  let temporaryDirectory: FilePath
  /// Whether colour is refused, by `NO_COLOR` or a terminal that has none.
  let refusesColor: Bool

  static func current() -> ProcessEnvironment {
    ProcessEnvironment(
      sourceDateEpoch: value("SOURCE_DATE_EPOCH"),
      searchPath: bytes("PATH") ?? "",
      temporaryDirectory: FilePath(bytes("TMPDIR") ?? "/tmp"),
      refusesColor: value("NO_COLOR") != nil || value("TERM") == "dumb")
  }

  /// The value of a variable that loaders read; nil if it is unset or empty.
  func loaderVariable(_ name: String) -> ByteString? { Self.bytes(name) }

  private static func bytes(_ name: String) -> ByteString? {
    guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
    return unsafe ByteString(cString: text)
  }

  private static func value(_ name: String) -> String? {
    guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
    return unsafe String(cString: text)
  }
}
