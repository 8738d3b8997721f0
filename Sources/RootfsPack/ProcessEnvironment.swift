internal import FileTree
internal import Glibc

/// The environment variables that the command takes notice of.
///
/// Read one by one: copying all of them is a good part of the start-up time.
struct ProcessEnvironment {
  /// Seconds since 1970 for reproducible archives; nil if it is unset or empty.
  let sourceDateEpoch: String?
  /// Whether colour is refused, by `NO_COLOR` or a terminal that has none.
  let refusesColor: Bool

  static func current() -> ProcessEnvironment {
    ProcessEnvironment(
      sourceDateEpoch: value("SOURCE_DATE_EPOCH"),
      refusesColor: value("NO_COLOR") != nil || value("TERM") == "dumb")
  }

  /// The value of a variable that loaders read; nil if it is unset or empty.
  func loaderVariable(_ name: String) -> ByteString? {
    guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
    return unsafe ByteString(cString: text)
  }

  private static func value(_ name: String) -> String? {
    guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
    return unsafe String(cString: text)
  }
}
