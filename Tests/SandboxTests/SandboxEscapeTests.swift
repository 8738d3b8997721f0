import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Programs and bundles that try to get out of the sandbox.
@Suite(.serialized)
@MainActor
struct SandboxEscapeTests: SandboxFixture {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  @Test func `the host's devices keep their owner and mode`() throws {
    try build(
      """
      printf("%d %d %d\\n", chmod("/dev/full", 0), chown("/dev/zero", 1, 1), chmod("/proc/keys", 0));
      int f = open("/dev/null", O_WRONLY); printf("%zd\\n", write(f, "x", 1));
      """)
    let before = try Shell.bash("stat -c '%a %u %g' /dev/full /dev/zero /dev/null")
    #expect(try run(request(), .namespaces).output == "-1 -1 -1\n1\n")
    #expect(try Shell.bash("stat -c '%a %u %g' /dev/full /dev/zero /dev/null") == before)
  }

  @Test func `the emulator stays as it is`() throws {
    try build(
      """
      printf("%d %d\\n", chmod("/.emulator", 04755), open("/.emulator", O_WRONLY | O_APPEND));
      """)
    try Shell.bash("cp root/main emulator; chmod 755 emulator", in: scratch.url)
    var request = request()
    request.emulator = FilePath(scratch.url.resolvingSymlinksInPath().path + "/emulator")
    #expect(try run(request, .namespaces).output == "-1 -1\n")
    #expect(try Shell.bash("stat -c %a emulator", in: scratch.url) == "755\n")
  }

  @Test(arguments: ["/srv/inside", "../srv/inside", "inside", "../../outside", "OUTSIDE", "/proc"])
  func `an etc that is a link leads nowhere but in the root`(target: String) throws {
    try build("puts(access(\"/etc/secret\", F_OK) == 0 ? \"there\" : \"not there\")")
    let outside = scratch.path + "/outside"
    let link = target == "OUTSIDE" ? outside : target
    try Shell.bash(
      """
      rm -r root/etc; mkdir -p outside root/srv/inside; echo x > outside/secret
      echo y > root/srv/inside/secret; ln -s '\(link)' root/etc
      """, in: scratch.url)
    let outcome = try run(request(), .namespaces)
    #expect(outcome.output == (target.hasSuffix("srv/inside") ? "there\n" : "not there\n"))
  }

  @Test func `no name in a root makes the sandbox a weaker one`() throws {
    try build("puts(\"started\")")
    try Shell.bash(
      """
      mkdir -p root/.layers root/layers root/root root/.emulator root/proc/self/cwd/x root/dev/null
      ln -s proc/self/cwd root/run; ln -s /tmp root/var
      """, in: scratch.url)
    var request = request()
    request.writable = ["/tmp", "/run", "/var", "/layers", "/none"]
    let file = try scratch.newFile("output")
    let program = try SandboxedProgram(
      request, output: FileDescriptor(rawValue: file.fileDescriptor))
    #expect(program.isolation == .namespaces)
    #expect(try program.wait(for: .seconds(10)) == .exited(0))
    #expect(try scratch.text("output") == "started\n")
  }

