import TestSupport
import Testing

/// An entrypoint that no kernel starts is told wherever it is met, and what is told is what happens.
struct EntrypointTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void) { return 0; }' | gcc -x c - -static -o main
      mkdir files; cp main files/sound; cp main files/owned; chmod 700 files/owned
      cp main files/unreadable; chmod 711 files/unreadable
      cp main files/plain; chmod 644 files/plain
      printf '#!/main\\r\\n' > files/returns; printf '#!/main -e\\r\\n' > files/more-returns
      echo 'exec /main' > files/unmarked; : > files/empty; printf '\\xef\\xbb\\xbf#!/main\\n' > files/bom
      printf '#!/main\\n' > files/script; printf '#!/gone\\n' > files/aimless
      printf '#!/files/plain\\n' > files/by-plain
      for name in returns more-returns unmarked empty bom script aimless by-plain; do
        chmod 755 files/$name
      done
      ln -s sound files/link; ln -s gone files/dangling
      """, in: scratch.url)
  }

  private func run(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  private func pack(_ entrypoint: String, _ more: String...) throws -> Shell.Result {
    try Shell.run(
      [
        Project.command, "main", "-q", "--add", "files:/files", "--entrypoint", entrypoint,
        "-o", "x.oci.tar", "-o", "x.tar",
      ] + more, in: scratch.url)
  }

  static let sound = ["/main", "/files/sound", "/files/link", "/files/script", "/files/unreadable"]
  /// `more-returns` starts, and its interpreter gets an argument that ends with a carriage return.
  static let startable = sound + ["/files/owned", "/files/more-returns"]
  static let broken: [(word: String, says: String)] = [
    ("/files/plain", "/files/plain has no execute bit"), ("/gone", "it isn't there"),
    ("/files", "it is a directory"), ("/files/dangling", "it isn't there"),
    ("/files/unmarked", "is neither an ELF program nor a script"),
    ("/files/empty", "is neither an ELF program nor a script"),
    ("/files/bom", "begins with a byte order mark"),
    ("/files/returns", "ends with a carriage return"),
    ("/files/more-returns", "ends with a carriage return"),
    ("/files/aimless", "the interpreter /gone of /files/aimless isn't there"),
    ("/files/by-plain", "/files/plain has no execute bit"),
    ("sh -c /main", "no executable file of that name is in /usr/local/sbin:"),
    ("/bin/sh -c /main", "it isn't there; --with shell"), ("main", "no executable file"),
  ]

  @Test(arguments: broken)
  func `pack, check and verify judge it before any run`(
    entrypoint: (word: String, says: String)
  ) throws {
    let packed = try pack(entrypoint.word)
    #expect(packed.status == 0)
    let word = entrypoint.word.split(separator: " ")[0]
    #expect(packed.errors.contains("warning: --entrypoint \(word): "), "\(packed.errors)")
    #expect(packed.errors.contains(entrypoint.says), "\(packed.errors)")
    for bundle in ["x.oci.tar", "x.tar"] {
      let checked = try run("check", bundle)
      #expect(checked.status == 1, "\(checked.output)")
      let verified = try run("verify", "--until", "loader", bundle)
      #expect(verified.status == 1, "\(verified.output)")
      #expect(verified.output.contains("fails  \(word): can't be started: "), "\(verified.output)")
    }
  }

  @Test(arguments: sound)
  func `what can be started is no finding`(word: String) throws {
    let packed = try pack(word)
    #expect(packed.status == 0 && !packed.errors.contains("entrypoint"), "\(packed.errors)")
    #expect(try run("check", "--ignore", "missing-interpreter", "x.tar").status == 0)
    #expect(!(try run("verify", "--until", "loader", "x.tar").output).contains("can't be started"))
  }

  @Test func `the real kernel agrees`() throws {
    try #require(try pack("/main", "-o", "root/").status == 0)
    for word in Self.broken.map(\.word) + Self.startable where word.hasPrefix("/") {
      // 126 and 127 are for what can't be started; the interpreter, which is our program, ends with 0.
      let result = try Shell.run(
        [withOwnMounts, "chroot", "root", String(word.split(separator: " ")[0])]
          .flatMap { $0.split(separator: " ").map(String.init) }, in: scratch.url)
      #expect((result.status == 0) == Self.startable.contains(word), "\(word): \(result.errors)")
    }
  }

  @Test func `another user needs more than root does`() throws {
    for (word, says) in [
      ("/files/owned", "user 7 may not execute /files/owned"), ("/files/script", ""),
    ] {
      let packed = try pack(word, "--user", "7:8")
      #expect(packed.errors.contains("may not") == !says.isEmpty, "\(packed.errors)")
      #expect(packed.errors.contains(says) || says.isEmpty)
      #expect(
        try run("verify", "--until", "loader", "x.oci.tar").output.contains(says) || says.isEmpty)
    }
    #expect(!(try pack("/files/owned", "--user", "7", "--owner", "7").errors).contains("may not"))
    try Shell.bash("chmod 711 files/script", in: scratch.url)
    #expect(
      try pack("/files/script", "--user", "7").errors.contains(
        "user 7 may not read /files/script, which its interpreter opens"))
  }

  @Test func `a program that was asked for is judged instead`() throws {
    #expect(try pack("/gone").status == 0)
    #expect(
      try run("verify", "x.tar", "--program", "/files/unmarked").output.contains(
        "fails  /files/unmarked: can't be started: "))
    #expect(try run("verify", "x.tar", "--program", "/main").output.contains("run        passed"))
  }
}
