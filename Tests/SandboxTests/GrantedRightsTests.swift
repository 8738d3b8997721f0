import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Rights that files give programs, as engines let them count.
@Suite(.serialized)
@MainActor
struct GrantedRightsTests: SandboxFixture {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  /// Tells who it is and what it has, and what a program has that it starts.
  private static let program = """
    if (argc > 2) execl("/other", "other", "again", (char *)0);
    struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct d[2] = {0};
    syscall(SYS_capget, &h, d);
    printf("%u %x %x\\n", geteuid(), d[0].effective, d[0].permitted);
    """

  private func request(_ arguments: String...) -> SandboxRequest {
    var request = SandboxRequest(
      root: root, program: "/main", arguments: (["/main"] + arguments).map { ByteString($0) })
    request.isCopy = true
    request.user = 1234
    request.group = 1234
    request.grantsRights = true
    return request
  }

  @Test(
    .enabled(if: getuid() == 0),
    arguments: [
      ("setcap cap_net_raw+ep root/main", "1234 2000 2000\n"),
      ("setcap cap_net_raw,cap_sys_admin+p root/main", "1234 0 2000\n"),
      ("setcap cap_mknod,cap_setfcap,cap_audit_write+ep root/main", "1234 a8000000 a8000000\n"),
      ("chmod 6755 root/main", "0 a80425fb a80425fb\n"), ("true", "1234 0 0\n"),
    ])
  func `in namespaces of root's the kernel gives what files have, within what engines leave`(
    change: String, output: String
  ) throws {
    try build(Self.program)
    try Shell.bash(change, in: scratch.url)
    #expect(try run(request(), .namespaces).output == output)
  }

  @Test(.enabled(if: getuid() == 0))
  func `so it does for programs that are started by others`() throws {
    try build(Self.program)
    try Shell.bash(
      "cp root/main root/other; setcap cap_net_bind_service+ep root/other", in: scratch.url)
    #expect(try run(request("start", "other"), .namespaces).output == "1234 400 400\n")
  }

  @Test(.enabled(if: getuid() == 0), arguments: isolations)
  func `a program that can't have all that takes effect isn't started`(
    isolation: SandboxIsolation
  ) throws {
    try build(Self.program)
    try Shell.bash("setcap cap_net_raw,cap_sys_resource+ep root/main", in: scratch.url)
    #expect(throws: SandboxError(stage: .execute, cause: .notPermitted)) {
      try run(request(), isolation)
    }
  }

  /// A changed root, and namespaces of users who aren't root.
  @Test(arguments: isolations)
  func `where the kernel doesn't, the program gets what its file has`(
    isolation: SandboxIsolation
  ) throws {
    try build(Self.program)
    var request = request()
    request.grantsRights = false
    // CAP_NET_BIND_SERVICE and CAP_CHOWN.
    request.capabilities = FileCapabilities(
      [1, 0, 0, 2, 1, 4] + [UInt8](repeating: 0, count: 14))
    #expect(try run(request, isolation).output == "1234 401 401\n")
    #expect(isolation.suffices(for: request))
  }

  @Test func `a changed root isn't enough for what concerns others`() {
    var request = request()
    // CAP_NET_RAW
    request.capabilities = FileCapabilities(
      [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14))
    #expect(!SandboxIsolation.chroot.suffices(for: request))
    #expect(SandboxIsolation.namespaces.suffices(for: request))
  }

  @Test(arguments: isolations)
  func `without need of it no file gives anything`(isolation: SandboxIsolation) throws {
    try build(
      Self.program + "; printf(\"%d\\n\", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))")
    var request = request()
    request.grantsRights = false
    try Shell.bash("chmod 4755 root/main", in: scratch.url)
    #expect(try run(request, isolation).output == "1234 0 0\n1\n")
  }

  @Test(.enabled(if: getuid() == 0))
  func `what it writes to gives it nothing`() throws {
    try build(
      """
      if (argc > 1) { printf("%u\\n", geteuid()); return 0; }
      if (geteuid()) return 1;
      int from = open("/main", O_RDONLY), to = open("/tmp/own", O_CREAT | O_WRONLY, 0700);
      char part[65536]; int size; while ((size = read(from, part, sizeof part)) > 0) write(to, part, size);
      fchmod(to, 06755); close(to);
      setresuid(1234, 1234, 1234); execl("/tmp/own", "own", "again", (char *)0);
      """)
    try Shell.bash("chmod 6755 root/main", in: scratch.url)
    var request = request()
    request.user = 0
    request.writable = ["/tmp"]
    #expect(try run(request, .namespaces).output == "1234\n")
  }
}
