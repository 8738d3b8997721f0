import Foundation
import TestSupport
import Testing

/// `verify` as its users meet it: options, output, exit codes.
struct VerifyTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private func compile(_ body: String, to name: String = "main") throws {
    try scratch.write(
      """
      #include <arpa/inet.h>
      #include <fcntl.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/socket.h>
      #include <unistd.h>
      static void end(int number) { _exit(0); }
      int main(int argc, char **argv) {
      \(body)
      return 0; }
      """, to: "\(name).c")
    try Shell.bash("gcc -w \(name).c -o \(name)", in: scratch.url)
  }

  private func pack(_ arguments: String...) throws {
    let result = try Shell.run(
      [Project.command, "./main", "--quiet"] + arguments, in: scratch.url)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func verify(
    _ arguments: String..., environment: [String: String]? = nil
  ) throws -> Shell.Result {
    try Shell.run(
      [Project.command, "verify"] + arguments, in: scratch.url, environment: environment)
  }

  /// A row's rung and outcome.
  private func rows(_ result: Shell.Result) -> [String] {
    result.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }.dropLast().map {
      $0.split(separator: " ", omittingEmptySubsequences: true).prefix(2).joined(separator: " ")
    }
  }

  // MARK: What ends by itself

  @Test func `a program that does its work passes every rung in order`() throws {
    try compile("puts(\"hello\");")
    try pack()
    let result = try verify("runtime.tar", "--expect-output", "^hel+o$")
    #expect(result.status == 0 && result.errors == "")
    #expect(rows(result) == ["structure passed", "loader passed", "run passed", "missed passed"])
    #expect(result.output.hasSuffix("\nruntime.tar: runs\n"))
    #expect(result.output.contains("1 program, 2 libraries"))
  }

  @Test func `arguments, variables and expectations are the user's`() throws {
    try compile("printf(\"%s %s %s\\n\", argv[1], argv[2], getenv(\"A\")); return 3;")
    try pack("--output", "x.oci.tar", "--env", "A=image", "--cmd", "of image")
    let image = try verify("x.oci.tar", "--expect-output", "^of image image$", "--expect-exit", "3")
    #expect(image.status == 0, "\(image.output)")
    let given = try verify(
      "x.oci.tar", "--env", "A=b c", "--expect-output", "^--help -q b c$", "--expect-exit", "3",
      "--run", "--help", "-q")
    #expect(given.status == 0, "\(given.output)")
  }

  @Test func `an end with another code fails, and what was said is shown`() throws {
    try compile("puts(\"why it failed\"); return 3;")
    try pack()
    let result = try verify("runtime.tar")
    #expect(result.status == 1)
    #expect(result.output.contains("ended with 3; if it has to, say so with --expect-exit 3"))
    #expect(result.output.contains("said: why it failed"))
    #expect(result.output.hasSuffix("\nruntime.tar: is broken\n"))
    #expect(try verify("runtime.tar", "--expect-exit", "3").status == 0)
    #expect(
      try verify("runtime.tar", "--expect-exit", "4").output
        .contains("ended with 3 instead of 4"))
  }

  @Test func `output that doesn't match fails`() throws {
    try compile("puts(\"tool 1.0\");")
    try pack()
    let result = try verify("runtime.tar", "--expect-output", "^tool 2")
    #expect(result.status == 1)
    #expect(result.output.contains("said nothing that matches ^tool 2"))
  }

  @Test func `a program that is killed fails`() throws {
    // As process 1 it could ignore a signal that it raises itself.
    try compile("*(volatile int *)0 = 1;")
    try pack()
    let result = try verify("runtime.tar")
    #expect(result.status == 1 && result.output.contains("was killed by signal 11"))
  }

  @Test func `a program that doesn't end in time fails where its end is expected`() throws {
    try compile("signal(SIGTERM, end); for (;;) pause();")
    try pack()
    let result = try verify("runtime.tar", "--expect-exit", "0", "--timeout", "1")
    #expect(result.status == 1 && result.output.contains("hasn't ended after 1 s"))
    // Without an expectation it only has to go on, and to end when it is asked to.
    let started = try verify("runtime.tar")
    #expect(started.status == 0, "\(started.output)")
    #expect(rows(started).contains("stop passed"))
  }

  @Test func `a program that as process 1 doesn't heed the signal to end fails`() throws {
    try compile("for (;;) pause();")
    try pack()
    let result = try verify("runtime.tar")
    #expect(result.status == 1)
    #expect(rows(result).contains("stop failed"))
    #expect(result.output.contains("--with init"))
  }

  // MARK: Where it runs

  @Test func `it runs as the image's user in the image's directory, and writes to volumes only`()
    throws
  {
    try compile(
      """
      char d[99]; printf("%d:%d %s\\n", getuid(), getgid(), getcwd(d, 99));
      printf("%d%d%d\\n", open("/x", O_CREAT | O_WRONLY, 0600) >= 0,
        open("/tmp/x", O_CREAT | O_WRONLY, 0600) >= 0,
        open("/data/x", O_CREAT | O_WRONLY, 0600) >= 0);
      """)
    try pack(
      "--output", "x.oci.tar", "--user", "1234:5678", "--workdir", "/srv/app", "--volume", "/data",
      "--with", "tmp")
    let user = try verify("x.oci.tar", "--expect-output", "^1234:5678 /srv/app$")
    #expect(user.status == 0, "\(user.output)")
    #expect(try verify("x.oci.tar", "--expect-output", "^011$").status == 0)
  }

  @Test func `another directory can be written to where the user says so`() throws {
    try compile(
      """
      return open("/srv/x", O_CREAT | O_WRONLY, 0600) < 0 || open("/srv/conf", O_RDWR) < 0;
      """)
    try pack("--add", "main.c:/srv/conf", "--output", "x/")
    #expect(try verify("x").status == 1)
    let result = try verify("x", "--writable", "/srv")
    #expect(result.status == 0, "\(result.output)")
    // What was written is nowhere.
    #expect(try Shell.bash("ls x/srv; cmp x/srv/conf main.c", in: scratch.url) == "conf\n")
  }

  @Test func `what a run missed is told with the option that adds it`() throws {
    try compile("return access(\"/etc/debian_version\", R_OK) == 0;")
    try pack()
    let result = try verify("runtime.tar")
    #expect(result.status == 0, "\(result.output)")
    #expect(
      result.output.contains(
        "/etc/debian_version: was looked for and isn't in the bundle  --add /etc/debian_version"))
  }

  @Test func `of several programs one has to be named`() throws {
    try compile("puts(\"one\");")
    try Shell.bash("cp main two", in: scratch.url)
    try pack("--add", "two:/two", "--output", "x/")
    let result = try verify("x/")
    #expect(result.status == 3)
    #expect(result.output.contains("several programs are in it (/main, /two)"))
    #expect(try verify("x/", "--program", "/two").status == 0)
    #expect(try verify("x/", "--until", "loader").status == 0)
    // An archive that somebody else made of it knows no more.
    try Shell.bash("tar -cf x.tar -C x .", in: scratch.url)
    #expect(try verify("x.tar").status == 3)
  }

  @Test(arguments: ["x.tar", "x.tar.gz", "x.tar.zst", "x.oci.tar", "x.oci/"])
  func `a bundle knows its program among others, and how it is started`(output: String) throws {
    try compile(
      """
      char d[99]; printf("%s %s %s %d %s\\n", argv[0], argv[1], getenv("A"), getuid(), getcwd(d, 99));
      """)
    try Shell.bash("cp /bin/false two", in: scratch.url)
    try pack(
      "--add", "two:/two", "--output", output, "--cmd", "-x", "--env", "A=b c", "--user", "7:8",
      "--workdir", "/srv/app")
    let result = try verify(output, "--expect-output", "^/main -x b c 7 /srv/app$")
    #expect(result.status == 0, "\(result.output)")
    #expect(try verify(output, "--program", "/two").status == 1)
  }

  @Test func `the kernel starts an initramfs by its init, whatever else is in it`() throws {
    try compile("puts(argv[0]);")
    try Shell.bash("cp /bin/false two", in: scratch.url)
    try pack("--add", "two:/two", "--output", "x.cpio")
    let result = try verify("x.cpio", "--expect-output", "^/init$")
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func `a script that env starts is the program of its bundle, packed by whomever`() throws {
    try scratch.write("#!/usr/bin/env bash\necho \"$0\"\n", to: "main")
    try Shell.bash("chmod 755 main", in: scratch.url)
    try pack("--output", "x/", "--output", "x.tar")
    for bundle in ["x/", "x.tar"] {
      let result = try verify(bundle, "--expect-output", "^/main$")
      #expect(result.status == 0, "\(result.output)")
    }
  }

  #if arch(x86_64)
    @Test func `a 32-bit program runs, by itself and started by another`() throws {
      try scratch.write(
        """
        void _start(void) {
          __asm__("int $0x80" : : "a"(4), "b"(1), "c"("small\\n"), "d"(6));
          __asm__("int $0x80" : : "a"(1), "b"(0));
        }
        """, to: "small.c")
      try compile("return execl(\"/small\", \"small\", (char *)0);")
      try Shell.bash("gcc -m32 -static -nostdlib -fno-pie small.c -o small", in: scratch.url)
      try pack("--add", "small:/small")
      for program in ["/small", "/main"] {
        let result = try verify("runtime.tar", "--program", program, "--expect-output", "^small$")
        #expect(result.status == 0, "\(result.output)")
      }
    }
  #endif

  @Test func `what it says of itself may be opened again by another user`() throws {
    try compile(
      """
      int f = open("/dev/stderr", O_WRONLY); dprintf(f, "said again\\n"); return f < 0;
      """)
    try pack("--output", "x.oci.tar", "--user", "app")
    let result = try verify("x.oci.tar", "--expect-output", "^said again$")
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func `of a server too, output can be expected, and a crash at a request is told`() throws {
    let server = """
      signal(SIGTERM, end); puts("ready"); fflush(stdout);
      int s = socket(AF_INET, SOCK_STREAM, 0);
      struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(8080)};
      if (bind(s, (void *)&a, sizeof a) || listen(s, 4)) return 2;
      for (;;) {
        int c = accept(s, 0, 0); char request[999] = {0}; read(c, request, sizeof request - 1);
        if (strstr(request, "/crash")) *(volatile int *)0 = 1;
        dprintf(c, "HTTP/1.1 200 OK\\r\\n\\r\\n"); close(c);
      }
      """
    try compile(server)
    try pack()
    let sound = try verify("runtime.tar", "--http", ":8080/", "--expect-output", "^ready$")
    #expect(sound.status == 0, "\(sound.output)")
    let silent = try verify("runtime.tar", "--http", ":8080/", "--expect-output", "^never$")
    #expect(silent.status == 1)
    #expect(rows(silent).contains("run failed") && rows(silent).contains("http passed"))
    let crashed = try verify("runtime.tar", "--http", ":8080/crash")
    #expect(crashed.status == 1 && rows(crashed).contains("run failed"))
    #expect(crashed.output.contains("was killed by signal 11"), "\(crashed.output)")
  }

  @Test func `what was started ends with the command, even if that is killed`() throws {
    try compile("for (;;) pause();")
    try pack("--output", "x.oci.tar", "--user", "1234")
    let name = scratch.url.lastPathComponent
    try Shell.bash(
      """
      '\(Project.command)' verify x.oci.tar --expect-exit 0 --run '\(name)' >/dev/null 2>&1 & tool=$!
      for try in $(seq 100); do pgrep -f '^/main \(name)' >/dev/null && break; sleep 0.05; done
      pgrep -f '^/main \(name)' >/dev/null
      kill -KILL $tool; wait $tool || true
      for try in $(seq 100); do pgrep -f '^/main \(name)' >/dev/null || exit 0; sleep 0.05; done
      exit 1
      """, in: scratch.url)
  }

  @Test(
    .enabled(if: getuid() == 0, "only root can give a file capabilities"),
    arguments: [
      ("cap_net_raw+ep", true), ("cap_net_raw,cap_setfcap,cap_mknod+ep", true),
      ("cap_sys_resource+p", true), ("cap_sys_resource+ep", false),
      ("cap_net_raw,cap_sys_admin+ep", false),
    ])
  func `a file's capabilities count as with an engine, by itself and started by a script`(
    capabilities: String, isStarted: Bool
  ) throws {
    let raw = capabilities.hasPrefix("cap_net_raw")
    try compile("return \(raw ? "socket(AF_INET, SOCK_RAW, 1) < 0" : "0");")
    try scratch.write("#!/bin/sh\nexec /main\n", to: "script")
    try Shell.bash("chmod +x script; setcap \(capabilities) main", in: scratch.url)
    for more in [[], ["--entrypoint", "/script"]] {
      let packed = try Shell.run(
        [
          Project.command, "./main", "./script", "--keep-xattrs", "--user", "1234", "-q", "-o",
          "x.oci.tar",
        ]
          + ["--entrypoint", more.isEmpty ? "/main" : "/script", "--no-config"], in: scratch.url)
      try #require(packed.status == 0, "\(packed.errors)")
      #expect(packed.errors.contains("which engines give nobody") == (!isStarted && more.isEmpty))
      let result = try verify("x.oci.tar", "--expect-exit", "0")
      #expect(result.status == (isStarted ? 0 : 1), "\(result.output)")
      if !isStarted, more.isEmpty {
        #expect(result.output.contains("which engines give nobody without being asked"))
      }
    }
  }

  // MARK: Input and connections

  private static let listener = """
    signal(SIGTERM, end);
    int f = open("/data/greeting", O_RDONLY); char text[99] = {0}; read(f, text, 98); printf("%s\\n", text);
    fflush(stdout);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(5432)};
    if (bind(s, (void *)&a, sizeof a) || listen(s, 4)) return 2;
    for (;;) close(accept(s, 0, 0));
    """

  @Test func `a server is asked for a connection, and has what it is given`() throws {
    try compile(Self.listener)
    try pack()
    try Shell.bash("mkdir data; echo hello > data/greeting", in: scratch.url)
    let result = try verify(
      "runtime.tar", "--tcp", ":5432", "--mount", "data:/data:ro", "--expect-output", "^hello$")
    #expect(result.status == 0, "\(result.output)")
    #expect(rows(result).suffix(4) == ["run passed", "tcp passed", "stop passed", "missed passed"])
    #expect(result.output.hasSuffix("\nruntime.tar: runs\n"))
    let other = try verify("runtime.tar", "--tcp", ":5433", "--timeout", "1")
    #expect(other.status == 1 && rows(other).contains("tcp failed"))
    #expect(other.output.contains("tcp://localhost:5433: nothing listens there"))
  }

  @Test func `a verdict says how much was shown`() throws {
    try compile("if (argc > 1) { signal(SIGTERM, end); for (;;) pause(); } puts(\"x\");")
    try pack("--output", "x.oci.tar", "--expose", "5672")
    let ended = try verify("x.oci.tar")
    #expect(ended.output.contains(": runs (it ended with 0 after "))
    #expect(ended.output.hasSuffix(", nothing of it goes on; nothing else was asked of it)\n"))
    #expect(ended.output.contains("ended by itself, although the image exposes 5672/tcp"))
    #expect(ended.status == 0)
    let started = try verify("x.oci.tar", "--run", "on")
    #expect(
      started.output.hasSuffix(": runs (it went on for 2 s; nothing else was asked of it)\n"))
    for (options, word) in [
      (["--expect-exit", "0"], "exit"), (["--expect-output", "x"], "output"), ([], "end"),
    ] {
      let result = try Shell.run(
        [Project.command, "verify", "--json", "x.oci.tar"] + options, in: scratch.url)
      #expect(result.output.contains("\"shown\" : \"\(word)\""), "\(result.output)")
    }
  }

  // MARK: Inputs

  @Test(arguments: ["x.tar", "x.tar.gz", "x.tar.zst", "x.oci.tar", "x.docker.tar", "x.cpio", "x/"])
  func `every format that is written can be verified`(name: String) throws {
    try compile("puts(\"hello\");")
    try pack("--output", name)
    let result = try verify(name)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test func `a blob that isn't what its digest says fails the first rung, and isn't run`() throws {
    try compile("puts(\"hello\");")
    try pack("--output", "x.oci.tar", "--label", "a=bbbbbb", "--compression", "none")
    try Shell.bash("LC_ALL=C sed -i 's/bbbbbb/cccccc/' x.oci.tar", in: scratch.url)
    let result = try verify("x.oci.tar")
    #expect(result.status == 1)
    #expect(rows(result).first == "structure failed")
    #expect(result.output.contains("its digest is sha256:"))
    #expect(!result.output.contains("digests right"))
    #expect(result.output.contains("what no engine takes isn't run"))
  }

  @Test(arguments: [
    ("head -c 5000 runtime.tar", "ends here, although there has to be more"),
    ("tar -c -P --transform 's,main.c,../evil,' main.c", "may lead out of the root"),
    ("tar -c --label x main.c", "has the unknown type 0x56"),
    ("ln -s x l; tar -c --transform 's,^[lm].*,m,' l main.c", "comes twice"),
  ])
  func `a broken or hostile archive is refused, and nothing is left behind`(
    script: String, message: String
  ) throws {
    try compile("")
    try pack()
    try Shell.bash("(\(script)) > bad.tar; mkdir temporary", in: scratch.url)
    let result = try verify(
      "bad.tar", environment: ["TMPDIR": scratch.path + "/temporary"])
    #expect(result.status == 1, "\(result.errors)")
    #expect(rows(result) == ["structure failed"])
    #expect(result.output.contains(message), "\(result.output)")
    #expect(
      try FileManager.default.contentsOfDirectory(
        atPath: scratch.path + "/temporary"
      ).isEmpty)
  }

  @Test func `an input that is nothing of the kind is an error`() throws {
    try scratch.write("text", to: "x")
    let result = try verify("x")
    #expect(result.status == 3 && result.output == "")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(try verify("nowhere").status == 3)
  }

  @Test func `nothing is left of a run that is interrupted`() throws {
    try compile("signal(SIGTERM, SIG_IGN); for (;;) pause();")
    try pack()
    let status = try Shell.bash(
      """
      mkdir temporary
      TMPDIR=$PWD/temporary timeout --preserve-status -s INT 1 \
        '\(Project.command)' verify runtime.tar --expect-exit 0 2>errors >output && exit 1
      echo $?; ls -A temporary; cat output
      """, in: scratch.url)
    #expect(status == "130\n")
    #expect(try scratch.text("errors") == "rootfs-pack: interrupted by signal 2\n")
  }

  // MARK: Words

  @Test(arguments: [
    (["x", "--until", "run2"], "--until run2"), (["x", "--http", "8080"], "--http '8080'"),
    (["x", "--expect-output", "("], "isn't a regular expression"),
    (["x", "--until", "loader", "--expect-exit", "1"], "--until loader"),
    (["x", "--http", ":1/", "--expect-exit", "1"], "--http, --expect-exit"),
    (["--run", "x"], "<bundle>"), (["x", "--expect-exit", "256"], "--expect-exit"),
    (["x", "--env", "=a"], "names no variable"),
    (["x", "--tcp", "5432"], "--tcp '5432'"), (["x", "--tcp", ":0"], "--tcp ':0'"),
    (["x", "--tcp", ":1", "--expect-exit", "1"], "--tcp, --expect-exit"),
    (["x", "--mount", "/x"], "--mount '/x'"), (["x", "--mount", "/x:y"], "--mount '/x:y'"),
    (["x", "--mount", "/x:/"], "the whole root"),
    (["x", "--mount", "/x:/proc/y"], "the run's own"),
    (["x", "--mount", ":/x"], "--mount ':/x'"),
  ])
  func `wrong usage is told in one line`(arguments: [String], part: String) throws {
    try scratch.write("text", to: "x")
    let result = try Shell.run([Project.command, "verify"] + arguments, in: scratch.url)
    #expect(result.status == 2)
    #expect(result.errors.contains(part), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `odd names are told once, so that no terminal takes them for more`() throws {
    try compile("")
    try pack("--output", "a\u{1B}b.tar")
    for more in [[], ["--json"]] {
      let result = try Shell.run(
        [Project.command, "verify", "a\u{1B}b.tar"] + more, in: scratch.url)
      #expect(result.output.contains(more.isEmpty ? "a\\x1Bb.tar: runs" : "a\\\\x1Bb.tar"))
      #expect(!result.output.contains("x5C"))
    }
  }

  @Test func `quiet says nothing of what is sound`() throws {
    try compile("puts(\"hello\");")
    try pack()
    let sound = try verify("--quiet", "runtime.tar")
    #expect(sound.status == 0 && sound.output == "" && sound.errors == "")
    let broken = try verify("--quiet", "runtime.tar", "--expect-exit", "1")
    #expect(broken.status == 1 && broken.output.contains("is broken"))
  }

  @Test func `other platforms of an image are told of`() throws {
    try compile("puts(\"hello\");")
    let root = Project.directory.appendingPathComponent(".build/corpora/roots/arm64").path
    try pack("--output", "x.oci.tar", "--platform", "\(root):/usr/bin/basename")
    let result = try verify("x.oci.tar")
    #expect(result.status == 0, "\(result.output)")
    #expect(
      result.errors.contains("has images for linux/arm64 too; verify each with --image-platform"))
    let foreign = try verify(
      "x.oci.tar", "--image-platform", "linux/arm64", "--root", root, "--expect-output",
      "^basename \\(GNU", "--run", "--version")
    #expect(foreign.status == 0, "\(foreign.output)")
    #expect(foreign.output.contains("emulated"))
    let without = try verify(
      "x.oci.tar", "--image-platform", "linux/arm64", environment: ["PATH": "/nowhere"])
    #expect(without.status == 3)
    #expect(without.output.contains("no static qemu"))
  }
}
