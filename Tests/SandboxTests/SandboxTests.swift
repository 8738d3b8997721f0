import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Programs that look at the sandbox that they are in.
@Suite(.serialized)
@MainActor
struct SandboxTests: SandboxFixture {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

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

  @Test(arguments: isolations)
  func `a root that is no copy stays as it is`(isolation: SandboxIsolation) throws {
    try build(
      """
      printf("%d\\n", open("/tmp/new", O_WRONLY | O_CREAT, 0644) >= 0);
      """)
    var request = request()
    request.isCopy = false
    request.writable = ["/tmp"]
    #expect(try run(request, isolation).output == (isolation == .namespaces ? "1\n" : "0\n"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/root/tmp/new"))
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

  /// What an engine doesn't give a container's root either.
  @Test(arguments: isolations)
  func `root in it has no way to the host`(isolation: SandboxIsolation) throws {
    try build(
      """
      #define TRY(what, call) printf("%s %s\\n", what, (call) < 0 ? "no" : "yes")
      TRY("mount", mount("tmpfs", "/srv", "tmpfs", 0, 0));
      TRY("namespace", unshare(CLONE_NEWUSER));
      TRY("namespace by clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
      TRY("device", mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0)));
      TRY("key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
      TRY("kernel setting", open("/proc/sys/kernel/core_pattern", O_WRONLY));
      TRY("system request", open("/proc/sysrq-trigger", O_WRONLY));
      TRY("fast open", sendto(socket(AF_INET, SOCK_STREAM, 0), "x", 1, MSG_FASTOPEN,
        (void *)&(struct sockaddr_in){AF_INET, htons(9), {htonl(0x7F000001)}}, sizeof(struct sockaddr_in)));
      TRY("chroot again", argc > 1 ? chroot("/srv") : -1);
      TRY("signal to the caller", kill(atoi(argv[argc - 1]), 0));
      TRY("signal to itself", kill(getpid(), 0));
      """)
    var request = request("\(getpid())")
    request.writable = ["/tmp"]
    let outcome = try run(request, isolation)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    // A chroot below its root is its own.
    let allowed = isolation == .namespaces ? ["chroot again"] : []
    for line in lines where line.hasSuffix(" yes") {
      let name = String(line.dropLast(4))
      #expect(name == "signal to itself" || allowed.contains(name), "\(line)")
    }
    #expect(lines.count == 11 && lines.last == "signal to itself yes")
  }

  @Test(arguments: isolations)
  func `as root it has the rights that engines give, and no others`(isolation: SandboxIsolation)
    throws
  {
    try build(
      """
      struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
      struct __user_cap_data_struct d[2] = {0};
      syscall(SYS_capget, &h, d);
      int extra = 0, bounded = 0;
      for (int c = 0; c <= 40; c++) {
        int usual = c == 0 || c == 1 || c == 3 || c == 4 || c == 5 || c == 6 || c == 7 || c == 8
          || c == 10 || c == 13 || c == 18 || c == 27 || c == 29 || c == 31;
        if (!usual && (d[c / 32].permitted >> c % 32 & 1)) extra++;
        if (!usual && prctl(PR_CAPBSET_READ, c) == 1) bounded++;
      }
      printf("%d %d %d\\n", extra, bounded, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
      """)
    #expect(try run(request(), isolation).output == "0 0 1\n")
  }

  @Test func `a text with a NUL in it is refused`() throws {
    try build("return 0")
    let file = try scratch.newFile("output")
    for isolation in isolations {
      var request = request("a\0b")
      #expect(throws: SandboxError(stage: .start, cause: .invalidArgument)) {
        _ = try SandboxedProgram(
          request, output: FileDescriptor(rawValue: file.fileDescriptor),
          isolations: [isolation])
      }
      request = self.request()
      request.environment = ["A=\0/etc"]
      #expect(throws: SandboxError(stage: .start, cause: .invalidArgument)) {
        _ = try SandboxedProgram(
          request, output: FileDescriptor(rawValue: file.fileDescriptor),
          isolations: [isolation])
      }
    }
  }

  @Test func `a directory below a link can be written to, and what lies there stays`() throws {
    try build(
      """
      printf("%d ", open("/link/new", O_CREAT | O_WRONLY, 0600) >= 0);
      printf("%d ", open("/data,a:b/old", O_RDWR) >= 0);
      printf("%d\\n", open("/data,a:b/new", O_CREAT | O_WRONLY, 0600) >= 0);
      """)
    try Shell.bash(
      "mkdir -p root/real/link 'root/data,a:b'; echo x > 'root/data,a:b/old'; ln -s /real/link root/link",
      in: scratch.url)
    var request = request()
    request.writable = ["/link", "/data,a:b"]
    #expect(try run(request, .namespaces).output == "1 1 1\n")
    #expect(
      try Shell.bash("cd root; find real data* -type f", in: scratch.url) == "data,a:b/old\n")
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
      access("link", F_OK); access("../srv/link", F_OK);
      open("/tmp/made", O_CREAT | O_WRONLY, 0644); open("/none/made", O_CREAT | O_WRONLY, 0644);
      mkdir("/none/made", 0755); execl("/bin/none", "none", (char *)0);
      int d = open("/srv", O_RDONLY | O_DIRECTORY); openat(d, "inner", O_RDONLY);
      """)
    var request = request()
    request.directory = "/srv"
    request.writable = ["/tmp"]
    // It leads somewhere in the root alone.
    try Shell.bash(
      "touch root/etc/known-here; ln -s /etc/known-here root/srv/link", in: scratch.url)
    let outcome = try run(request, isolation)
    #expect(
      outcome.missed == [
        MissedLook(path: "/etc/none", purpose: .opening),
        MissedLook(path: "/none/file", purpose: .looking),
        MissedLook(path: "/srv/relative", purpose: .looking),
        MissedLook(path: "/none", purpose: .making),
        MissedLook(path: "/bin/none", purpose: .starting),
        MissedLook(path: "/srv/inner", purpose: .opening),
      ])
    #expect(outcome.ending == .exited(0))
  }

  @Test(arguments: isolations)
  func `what it makes, whom it looks up and what ends badly is seen`(
    isolation: SandboxIsolation
  ) throws {
    try build(
      """
      open("/tmp/made", O_CREAT | O_WRONLY, 0644); mkdir("/tmp/inner", 0755);
      open("/tmp/made", O_CREAT | O_WRONLY, 0644);
      getpwnam("magpie"); getgrnam("starling");
      if (!fork()) _exit(7);
      wait(0)
      """)
    try Shell.bash("cp /etc/passwd /etc/group root/etc", in: scratch.url)
    var request = request()
    request.writable = ["/tmp"]
    let seen = try run(request, isolation).watched
    #expect(seen.made == ["/tmp/made", "/tmp/inner"])
    #expect(seen.userWords.contains { $0.contains("magpie") && !$0.contains("starling") })
    #expect(seen.groupWords.contains { $0.contains("starling") })
    #expect(seen.failures.map(\.code) == [7] && seen.failures.map(\.program) == ["/main"])
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
