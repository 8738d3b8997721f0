import Testing

@testable import Verify

struct HttpExpectationTests {
  @Test(
    arguments: [
      (":8080", 8080, "/", 200), (":80/", 80, "/", 200), (":1/health", 1, "/health", 200),
      (":65535/a=404", 65535, "/a", 404), (":80=503", 80, "/", 503),
      // A status has three digits from 100 to 599; all else belongs to the path.
      (":80/?a=1", 80, "/?a=1", 200), (":80/?a=600", 80, "/?a=600", 200),
      (":80/?a=1=204", 80, "/?a=1", 204),
    ] as [(String, UInt16, String, Int)])
  func `a port, a path and a status are told`(
    text: String, port: UInt16, path: String, status: Int
  ) {
    #expect(HttpExpectation(text) == HttpExpectation(port: port, path: path, status: status))
  }

  @Test(
    arguments: [
      "", "8080", ":", ":x", ":0/", ":65536/", ":80x", ":80/a b", ":80/a\r\nHost: b", ":80/\u{E9}",
      "localhost:80/",
    ])
  func `what isn't written so is none`(text: String) {
    #expect(HttpExpectation(text) == nil)
  }
}
