internal import FileTree
internal import Glibc
internal import SystemPackage

/// One request over a connection that is there already.
///
/// Source: RFC 9112. What has a sandbox's network in it is a descriptor, which no library of clients takes.
struct HttpProbe {
  let expectation: HttpExpectation

  enum Failure: Error, Hashable {
    case connection(Errno)
    case timeout
    /// The first bytes of an answer that isn't one.
    case noHttp(ByteString)
  }

  /// In bytes; a status line is far shorter.
  private static let limit = 1 << 16

  /// The status of the answer. The descriptor is closed.
  func status(over connection: FileDescriptor, limit: Duration) throws(Failure) -> Int {
    defer { try? connection.close() }
    let request =
      "GET \(expectation.path) HTTP/1.1\r\nHost: localhost:\(expectation.port)\r\n"
      + "User-Agent: rootfs-pack\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    let end = ContinuousClock.now + limit
    var answer: [UInt8] = []
    do {
      _ = try connection.writeAll(request.utf8)
      while !answer.contains(UInt8(ascii: "\n")), answer.count < Self.limit {
        guard Self.isReadable(connection, until: end) else { throw Failure.timeout }
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = try unsafe piece.withUnsafeMutableBytes { try unsafe connection.read(into: $0) }
        if count == 0 { break }
        answer += piece[..<count]
      }
      // The rest is read, so that a server that writes it isn't cut off.
      try Self.drain(connection, until: end)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .connection(error as? Errno ?? .ioError)
    }
    let line = ByteString(answer.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") })
    let words = line.split { $0 == UInt8(ascii: " ") }
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].count == 3,
      let status = Int(words[1].description)
    else { throw .noHttp(ByteString(line.bytes.prefix(60))) }
    return status
  }

  private static func drain(_ connection: FileDescriptor, until end: ContinuousClock.Instant) throws
  {
    var total = 0
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while total < 64 << 20, isReadable(connection, until: end) {
      let count = try unsafe piece.withUnsafeMutableBytes { try unsafe connection.read(into: $0) }
      if count == 0 { return }
      total += count
    }
  }

  private static func isReadable(
    _ connection: FileDescriptor, until end: ContinuousClock.Instant
  ) -> Bool {
    let rest = (end - ContinuousClock.now).components
    let milliseconds = rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000
    guard milliseconds > 0 else { return false }
    var wait = pollfd(fd: connection.rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wait, 1, Int32(clamping: milliseconds)) > 0
  }
}
