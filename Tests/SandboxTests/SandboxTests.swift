import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Programs that look at the sandbox that they are in.
@Suite(.serialized)
@MainActor
struct SandboxTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private var root: FilePath { FilePath(scratch.url.resolvingSymlinksInPath().path + "/root") }

  /// Compiles a static program into a root that has nothing else.
  private func build(_ main: String) throws {
    try scratch.write(
      """
      #include <arpa/inet.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <netinet/in.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <unistd.h>
      static volatile int ended;
      static void end(int signal) { ended = signal; }
      int main(int argc, char **argv) { setvbuf(stdout, 0, _IONBF, 0);
      \(main)
      ; return 0; }
      """, to: "main.c")
    try Shell.bash(
      "mkdir -p root/etc root/tmp root/srv; echo x > root/etc/known; gcc -static main.c -o root/main",
      in: scratch.url)
  }

  private func request(_ arguments: String...) -> SandboxRequest {
    SandboxRequest(
      root: root, program: "/main",
      arguments: (["/main"] + arguments).map { ByteString($0) })
  }

  private struct Outcome {
    var ending: SandboxEnding?
    var output = ""
    var missed: [ByteString] = []
    var isolation: SandboxIsolation
  }

  private func run(
    _ request: SandboxRequest, _ isolation: SandboxIsolation,
    while running: (borrowing SandboxedProgram) throws -> Void = { _ in }
  ) throws -> Outcome {
    let file = try scratch.newFile("output")
    let program = try SandboxedProgram(
      request, output: FileDescriptor(rawValue: file.fileDescriptor), isolations: [isolation])
    try running(program)
    let ending = try program.wait(for: .seconds(10))
    return Outcome(
      ending: ending, output: try scratch.text("output"), missed: program.missed ?? [],
      isolation: program.isolation)
  }

  nonisolated static let isolations: [SandboxIsolation] =
    getuid() == 0 ? [.namespaces, .chroot] : [.namespaces]

  @Test(arguments: isolations)
  func `it gets its arguments, its environment and nothing more`(isolation: SandboxIsolation) throws
  {
    try build(
      """
      for (int i = 1; i < argc; i++) puts(argv[i]);
      extern char **environ; for (char **e = environ; *e; e++) puts(*e);
      char place[99]; puts(getcwd(place, 99)); printf("%u %u\\n", getuid(), getgid());
      printf("%d %d\\n", (int)lseek(0, 0, SEEK_END), fcntl(5, F_GETFD));
      return 7;
      """)
    var request = request("a", "b c")
    request.environment = ["X=1"]
    request.directory = "/srv"
    request.user = 1234
    request.group = 5678
    let outcome = try run(request, isolation)
    #expect(outcome.output == "a\nb c\nX=1\n/srv\n1234 5678\n0 -1\n")
    #expect(outcome.ending == .exited(7))
  }

  @Test(arguments: isolations)
  func `the root is as it was, and only what may be written to is`(isolation: SandboxIsolation)
    throws
  {
    try build(
      """
      const char *paths[] = {"/new", "/etc/known", "/srv/new", "/tmp/new", "/dev/null"};
      for (int i = 0; i < 5; i++) {
        int f = open(paths[i], O_WRONLY | (i == 4 ? 0 : O_CREAT), 0644);
        printf("%s %s\\n", paths[i], f < 0 ? "no" : "yes");
      }
      """)
    var request = request()
    request.writable = ["/tmp"]
    let outcome = try run(request, isolation)
    let device = isolation == .namespaces ? "yes" : "no"
    #expect(
      outcome.output == "/new no\n/etc/known no\n/srv/new no\n/tmp/new yes\n/dev/null \(device)\n")
    #expect(try scratch.text("root/etc/known") == "x\n")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/root/new"))
  }

  @Test func `in namespaces it is process 1 of a container`() throws {
    try build(
      """
      printf("%d\\n", getpid());
      char text[99] = {0}; FILE *f = fopen("/etc/hosts", "r"); fgets(text, 99, f); fputs(text, stdout);
      printf("%d %d\\n", access("/proc/self/exe", F_OK), access("/dev/urandom", R_OK));
      struct stat s; printf("%d\\n", stat("/root-of-host", &s));
      """)
    let outcome = try run(request(), .namespaces)
    #expect(outcome.output == "1\n127.0.0.1 localhost\n0 0\n-1\n")
  }

  @Test(arguments: isolations)
  func `nothing outside is reached`(isolation: SandboxIsolation) throws {
    try build(
      """
      struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(0x08080808)};
      int s = socket(AF_INET, SOCK_STREAM, 0);
      puts(s >= 0 && connect(s, (void *)&a, sizeof a) == 0 ? "connected" : "not connected");
      int d = socket(AF_INET, SOCK_DGRAM, 0);
      puts(d >= 0 && sendto(d, "x", 1, 0, (void *)&a, sizeof a) == 1 ? "sent" : "not sent");
      """)
    #expect(try run(request(), isolation).output == "not connected\nnot sent\n")
  }

  @Test(arguments: isolations)
  func `a port that it listens on can be reached, and it ends by the signal that it handles`(
    isolation: SandboxIsolation
  ) throws {
    try build(
      """
      struct sigaction action = {.sa_handler = end}; sigaction(SIGTERM, &action, 0);
      struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
      int s = socket(AF_INET, SOCK_STREAM, 0), one = 1; setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      if (bind(s, (void *)&a, sizeof a) || listen(s, 5)) { perror("listen"); return 1; }
      int c = accept(s, 0, 0); write(c, "hello", 5); close(c);
      while (!ended) pause();
      puts("bye");
      """)
    var request = request("18123")
    request.listens = true
    let outcome = try run(request, isolation) { program in
      var greeting = ""
      for _ in 0..<200 where greeting.isEmpty {
        guard let connection = try? program.connect(to: 18123) else {
          usleep(20_000)
          continue
        }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = try bytes.withUnsafeMutableBytes { try connection.read(into: $0) }
        greeting = String(decoding: bytes.prefix(count), as: UTF8.self)
        try connection.close()
      }
      #expect(greeting == "hello")
      usleep(50_000)
      program.signal(SIGTERM)
    }
    #expect(outcome.ending == .exited(0))
    #expect(outcome.output == "bye\n")
  }

  @Test func `process 1 that doesn't handle the signal goes on, as it does in a container`() throws
  {
    try build("sleep(20)")
    let file = try scratch.newFile("output")
    let program = try SandboxedProgram(
      request(), output: FileDescriptor(rawValue: file.fileDescriptor), isolations: [.namespaces])
    program.signal(SIGTERM)
    #expect(try program.wait(for: .milliseconds(300)) == nil)
  }

  @Test(arguments: isolations)
  func `what it looks for and doesn't find is told, each once`(isolation: SandboxIsolation) throws {
    try build(
      """
      open("/etc/none", O_RDONLY); open("/etc/none", O_RDONLY); open("/etc/known", O_RDONLY);
      struct stat s; stat("/none/file", &s); access("relative", F_OK);
      open("/tmp/made", O_CREAT | O_WRONLY, 0644); execl("/bin/none", "none", (char *)0);
      int d = open("/srv", O_RDONLY | O_DIRECTORY); openat(d, "inner", O_RDONLY);
      """)
    var request = request()
    request.directory = "/srv"
    request.writable = ["/tmp"]
    let outcome = try run(request, isolation)
    #expect(
      outcome.missed == ["/etc/none", "/none/file", "/srv/relative", "/bin/none", "/srv/inner"])
    #expect(outcome.ending == .exited(0))
  }

  @Test func `a program that isn't there, or isn't one, is told with the kernel's reason`() throws {
    try build("return 0")
    try scratch.write("no program", to: "root/text")
    try Shell.bash("chmod +x root/text", in: scratch.url)
    let cases: [(String, Errno)] = [
      ("/none", .noSuchFileOrDirectory), ("/text", Errno(rawValue: ENOEXEC)),
    ]
    for (program, cause) in cases {
      var request = request()
      request.program = ByteString(program)
      do {
        let file = try scratch.newFile("output")
        let program = try SandboxedProgram(
          request, output: FileDescriptor(rawValue: file.fileDescriptor))
        _ = try program.wait(for: .seconds(5))
        Issue.record("it started")
      } catch let error as SandboxError {
        #expect(error == SandboxError(stage: .execute, cause: cause))
      }
    }
  }

  @Test(arguments: isolations)
  func `with it everything ends that it has started`(isolation: SandboxIsolation) throws {
    try build("if (!fork()) { setsid(); sleep(30); } sleep(30)")
    do {
      var request = request()
      // A name by which it is found from outside.
      request.arguments = [ByteString(scratch.url.lastPathComponent)]
      let file = try scratch.newFile("output")
      let program = try SandboxedProgram(
        request, output: FileDescriptor(rawValue: file.fileDescriptor), isolations: [isolation])
      #expect(try program.wait(for: .milliseconds(200)) == nil)
      let running = try Shell.run(["pgrep", "-f", "^\(scratch.url.lastPathComponent)"])
      #expect(running.output.split(separator: "\n").count == 2)
    }
    usleep(100_000)
    let left = try Shell.run(["pgrep", "-f", "^\(scratch.url.lastPathComponent)"])
    #expect(left.output == "")
  }
}
