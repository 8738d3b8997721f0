import Foundation
import TestSupport
import Testing

/// `diff` over everything that a bundle can be kept as.
struct DiffTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void){return 0;}' > f.c; gcc -shared -Wl,-soname,libf.so.1 f.c -o libf.so.1
      echo 'int f(void); int main(void){return f();}' > server.c
      gcc server.c ./libf.so.1 -Wl,-rpath,'$ORIGIN' -o server; echo a > app.conf
      """, in: scratch.url)
  }

  func pack(_ outputs: String..., options: [String] = []) throws {
    let result = try Shell.run(
      [Project.command, "server", "-q", "--add", "app.conf:/etc/app.conf"]
        + outputs.flatMap { ["-o", $0] } + options, in: scratch.url)
    #expect(result.status == 0, "\(result.errors)")
  }

  func diff(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "diff"] + arguments, in: scratch.url)
  }

  static let forms = ["a.tar", "a.tar.zst", "a.oci.tar", "a.oci/", "a/", "a.lock"]

  @Test func `one bundle is the same in every form`() throws {
    try pack("a.tar", "a.tar.zst", "a.oci.tar", "a.oci/", "a/", options: ["--lock", "a.lock"])
    for form in Self.forms {
      let result = try diff("a.tar", form)
      #expect(result.status == 0, "\(form): \(result.output)")
      #expect(result.output == "no difference\n")
    }
  }

  @Test func `an initramfs has the link that the kernel starts beside it`() throws {
    try pack("a.tar", "a.cpio.gz")
    let result = try diff("a.tar", "a.cpio.gz")
    #expect(result.status == 1)
    #expect(result.output.contains("added") && result.output.contains("/init"))
  }

  @Test func `what changed is told with the reason that it is there`() throws {
    try pack("old.oci.tar")
    try Shell.bash(
      """
      printf 'int g[4096]={1}; int f(void){return g[0];}' > f.c
      gcc -fPIC -shared -Wl,-soname,libf.so.1 f.c -o libf.so.1; echo b > app.conf
      """, in: scratch.url)
    try pack("new.oci.tar", options: ["--user", "app", "--lock", "new.lock"])
    let result = try diff("old.oci.tar", "new.oci.tar")
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    #expect(lines[0] == "loaded:")
    #expect(lines[1].hasPrefix("changed /libf.so.1 "))
    #expect(lines[1].hasSuffix(" libf.so.1 for /server"))
    #expect(lines.contains("changed /etc/app.conf other content of the same size"))
    #expect(lines.contains("User → 65532:65532"))
    #expect(lines.contains { $0.hasPrefix("libf.so.1 15.") && $0.hasSuffix("+16.4 kB") })
    let lock = try diff("new.lock", "new.oci.tar")
    #expect(lock.status == 0)
  }

  @Test func `JSON and Markdown tell the same`() throws {
    try pack("old.tar")
    try scratch.write("b|`c\n", to: "app.conf")
    try pack("new.tar")
    let json = try diff("--json", "old.tar", "new.tar")
    #expect(json.status == 1)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(document["equal"] as? Bool == false && document["schemaVersion"] as? Int == 1)
    let platform = try #require((document["platforms"] as? [[String: Any]])?.first)
    let changes = try #require(platform["changes"] as? [[String: Any]])
    #expect(changes.map { $0["path"] as? String } == ["/etc/app.conf"])
    let markdown = try diff("--markdown", "old.tar", "new.tar")
    #expect(markdown.output.hasPrefix("### `old.tar` → `new.tar`\n\n1 changed\n"))
    #expect(markdown.output.contains("| changed | `/etc/app.conf` | 2 B → 5 B |  |"))
    // A name that isn't UTF-8 is escaped once.
    try Shell.bash(#"mkdir -p a b; touch a/$'\xFF|x'"#, in: scratch.url)
    let odd = try diff("--markdown", "b", "a")
    #expect(odd.output.contains(#"| added | /\\xFF\|x |"#), "\(odd.output)")
    let quiet = try diff("-q", "old.tar", "new.tar")
    #expect(quiet.status == 1 && quiet.output.isEmpty)
  }

  @Test func `what can't be read is one line`() throws {
    try pack("a.tar")
    try scratch.write("{\"schemaVersion\": 2}", to: "b.lock")
    for other in ["none.tar", "b.lock", "app.conf", ""] {
      let result = try diff("a.tar", other)
      #expect(result.status == 3 || other.isEmpty && result.status == 2, "\(other)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `rights of a file are a difference, where both sides tell of them`() throws {
    try Shell.bash(
      """
      mkdir a b; cp server a/server; cp server b/server
      setfattr -n user.note -v 1 a/server; setfattr -n user.note -v 2 b/server
      """, in: scratch.url)
    let result = try diff("a", "b")
    #expect(result.status == 1 && result.output.contains("other extended attributes"))
    try Shell.bash("setfattr -n user.note -v 1 b/server", in: scratch.url)
    #expect(try diff("a", "b").status == 0)
  }

  @Test func `what is wrong with an image is told, and is no difference`() throws {
    try pack("a.oci.tar", options: ["--label", "a=bbbbbb", "--compression", "none"])
    try Shell.bash("LC_ALL=C sed 's/bbbbbb/cccccc/' a.oci.tar > b.oci.tar", in: scratch.url)
    let result = try diff("b.oci.tar", "b.oci.tar")
    #expect(result.status == 0)
    #expect(result.output == "no difference\n")
    #expect(result.errors.contains("its digest is sha256:"))
    let json = try diff("--json", "b.oci.tar", "b.oci.tar")
    let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(json.status == 0 && (document?["faults"] as? [String])?.isEmpty == false)
  }
}
