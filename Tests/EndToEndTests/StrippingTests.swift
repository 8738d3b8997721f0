import Foundation
import TestSupport
import Testing

/// The command with `--strip`: what it leaves where, and when.
struct StrippingTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir tmp
      echo 'int main(void) { return 0; }' > main.c; gcc -g -Wl,--build-id=none -o one main.c
      """, in: scratch.url)
  }

  func pack(_ arguments: String...) throws -> Shell.Result {
    try Shell.run(
      [Project.command, "one", "--strip"] + arguments, in: scratch.url,
      environment: ["TMPDIR": scratch.path + "/tmp"])
  }

  func files(_ directory: String) throws -> String {
    try Shell.bash(
      "if [ -e \(directory) ]; then cd \(directory); find . -type f | sort; fi", in: scratch.url)
  }

  @Test func `each platform's debugging data has a place of its own`() throws {
    try Shell.bash(
      """
      mkdir root
      echo 'void _start(void) { for (;;); }' > start.c
      clang --target=aarch64-linux-gnu -g -nostdlib -static -fuse-ld=lld -Wl,--build-id=none \
        start.c -o root/one
      """, in: scratch.url)
    let result = try pack("--platform", "root:/one", "-o", "a.oci.tar", "--debug-dir", "debug")
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try files("debug").split(separator: "\n").filter { $0.hasSuffix("one.debug") }
        == ["./linux-amd64/one.debug", "./linux-arm64/one.debug"])
  }

  @Test func `without an output there is no debugging data`() throws {
    try Shell.bash("mkdir out; touch out/file", in: scratch.url)
    let result = try pack("-o", "out/", "--debug-dir", "debug")
    #expect(result.status == 2)
    #expect(try files(".").contains("debug") == false)
  }

  @Test func `an unusable directory for debugging data is found before the outputs are written`()
    throws
  {
    let result = try pack("-o", "out.tar", "--debug-dir", "main.c")
    #expect(result.status == 3)
    #expect(result.errors.contains("--debug-dir main.c: "))
    #expect(try files(".") == "./main.c\n./one\n")
  }

  @Test func `a dry run says that its sizes are those before stripping`() throws {
    let result = try pack("--dry-run")
    #expect(result.status == 0)
    #expect(
      result.errors
        == "rootfs-pack: the sizes are those before --strip, which a dry run doesn't do\n")
    #expect(try pack("--dry-run", "--quiet").errors == "")
  }

  @Test(.timeLimit(.minutes(1)))
  func `a signal ends a run whose strip tool hangs, and nothing is left`() throws {
    let told = try Shell.bash(
      """
      mkdir tools; printf '#!/bin/bash\\ntouch begun; sleep 600\\n' > tools/eu-strip
      chmod +x tools/eu-strip
      PATH=$PWD/tools:$PATH TMPDIR=$PWD/tmp \(Project.command) one --strip -o out.tar \
        --debug-dir debug 2> errors & pid=$!
      while [ ! -e begun ]; do sleep 0.01; done
      kill -TERM $pid
      code=0; wait $pid 2>/dev/null || code=$?; echo $code; ls -A . tmp
      """, in: scratch.url)
    #expect(told == "143\n.:\nbegun\nerrors\nmain.c\none\ntmp\ntools\n\ntmp:\n")
    #expect(try scratch.text("errors").contains("interrupted by signal 15, nothing was written"))
  }
}
