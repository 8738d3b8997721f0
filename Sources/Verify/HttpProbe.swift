internal import FileTree
internal import Glibc
internal import SystemPackage

/// One request over a connection that is there already.
///
/// Source: RFC 9112. What has a sandbox's network in it is a descriptor, which no library of clients takes.
struct HttpProbe {
  let expectation: HttpExpectation
  let deadline: Deadline

  enum Failure: Error, Hashable {
    case connection(Errno)
    case timeout
    /// The first bytes of an answer that isn't one; none where the connection was closed without any.
    case noHttp(ByteString)
  }

  /// In bytes; a status line is far shorter.
  private static let lineLimit = 1 << 16
  /// In bytes, and how long it may take to come: what is behind the status line is read so that a server
  /// that writes it isn't cut off.
  private static let bodyLimit = 16 << 20
  private static let bodyTime = Duration.seconds(1)

  /// The status of the answer. The descriptor is closed.
  func status(over connection: FileDescriptor) throws(Failure) -> Int {
    defer { try? connection.close() }
    let line: ByteString
    do {
      line = try answer(over: connection)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .connection(error as? Errno ?? .ioError)
    }
    let words = line.split { $0 == UInt8(ascii: " ") }
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].count == 3,
      words[1].bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let status = Int(words[1].description)
    else { throw .noHttp(ByteString(line.bytes.prefix(60))) }
    // Interim answers, such as 100 and 103, would ask for a client that knows them.
    Self.drain(connection, deadline)
    return status
  }

  private func answer(over connection: FileDescriptor) throws -> ByteString {
    let request =
      "GET \(expectation.path) HTTP/1.1\r\nHost: localhost:\(expectation.port)\r\n"
      + "User-Agent: rootfs-pack\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    try Self.send(Array(request.utf8), over: connection)
    var answer: [UInt8] = []
    while !answer.contains(UInt8(ascii: "\n")), answer.count < Self.lineLimit {
      guard Self.isReadable(connection, until: deadline) else { throw Failure.timeout }
      var piece = [UInt8](repeating: 0, count: 4096)
      var count = 0
      do {
        count = try unsafe piece.withUnsafeMutableBytes { try unsafe connection.read(into: $0) }
      } catch Errno.connectionReset {
        // Closed with the request unread.
      }
      if count == 0 { break }
      answer += piece[..<count]
    }
    return ByteString(answer.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") })
  }

  /// What has closed already may have answered before it was asked: that is neither an error nor a
  /// signal.
  private static func send(_ bytes: [UInt8], over connection: FileDescriptor) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(connection.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch Errno(rawValue: errno) {
      case .interrupted: continue
      case .brokenPipe, .connectionReset: return
      case let error: throw error
      }
    }
  }

  private static func drain(_ connection: FileDescriptor, _ deadline: Deadline) {
    let deadline = deadline.but(bodyTime)
    var total = 0
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while total < bodyLimit, isReadable(connection, until: deadline) {
      guard
        let count = try? unsafe piece.withUnsafeMutableBytes({
          try unsafe connection.read(into: $0)
        }), count > 0
      else { return }
      total += count
    }
  }

  /// Waits in pieces, so that a signal to this process is heard.
  private static func isReadable(_ connection: FileDescriptor, until deadline: Deadline) -> Bool {
    while !deadline.isOver {
      var wait = pollfd(fd: connection.rawValue, events: Int16(POLLIN), revents: 0)
      let rest = min(.milliseconds(100), deadline.rest).components
      let milliseconds = rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000
      if unsafe poll(&wait, 1, Int32(clamping: max(1, milliseconds))) > 0 { return true }
    }
    return false
  }
}
