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

  /// Whatever the program does to a process by its number, its user's other processes stay as they are.
  @Test(arguments: isolations)
  func `processes outside stay as they are`(isolation: SandboxIsolation) throws {
    try build(
      """
      int caller = atoi(argv[1]);
      struct sched_param none = {0}; cpu_set_t one; CPU_ZERO(&one); CPU_SET(0, &one);
      struct { unsigned size, policy; unsigned long flags; int nice; unsigned priority; unsigned long time[3]; }
        attributes = {48, SCHED_IDLE};
      struct { unsigned long soft, hard; } limit = {7, 7};
      unsigned long nodes = 1; struct { void *start; unsigned long size; } part = {&none, 1};
      #define TRY(what, call) if ((call) >= 0) puts(what)
      TRY("policy", sched_setscheduler(caller, SCHED_IDLE, &none));
      TRY("parameters", sched_setparam(caller, &none));
      TRY("attributes", syscall(SYS_sched_setattr, caller, &attributes, 0));
      TRY("affinity", sched_setaffinity(caller, sizeof one, &one));
      TRY("nice", setpriority(PRIO_PROCESS, caller, 19));
      TRY("nice of a group", setpriority(PRIO_PGRP, getpgid(caller), 19));
      // Of a namespace for processes there are no others.
      if (getppid()) TRY("nice of a user", setpriority(PRIO_USER, 0, 19));
      if (getppid()) TRY("ioprio of a user", syscall(SYS_ioprio_set, 3, 0, 3 << 13));
      TRY("ioprio", syscall(SYS_ioprio_set, 1, caller, 3 << 13));
      TRY("limits", syscall(SYS_prlimit64, caller, 0, &limit, 0));
      TRY("cores", prctl(62, 1, caller, 0, 0));
      TRY("pages", syscall(SYS_migrate_pages, caller, 64, &nodes, &nodes));
      TRY("page", syscall(SYS_move_pages, caller, 0, 0, 0, 0, 0));
      TRY("trace", syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, caller, 0, 0));
      TRY("read", syscall(SYS_process_vm_readv, caller, &part, 1, &part, 1, 0));
      TRY("written", syscall(SYS_process_vm_writev, caller, &part, 1, &part, 1, 0));
      TRY("compared", syscall(SYS_kcmp, caller, getpid(), 2, 0, 0));
      TRY("descriptor", syscall(434 /* pidfd_open */, caller, 0));
      TRY("signal", kill(caller, 0)); TRY("thread", syscall(SYS_tkill, caller, 0));
      TRY("threads", syscall(SYS_tgkill, caller, caller, 0));
      char data[128] = {0}; ((int *)data)[2] = -1;
      TRY("queued", syscall(SYS_rt_sigqueueinfo, caller, 0, data));
      puts("itself");
      printf("%d %d\\n", sched_setscheduler(0, SCHED_OTHER, &none), setpriority(PRIO_PROCESS, getpid(), 1));
      """)
    var request = request("\(getpid())")
    request.user = 65534
    request.group = 65534
    // A process of the program's own user; the caller may do more, and is asked for in the other test.
    let victim = Process()
    victim.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    victim.arguments = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "sleep", "60"]
    if getuid() == 0 {
      try victim.run()
      try Shell.bash(
        "for i in $(seq 100); do grep -q sleep /proc/\(victim.processIdentifier)/comm && break; sleep 0.05; done"
      )
      request.arguments[1] = ByteString("\(victim.processIdentifier)")
    }
    defer { if victim.isRunning { victim.terminate() } }
    #expect(try run(request, isolation).output == "itself\n0 0\n")
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

  @Test(arguments: ["/tmp", "/dev/shm"])
  func `there is an end to the files that it may make`(place: String) throws {
    try build(
      """
      long made = 0; char name[99];
      for (; made < 200000; made++) {
        snprintf(name, sizeof name, "%s/%ld", argv[1], made);
        int file = made % 2 ? open(name, O_CREAT | O_WRONLY, 0600) : mkdir(name, 0700) ? -1 : 0;
        if (file < 0) break;
        if (file) close(file);
      }
      printf("%d %d\\n", made > 10000 && made < 70000, errno);
      """)
    var request = request(place)
    request.writable = ["/tmp"]
    #expect(try run(request, .namespaces).output == "1 28\n")
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
