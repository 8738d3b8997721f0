import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// The ways of isolation that the user of the tests has.
let isolations: [SandboxIsolation] = getuid() == 0 ? [.namespaces, .chroot] : [.namespaces]

struct SandboxOutcome {
  var ending: SandboxEnding?
  var output = ""
  var watched = WatchedRun()
  var missed: [MissedLook] { watched.missed }
  var isolation: SandboxIsolation
}

/// Tests with a program of their own in a root of its own.
@MainActor
protocol SandboxFixture {
  var scratch: TemporaryDirectory { get }
}

extension SandboxFixture {
  var root: FilePath { FilePath(scratch.url.resolvingSymlinksInPath().path + "/root") }

  /// Compiles a static program into a root that has nothing else.
  func build(_ main: String) throws {
    try scratch.write(
      """
      #define _GNU_SOURCE
      #include <arpa/inet.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <grp.h>
      #include <linux/capability.h>
      #include <sys/ioctl.h>
      #include <netinet/in.h>
      #include <pwd.h>
      #include <sched.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mount.h>
      #include <sys/prctl.h>
      #include <sys/resource.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/statfs.h>
      #include <sys/statvfs.h>
      #include <sys/syscall.h>
      #include <sys/sysmacros.h>
      #include <sys/wait.h>
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

  #if arch(x86_64)
    /// The same, of a 32-bit program without a C library: `call(number, ...)` makes a call, and `say(result)` tells
    /// its result.
    func build32(_ main: String) throws {
      try scratch.write(
        """
        static long call(long number, long a, long b, long c, long d, long e) {
          long result;
          __asm__ volatile("int $0x80" : "=a"(result)
            : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
          return result;
        }
        static void say(long value) {
          char text[16]; int place = 16; unsigned long rest = value < 0 ? -value : value;
          text[--place] = ' ';
          do text[--place] = '0' + rest % 10; while (rest /= 10);
          if (value < 0) text[--place] = '-';
          call(4, 1, (long)text + place, 16 - place, 0, 0);
        }
        __attribute__((force_align_arg_pointer)) void _start(void) {
        \(main)
        ; call(1, 0, 0, 0, 0, 0); }
        """, to: "main.c")
      try Shell.bash(
        """
        mkdir -p root/etc root/tmp
        gcc -m32 -static -nostdlib -fno-pie -fno-stack-protector -Wl,--build-id=none main.c -o root/main
        """, in: scratch.url)
    }
  #endif

  func request(_ arguments: String...) -> SandboxRequest {
    var request = SandboxRequest(
      root: root, program: "/main",
      arguments: (["/main"] + arguments).map { ByteString($0) })
    request.isCopy = true
    return request
  }

  func run(
    _ request: SandboxRequest, _ isolation: SandboxIsolation,
    while running: (borrowing SandboxedProgram) throws -> Void = { _ in }
  ) throws -> SandboxOutcome {
    let file = try scratch.newFile("output")
    let program = try SandboxedProgram(
      request, output: FileDescriptor(rawValue: file.fileDescriptor), isolations: [isolation])
    try running(program)
    let ending = try program.wait(for: .seconds(10))
    return SandboxOutcome(
      ending: ending, output: try scratch.text("output"), watched: program.watched ?? WatchedRun(),
      isolation: program.isolation)
  }
}
