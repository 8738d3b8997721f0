internal import FileTree
internal import Glibc
internal import SystemPackage

/// A configuration file's bytes, and where it is.
struct ConfigurationFile {
  /// What it is called where nobody names one.
  static let usualName = "rootfs-pack.toml"

  /// As it was named; in the working directory unless it is absolute.
  let path: ByteString
  let bytes: [UInt8]

  /// Opens the file of the usual name in the working directory; nil if there is none.
  static func inWorkingDirectory() throws(Diagnostic) -> ConfigurationFile? {
    // Non-blocking: something else than a file may have the name.
    let descriptor = unsafe open(usualName, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let cause = Errno(rawValue: errno)
      guard cause != .noSuchFileOrDirectory else { return nil }
      throw refusal(ByteString(usualName), Diagnostic.describe(cause), isNamed: false)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw refusal(ByteString(usualName), "isn't a regular file", isNamed: false)
    }
    return try read(descriptor, ByteString(usualName), isNamed: false)
  }

  /// Reads the file that somebody names, which may be a pipe.
  init(named argument: String) throws(Diagnostic) {
    let path = ByteString(argument: argument)
    guard !path.isEmpty else {
      throw Diagnostic("--config: the name is empty", remedy: "name a file", status: .usage)
    }
    let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw Self.refusal(path, Diagnostic.describe(Errno(rawValue: errno)), isNamed: true)
    }
    self = try Self.read(descriptor, path, isNamed: true)
  }

  private init(path: ByteString, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The directory, ending in `/`; empty for the working directory.
  var directory: ByteString {
    guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return ByteString(path.bytes[...slash])
  }

  private static func read(
    _ descriptor: Int32, _ path: ByteString, isNamed: Bool
  ) throws(Diagnostic) -> ConfigurationFile {
    let descriptor = FileDescriptor(rawValue: descriptor)
    defer { try? descriptor.close() }
    do {
      if let bytes = try HostFile.bytes(of: descriptor, limit: ConfigurationEntry.sizeLimit) {
        return ConfigurationFile(path: path, bytes: bytes)
      }
    } catch {
      throw refusal(path, Diagnostic.describe(error as? Errno ?? .ioError), isNamed: isNamed)
    }
    throw refusal(path, "is larger than \(ConfigurationEntry.sizeLimit) bytes", isNamed: isNamed)
  }

  private static func refusal(_ path: ByteString, _ reason: String, isNamed: Bool) -> Diagnostic {
    Diagnostic(
      isNamed ? "--config \(path): \(reason)" : "\(path): \(reason)",
      remedy: isNamed ? nil : "--no-config leaves it out")
  }
}