  #if arch(x86_64)
    @Test(arguments: isolations)
    func `calls of 32-bit programs are refused as others are`(isolation: SandboxIsolation) throws {
      try build(
        """
        int numbers[] = {310, 288, 425, 374, 21, 435};
        for (int i = 0; i < 6; i++) {
          int result = numbers[i];
          __asm__ volatile("int $0x80" : "+a"(result) : "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
            : "memory", "r8", "r9", "r10", "r11");
          printf("%d ", result);
        }
        int result = 20;
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
        printf("%d\\n", result == getpid());
        """)
      let output = try run(request(), isolation).output
      #expect(
        output
          == (isolation == .namespaces ? "-1 -1 -1 -1 -1 -38 1\n" : "-38 -38 -38 -38 -38 -38 0\n"))
    }
  #endif

  @Test(arguments: isolations)
  func `neither limits nor keys nor shared memory of the host are reached`(
    isolation: SandboxIsolation
  ) throws {
    try build(
      """
      struct { unsigned long soft, hard; } limit = {1, 1};
      int caller = atoi(argv[1]);
      printf("%ld\\n", syscall(SYS_prlimit64, caller, 0, &limit, 0));
      if (syscall(SYS_prlimit64, getppid(), 7, 0, &limit) == 0 && getppid()) puts("parent's limits");
      printf("%ld\\n", syscall(SYS_keyctl, 0, -3, 0));
      printf("%ld\\n", syscall(SYS_shmget, 0x6B657921, 1, 0));
      printf("%d\\n", socket(40, SOCK_STREAM, 0));
      printf("%ld\\n", syscall(SYS_prlimit64, 0, 7, 0, &limit));
      """)
    let outcome = try run(request("\(getpid())"), isolation)
    #expect(outcome.output == "-1\n-1\n-1\n-1\n0\n")
  }

  @Test(arguments: isolations)
  func `nothing goes out without a connection either`(isolation: SandboxIsolation) throws {
    try build(
      """
      struct sockaddr_in a = {AF_INET, htons(9), {htonl(0x08080808)}};
      struct iovec data = {"x", 1};
      struct mmsghdr message = {{.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &data, .msg_iovlen = 1}};
      int s = socket(AF_INET, SOCK_STREAM, 0);
      printf("%d\\n", sendmmsg(s, &message, 1, MSG_FASTOPEN) == 1);
      printf("%d %d\\n", socket(AF_INET, SOCK_STREAM, 132) >= 0, socket(AF_PACKET, SOCK_RAW, 0) >= 0);
      """)
    var request = request()
    request.listens = true
    let output = try run(request, isolation).output
    // Raw sockets of a network of its own are its own.
    #expect(output == (isolation == .namespaces ? "0\n0 1\n" : "0\n0 0\n"))
  }

  @Test(arguments: isolations)
  func `what harms nobody is allowed`(isolation: SandboxIsolation) throws {
    try build(
      """
      int s[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
      printf("%d ", mkfifo("/tmp/fifo", 0600));
      printf("%d ", mknod("/tmp/file", S_IFREG | 0600, 0));
      printf("%d ", fcntl(s[0], F_SETOWN, getpid()));
      printf("%d\\n", chmod("/tmp/file", 0644));
      """)
    var request = request()
    request.writable = ["/tmp"]
    #expect(try run(request, isolation).output == "0 0 0 0\n")
  }

  @Test(arguments: isolations)
  func `files of a root that is no copy keep their mode and time`(isolation: SandboxIsolation)
    throws
  {
    try build(
      """
      int f = open("/main", O_RDONLY), flags = 0x40;
      printf("%d %d %d %d\\n", chmod("/main", 04777), chown("/main", 1, 1),
        utimensat(AT_FDCWD, "/main", (struct timespec[2]){{1, 0}, {1, 0}}, 0),
        ioctl(f, 0x40086602, &flags));
      """)
    let before = try Shell.bash("stat -c '%a %u %Y' root/main", in: scratch.url)
    var request = request()
    request.isCopy = false
    #expect(try run(request, isolation).output == "-1 -1 -1 -1\n")
    #expect(try Shell.bash("stat -c '%a %u %Y' root/main", in: scratch.url) == before)
  }

  @Test func `all that it may write to has one limit`() throws {
    try build(
      """
      struct statfs a, b;
      statfs("/tmp", &a); statfs("/srv", &b);
      printf("%llu %d\\n", (unsigned long long)a.f_blocks * a.f_bsize >> 20,
        !memcmp(&a.f_fsid, &b.f_fsid, sizeof a.f_fsid));
      """)
    var request = request()
    request.writable = ["/tmp", "/srv"]
    #expect(try run(request, .namespaces).output == "1024 1\n")
  }
}
