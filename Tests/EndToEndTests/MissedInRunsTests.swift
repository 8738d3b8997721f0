import Foundation
import TestSupport
import Testing

/// What a run tells beyond that it passed: what it missed, and what ended badly in it.
struct MissedInRunsTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  @Test func `a script of env is the one program of its bundle`() throws {
    try scratch.write("#!/usr/bin/env bash\necho fine\n", to: "main")
    try Shell.bash(
      "chmod +x main; \(Project.command) ./main -q -o x.tar -o root/ -o x.cpio", in: scratch.url)
    for bundle in ["x.tar", "root", "x.cpio"] {
      let result = try Shell.run(
        [Project.command, "verify", bundle, "--expect-output", "^fine$"], in: scratch.url)
      #expect(result.status == 0, "\(bundle): \(result.output)\(result.errors)")
    }
  }

  @Test func `what a preset has brought isn't asked for again`() throws {
    try Shell.bash(
      """
      printf '#include <time.h>\nint main(void) { time_t t = 0; return !localtime(&t); }' \
        | gcc -x c - -o main
      \(Project.command) ./main -o x.tar 2> without
      \(Project.command) ./main --with timezone -o y.tar 2> with
      """, in: scratch.url)
    let hint = "--with timezone"
    #expect(try scratch.text("without").contains("not packed: \(hint) would add it ("))
    #expect(!(try scratch.text("with").contains(hint)))
    let verify = { try Shell.run([Project.command, "verify", $0], in: scratch.url).output }
    #expect(try verify("x.tar").contains("/etc/localtime: was looked for"))
    #expect(!(try verify("y.tar").contains(hint)))
  }

  @Test func `a wrapper that ends well after its server didn't is told as that`() throws {
    try Shell.bash(
      """
      printf 'int main(void) { return 3; }' | gcc -static -x c - -o serve
      printf '#!/bin/sh\n/serve &\nwait\nexit 0\n' > start; chmod +x start
      \(Project.command) ./start --add serve:/serve -q -o x.tar
      """, in: scratch.url)
    let result = try Shell.run([Project.command, "verify", "x.tar"], in: scratch.url)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("/serve: which it started, ended with 3"))
    // What only says no, or only tries.
    try Shell.bash(
      """
      printf '#!/bin/sh\necho a | grep -q b\n(exit 3)\nexit 0\n' > start
      \(Project.command) ./start -q -o y.tar
      """, in: scratch.url)
    let quiet = try Shell.run([Project.command, "verify", "y.tar"], in: scratch.url)
    #expect(quiet.status == 0 && !quiet.output.contains("which it started"), "\(quiet.output)")
    let asked = try Shell.run(
      [Project.command, "verify", "x.tar", "--expect-exit", "0"], in: scratch.url)
    #expect(!asked.output.contains("/serve"))
  }

  @Test func `directories and users that a run missed are told with what brings them`() throws {
    try Shell.bash(
      """
      umask 022
      mkdir -p base/usr/lib/jay/plugins base/usr/share/jay base/etc
      touch base/usr/lib/jay/plugins/one base/usr/lib/jay/core base/usr/share/jay/a
      install -d -m 750 base/var/lib/jay; touch base/var/lib/jay/state
      printf 'root:x:0:0::/:/x\njay:x:123:124::/:/x\n' > base/etc/passwd
      cat > main.c <<'TEXT'
      #include <dirent.h>
      #include <fcntl.h>
      #include <pwd.h>
      #include <stdio.h>
      int main(void) {
        opendir("/usr/lib/jay/plugins"); open("/usr/share/jay/a", O_RDONLY);
        open("/var/lib/jay/state", O_CREAT | O_RDWR, 0600);
        char name[4] = {'j', 'a', 'y', 0};
        getpwnam(name);
        return 0;
      }
      TEXT
      gcc -w main.c -o main
      \(Project.command) ./main -q --minimal --with users,nss -o x.tar
      """, in: scratch.url)
    let result = try Shell.run(
      [Project.command, "verify", "--json", "--root", "base", "x.tar"], in: scratch.url)
    let verification = try JSONDecoder().decode(
      BrokenBundleTests.Verification.self, from: Data(result.output.utf8))
    #expect(
      verification.rungs.last?.findings.map(\.option) == [
        "--add /usr/lib/jay", "--add /usr/share/jay", "--mkdir /var/lib/jay:750",
        "--add /etc/passwd",
      ], "\(result.output)")
  }
}
