import Foundation
import TestSupport
import Testing

/// `rootfs-pack.toml` as a user meets it.
struct ConfigurationTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    // A program that asks for nothing at run time, so that nothing is said of it.
    try Shell.bash(
      "echo 'int main(void){return 0;}' | gcc -x c - -o server; echo a > app.conf; mkdir sub",
      in: scratch.url)
  }

  func run(_ arguments: String..., in folder: String = "") throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url.appendingPathComponent(folder))
  }

  func names(in archive: String) throws -> [String] {
    try Shell.bash("tar -tf \(archive)", in: scratch.url).split(separator: "\n").map(String.init)
  }

  static let mention =
    "rootfs-pack: taking options from rootfs-pack.toml; --no-config leaves them out\n"

  @Test func `a file in the working directory holds the options, and is mentioned`() throws {
    try scratch.write(
      """
      output = ["a.tar", "b.tar.gz"]
      add = ["app.conf:/etc/app.conf"]
      user = "app"
      files = ["./server"]
      level = 4
      """, to: "rootfs-pack.toml")
    let result = try run()
    #expect(result.status == 0)
    #expect(result.errors == Self.mention)
    let names = try names(in: "a.tar")
    #expect(names.contains("etc/app.conf") && names.contains("etc/passwd"))
    #expect(try self.names(in: "b.tar.gz") == names)
  }

  @Test func `the command line wins`() throws {
    try scratch.write(
      """
      output = ["a.tar", "b.tar"]
      dry-run = true
      user = "app"
      files = ["nothing"]
      """, to: "rootfs-pack.toml")
    let result = try run("server", "--no-dry-run", "-q", "--output", "c.tar", "--no-user")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty && result.output.isEmpty)
    #expect(try !names(in: "c.tar").contains("etc/passwd"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/a.tar"))
    let none = try run("server", "--no-config", "--dry-run")
    #expect(none.status == 0)
    #expect(none.errors.isEmpty)
    #expect(!none.output.contains("passwd"))
  }

  @Test func `paths are relative to a named file, which isn't mentioned`() throws {
    try scratch.write(
      """
      files = ["../server"]
      add = ["data.conf"]
      output = "out.tar"
      """, to: "sub/pack.toml")
    try scratch.write("b\n", to: "sub/data.conf")
    for name in ["sub/pack.toml", scratch.path + "/sub/pack.toml"] {
      let result = try run("--config", name)
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      #expect(try names(in: "sub/out.tar").contains("data.conf"))
      try FileManager.default.removeItem(atPath: scratch.path + "/sub/out.tar")
    }
  }

  @Test func `inspect and why take what they know`() throws {
    try scratch.write(
      """
      output = "a.tar"
      files = ["server"]
      load = ["libm.so.6"]
      [inspect]
      paths = true
      [why]
      json = true
      """, to: "rootfs-pack.toml")
    let inspect = try run("inspect", "server")
    #expect(inspect.status == 0)
    #expect(inspect.output.contains("/libm.so.6\n") && !inspect.output.contains("──"))
    #expect(inspect.errors == Self.mention)
    #expect(try run("inspect").output == inspect.output)
    #expect(try run("inspect", "--json", "server").output.hasPrefix("{"))
    #expect(try run("why", "server", "libm.so.6").output.hasPrefix("{"))
    // Nothing in it for the command: nothing to mention.
    try scratch.write("output = 'a.tar'", to: "rootfs-pack.toml")
    #expect(try run("inspect", "server").errors.isEmpty)
  }

  @Test func `names that are no UTF-8 pass through`() throws {
    let output = try Shell.bash(
      """
      n=$(printf 'b\\xffd'); mkdir "$n"; cp server "$n"; printf 'files = "server"\\nquiet = true' > "$n/x.toml"
      \(Project.command) --config "$n/x.toml" --output "$n/x.tar"; tar -tf "$n/x.tar" | grep -x server
      """, in: scratch.url)
    #expect(output == "server\n")
  }

  @Test func `everything wrong with a file is told, with its line, and nothing is done`() throws {
    try scratch.write(
      """
      outptu = "a.tar"
      strip = "yes"

      [inspct]
      """, to: "rootfs-pack.toml")
    for arguments in [["server"], ["inspect", "server"], ["why", "server", "libc.so.6"]] {
      let result = try Shell.run([Project.command] + arguments, in: scratch.url)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(
        result.errors == """
          rootfs-pack: rootfs-pack.toml:1: unknown key 'outptu'; did you mean 'output'?
          rootfs-pack: rootfs-pack.toml:2: 'strip' is true or false, not a string
          rootfs-pack: rootfs-pack.toml:4: unknown table [inspct]; did you mean [inspect]?

          """)
    }
    // None of this keeps anybody from help.
    for arguments in [["--help"], ["--version"], ["help", "pack"], ["inspect", "--help"]] {
      let result = try Shell.run([Project.command] + arguments, in: scratch.url)
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
    }
    #expect(try run("server", "--no-config").status == 0)
  }

  static let broken: [(text: String, says: String)] = [
    ("user = \n", "rootfs-pack: x.toml:1:8: error while parsing"),
    (
      "\nlevel = 44\noutput = 'a.tar.gz'",
      "rootfs-pack: x.toml:2: --level 44: gzip has no such level"
    ),
    ("level = 'high'", "rootfs-pack: x.toml:1: The value 'high' is invalid for '--level"),
    ("json = true", "rootfs-pack: x.toml:1: --json shows the plan: it needs --dry-run"),
    ("owner = 'me'", "rootfs-pack: x.toml:1: --owner me: not numbers"),
    ("# \u{0}", "rootfs-pack: x.toml:1: holds a NUL character"),
  ]

  @Test(arguments: broken)
  func `a value that is wrong is told with its place`(broken: (text: String, says: String)) throws {
    try scratch.write(broken.text, to: "x.toml")
    let result = try run("server", "--config=x.toml")
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix(broken.says), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `a file that can't be read is one line and exit code 3`() throws {
    try Shell.bash(
      "mkfifo sub/rootfs-pack.toml; head -c 70000 /dev/zero > big.toml", in: scratch.url)
    let cases = [
      (["server", "--config", "nothing"], "", "--config nothing: no such file"),
      (["server", "--config", "sub"], "", "--config sub: is a directory"),
      (["server", "--config", "big.toml"], "", "--config big.toml: is larger than 65536 bytes"),
      (["../server"], "sub", "rootfs-pack.toml: isn't a regular file; --no-config leaves it out"),
    ]
    for (arguments, folder, says) in cases {
      let result = try Shell.run(
        [Project.command] + arguments, in: scratch.url.appendingPathComponent(folder))
      #expect(result.status == 3)
      #expect(result.errors == "rootfs-pack: \(says)\n")
    }
    #expect(try run("../server", "--no-config", "-q", in: "sub").status == 0)
  }
}
