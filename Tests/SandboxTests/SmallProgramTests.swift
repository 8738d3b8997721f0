import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

#if arch(x86_64)
  /// Calls of 32-bit programs, which every process of the machine can make.
  ///
  /// Source of the numbers: Linux arch/x86/entry/syscalls/syscall_32.tbl.
  @Suite(.serialized)
  @MainActor
  struct SmallProgramTests: SandboxFixture {
    let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func request32() -> SandboxRequest {
      var request = request()
      request.has32BitPrograms = true
      return request
    }

    @Test(arguments: isolations)
    func `a 64-bit program can't make them`(isolation: SandboxIsolation) throws {
      // getpid, socketcall, mount, kill, sched_setscheduler, umount, stime, clone3
      try build(
        """
        int numbers[] = {20, 102, 21, 37, 156, 22, 25, 435};
        for (int i = 0; i < 8; i++) {
          int result = numbers[i];
          __asm__ volatile("int $0x80" : "+a"(result) : "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
            : "memory", "r8", "r9", "r10", "r11");
          printf("%d ", result);
        }
        """)
      #expect(
        try run(request(), isolation).output == String(repeating: "-38 ", count: 8))
    }

    @Test(arguments: isolations)
    func `a 32-bit program runs, with as few of them as a 64-bit one`(
      isolation: SandboxIsolation
    ) throws {
      // pivot_root, mount, umount, umount2, unshare, stime, clock_settime64, io_uring_setup, vm86, a new
      // namespace by clone, clone3
      try build32(
        """
        static const short numbers[] = {217, 21, 22, 52, 310, 25, 404, 425, 166};
        for (int i = 0; i < 9; i++) say(call(numbers[i], 0, 0, 0, 0, 0));
        say(call(120, 0x10000000, 0, 0, 0, 0)); say(call(435, 0, 0, 0, 0, 0));
        say(call(20, 0, 0, 0, 0, 0) > 0)
        """)
      let outcome = try run(request32(), isolation)
      #expect(outcome.output == String(repeating: "-1 ", count: 10) + "-38 1 ")
      #expect(outcome.ending == .exited(0))
    }

    @Test(arguments: isolations)
    func `its sockets reach what those of a 64-bit one reach`(isolation: SandboxIsolation) throws {
      // socketcall(2) with what lies in memory, and socket(2): AF_VSOCK, AF_INET, raw, and for the audit's log.
      try build32(
        """
        static const int kinds[][3] = {{40, 1, 0}, {2, 1, 0}, {2, 3, 1}, {16, 3, 9}, {42, 2, 0}};
        for (int i = 0; i < 5; i++) {
          long made = call(102, 1, (long)kinds[i], 0, 0, 0);
          say(made < 0 ? made : 1);
          made = call(359, kinds[i][0], kinds[i][1], kinds[i][2], 0, 0);
          say(made < 0 ? made : 1);
        }
        """)
      // EAFNOSUPPORT is 97, EPROTONOSUPPORT 93. Raw sockets of a network of its own are its own, but by the way
      // through memory another makes them.
      #expect(
        try run(request32(), isolation).output
          == (isolation == .namespaces
            ? "-97 -97 1 1 -97 1 -97 -93 -97 -97 " : "-1 -97 -1 -97 -1 -97 -1 -93 -1 -97 "))
    }

    @Test func `a socket that is made for it works as one of its own`() throws {
      // socket, bind, listen and getsockname; the second one is closed by execve(2), the first isn't.
      try build32(
        """
        int address[4] = {0x5c480002, 0x0100007f, 0, 0}, size = 16;
        int kind[3] = {2, 1, 0}, closed[3] = {2, 02000001, 0};
        long first = call(102, 1, (long)kind, 0, 0, 0), second = call(102, 1, (long)closed, 0, 0, 0);
        int bind[3] = {first, (long)address, 16}, listen[2] = {first, 1};
        int name[3] = {first, (long)address, (long)&size};
        say(call(102, 2, (long)bind, 0, 0, 0)); say(call(102, 4, (long)listen, 0, 0, 0));
        address[0] = 0; say(call(102, 6, (long)name, 0, 0, 0)); say(address[0] == 0x5c480002);
        say(call(55, first, 1, 0, 0, 0)); say(call(55, second, 1, 0, 0, 0));
        say(call(102, 1, 8, 0, 0, 0))
        """)
      #expect(try run(request32(), .namespaces).output == "0 0 0 1 0 1 -14 ")
    }

    @Test(arguments: isolations)
    func `what it looks for and doesn't find is told`(isolation: SandboxIsolation) throws {
      try build32(
        """
        call(5, (long)"/none/opened", 0, 0, 0, 0); call(195, (long)"/none/looked", 0, 0, 0, 0);
        call(5, (long)"/away/made", 0101, 0600, 0, 0)
        """)
      let outcome = try run(request32(), isolation)
      #expect(
        outcome.missed == [
          MissedLook(path: "/none/opened", purpose: .opening),
          MissedLook(path: "/none/looked", purpose: .looking),
          MissedLook(path: "/away", purpose: .making),
        ])
    }
  }
#endif
