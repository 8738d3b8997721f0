import FileTree
import Foundation
import SystemPackage
import Testing

@testable import Verify

/// One request, and what servers of all kinds answer.
struct HttpProbeTests {
  /// The outcome for a server that writes pieces, with pauses between them, and then closes, or not.
  private func probe(
    _ pieces: [String], pause: Duration = .zero, closes: Bool = true,
    limit: Duration = .seconds(2), interruption: @escaping @Sendable () -> Int32? = { nil }
  ) throws -> Result<Int, HttpProbe.Failure> {
    var ends: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let server = ends[1]
    Thread.detachNewThread {
      for piece in pieces {
        _ = piece.utf8.withContiguousStorageIfAvailable {
          send(server, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        usleep(UInt32(pause.components.attoseconds / 1_000_000_000_000))
      }
      if closes { close(server) }
    }
    defer { if !closes { close(server) } }
    let probe = HttpProbe(
      expectation: HttpExpectation(port: 80, path: "/x"),
      deadline: Deadline(in: limit, interruption: interruption))
    return Result { () throws(HttpProbe.Failure) in
      try probe.status(over: FileDescriptor(rawValue: ends[0]))
    }
  }

  @Test(
    arguments: [
      (["HTTP/1.1 200 OK\r\n\r\n"], 200), (["HTTP/1.0 404 Not Found\n\n"], 404),
      (["HTT", "P/1.1 5", "03 x\r\n", "\r\nbody"], 503), (["HTTP/1.1 204\r\n\r\n"], 204),
    ])
  func `the status is told, in however many pieces it comes`(pieces: [String], status: Int) throws {
    #expect(try probe(pieces, pause: .milliseconds(5)) == .success(status))
  }

  @Test(arguments: [
    ([], ""), (["\r\n"], ""), (["SSH-2.0-x\r\n"], "SSH-2.0-x"), (["HTTP/2 200\r\n"], "HTTP/2 200"),
    (["HTTP/1.1 20 OK\n"], "HTTP/1.1 20 OK"), (["HTTP/1.1 2x0 OK\n"], "HTTP/1.1 2x0 OK"),
    (["HTTP/1.1 +20\n"], "HTTP/1.1 +20"),
  ])
  func `what isn't HTTP is shown`(pieces: [String], line: String) throws {
    #expect(try probe(pieces) == .failure(.noHttp(ByteString(line))))
  }

  @Test func `a server that says nothing, or never ends its line, is given up in time`() throws {
    let start = ContinuousClock.now
    #expect(try probe([], closes: false, limit: .milliseconds(200)) == .failure(.timeout))
    #expect(
      try probe(["HTTP/1.1 "], closes: false, limit: .milliseconds(200)) == .failure(.timeout))
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func `an answer without an end counts by its status`() throws {
    let start = ContinuousClock.now
    #expect(
      try probe(["HTTP/1.1 200 OK\r\n\r\ndata: 1\n"], closes: false, limit: .seconds(20))
        == .success(200))
    #expect(ContinuousClock.now - start < .seconds(4))
  }

  @Test func `a signal to this process ends the wait`() throws {
    let start = ContinuousClock.now
    #expect(
      try probe([], closes: false, limit: .seconds(20), interruption: { 2 }) == .failure(.timeout))
    #expect(ContinuousClock.now - start < .seconds(2))
  }
}
