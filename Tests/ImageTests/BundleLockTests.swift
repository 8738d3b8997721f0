import Image
import Testing

/// Locks that nobody wrote.
struct BundleLockTests {
  private func lock(_ fields: String, platform: String = "linux/amd64") -> [UInt8] {
    let entry = """
      {"path": "/a", "type": "file", "mode": "644", "reason": "program", "closure": true, \(fields)}
      """
    return Array(
      """
      {"schemaVersion": 1, "platforms":
        [{"platform": "\(platform)", "programs": [], "entries": [\(entry), \(entry)]}]}
      """.utf8)
  }

  @Test func `a lock may say what a bundle can have`() throws {
    let lock = try BundleLock(
      lock(#""size": 9, "target": "ü \\x1B", "attributes": {"user.x": "0a"}"#))
    #expect(lock.platforms.first?.entries.count == 2)
  }

  @Test(arguments: [
    ("\"size\": 9223372036854775808", "size"), (#""target": "\u001b[2J""#, "target"),
    (#""library": "a\nb""#, "library"), (#""attributes": {"\u0000": ""}"#, "attributes"),
    (#""attributes": {"a": "\u202e"}"#, "attributes"),
  ])
  func `what no bundle has is told with its field`(fields: String, field: String) {
    #expect(throws: BundleLock.ReadError.entry(path: "/a", field: field)) {
      try BundleLock(lock(fields))
    }
  }

  @Test func `nothing of it can reach a terminal as it is`() {
    let bytes = String(decoding: lock("\"size\": 1"), as: UTF8.self)
    #expect(throws: BundleLock.ReadError.entry(path: #"/\x1B"#, field: "path")) {
      try BundleLock(Array(bytes.replacing("\"/a\"", with: #""/\u001b""#).utf8))
    }
    #expect(throws: BundleLock.ReadError.entry(path: "/a", field: "reason")) {
      try BundleLock(Array(bytes.replacing("\"program\"", with: #""a\u007fb""#).utf8))
    }
    #expect(throws: BundleLock.ReadError.noLock) {
      try BundleLock(lock("\"size\": 1", platform: #"linux\u009b"#))
    }
  }
}
