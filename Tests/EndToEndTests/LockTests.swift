import Foundation
import TestSupport
import Testing

/// `--lock` as a CI system uses it.
struct LockTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void){return 0;}' > server.c; gcc server.c -o server; echo a > app.conf
      """, in: scratch.url)
  }

  func pack(_ more: String...) throws -> Shell.Result {
    try Shell.run(
      [Project.command, "server", "--add", "app.conf:/etc/app.conf", "--lock", "server.lock"]
        + more, in: scratch.url)
  }

  struct Lock: Decodable {
    struct Platform: Decodable {
      struct Entry: Decodable {
        let path: String
        let type: String
        let sha256: String?
        let closure: Bool
      }
      let platform: String
      let entries: [Entry]
    }
    let platforms: [Platform]
  }

  @Test func `the first run writes the digest of each file, and the next finds nothing new`() throws
  {
    let first = try pack()
    #expect(first.status == 0 && first.errors.isEmpty)
    let text = try scratch.text("server.lock")
    let lock = try JSONDecoder().decode(Lock.self, from: Data(text.utf8))
    let platform = try #require(lock.platforms.first)
    #expect(lock.platforms.count == 1 && platform.platform.hasPrefix("linux/"))
    // Held against what came out, by another program.
    let names = try Shell.bash(
      """
      mkdir root; tar -xf runtime.tar -C root
      cd root; find . -type f -printf '%P\n' | sort | xargs sha256sum | sed 's,  ,  /,'
      """, in: scratch.url)
    let files = platform.entries.filter { $0.type == "file" }.sorted { $0.path < $1.path }
    #expect(files.map { "\($0.sha256 ?? "")  \($0.path)\n" }.joined() == names)
    #expect(platform.entries.first { $0.path == "/server" }?.closure == true)
    #expect(platform.entries.first { $0.path == "/etc/app.conf" }?.closure == false)
    let second = try pack()
    #expect(second.status == 0 && second.errors.isEmpty)
    #expect(try scratch.text("server.lock") == text)
  }

  @Test func `a lock says nothing of the machine that it was made on`() throws {
    _ = try pack()
    #expect(try !scratch.text("server.lock").contains(scratch.url.lastPathComponent))
  }

  @Test func `a changed bundle fails the run, shows what changed, and writes nothing`() throws {
    _ = try pack("--output", "old.tar")
    let lock = try scratch.text("server.lock")
    try Shell.bash(
      """
      echo b > app.conf; echo 'int main(void){return 1;}' > server.c; gcc -O2 server.c -o server
      """, in: scratch.url)
    for more in [["--output", "new.tar"], ["--dry-run"]] {
      let result = try Shell.run(
        [
          Project.command, "server", "--add", "app.conf:/etc/app.conf", "--lock", "server.lock",
          "--with", "tmp",
        ] + more, in: scratch.url)
      #expect(result.status == 1)
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(result.errors.contains("2 changed, 1 added; nothing was written"))
      let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").prefix(2) }
      // The closure comes first.
      #expect(
        lines.prefix(5) == [
          ["loaded:"], ["changed", "/server"], ["not", "loaded:"], ["changed", "/etc/app.conf"],
          ["added", "/tmp"],
        ])
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/new.tar"))
    #expect(try scratch.text("server.lock") == lock)
  }

  @Test func `what fails otherwise leaves no lock`() throws {
    let result = try pack("--output", "none/x.tar")
    #expect(result.status == 3)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/server.lock"))
    #expect(try pack("--dry-run").status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/server.lock"))
  }

  static let entry = "\"path\":\"/a\",\"reason\":\"\",\"closure\":false"

  @Test(arguments: [
    ("", "is no lock"), ("{}", "is no lock"), ("no lock", "is no lock"),
    ("{\"schemaVersion\": 9, \"other\": []}", "is a lock of version 9, not 1"),
    ("{\"schemaVersion\": 1}", "is no lock"),
    (
      "{\"schemaVersion\":1,\"platforms\":[{\"programs\":[],\"entries\":[{\(entry),\"type\":\"pipe\",\"mode\":\"644\"}]}]}",
      "entry /a has a type that can't be"
    ),
    (
      "{\"schemaVersion\":1,\"platforms\":[{\"programs\":[],\"entries\":[{\(entry),\"type\":\"file\",\"mode\":\"9\"}]}]}",
      "entry /a has a mode that can't be"
    ),
  ])
  func `what isn't a lock of this version is refused, here and by diff`(
    text: String, message: String
  ) throws {
    try scratch.write(text, to: "server.lock")
    let result = try pack()
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("rootfs-pack: --lock server.lock: "))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try scratch.text("server.lock") == text)
    guard text.hasPrefix("{") else { return }
    let diff = try Shell.run(
      [Project.command, "diff", "server.lock", "server.lock"], in: scratch.url)
    #expect(diff.status == 3 && diff.errors.contains(message), "\(diff.errors)")
  }
}
