import Foundation
import TestSupport
import Testing

@testable import Discovery

/// `verify` against bundles that lack one thing each: every one is noticed, by the rungs that have to.
struct BrokenBundleTests {
  struct Verification: Decodable {
    struct Rung: Decodable {
      struct Finding: Decodable {
        let severity: String
        let object: String?
        let message: String
        let option: String?
      }
      let rung: String
      let outcome: String
      let findings: [Finding]
    }
    let verified: Bool
    let rungs: [Rung]

    var failed: Set<String> { Set(rungs.filter { $0.outcome == "failed" }.map(\.rung)) }
    var findings: [Rung.Finding] { rungs.flatMap(\.findings) }
  }

  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private static let prelude = """
    #define _GNU_SOURCE
    #include <arpa/inet.h>
    #include <dlfcn.h>
    #include <elf.h>
    #include <fcntl.h>
    #include <grp.h>
    #include <iconv.h>
    #include <locale.h>
    #include <netdb.h>
    #include <netinet/in.h>
    #include <pthread.h>
    #include <pwd.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/socket.h>
    #include <time.h>
    #include <unistd.h>
    #include <zlib.h>
    int setupterm(const char *, int, int *);
    static void *leave(void *context) { pthread_exit(context); }
    static void leave_now(int number) { _exit(0); }
    #ifdef NOTE
    #define TEXT "[{\\"soname\\":[\\"libz.so.1\\"],\\"priority\\":\\"required\\"}]"
    __attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {
      Elf64_Nhdr header; char owner[4]; _Alignas(4) char text[sizeof TEXT];
    } note = {{4, sizeof TEXT, 0x407c0c0a}, "FDO", TEXT};
    #endif
    """

  private func pack(_ bundle: BrokenBundle) throws {
    switch bundle.program {
    case .c(let body):
      try scratch.write(Self.prelude + "\nint main(void) {\n\(body)\n}\n", to: "main.c")
      try Shell.bash("gcc -w main.c -o main \(bundle.link)", in: scratch.url)
    case .script(let text):
      try scratch.write(text, to: "main")
      try Shell.bash("chmod +x main", in: scratch.url)
    }
    let result = try Shell.run(
      [Project.command, "./main", "--quiet"] + bundle.pack, in: scratch.url)
    try #require(result.status == 0, "\(result.errors)")
    try Shell.bash("mkdir root; tar -xf runtime.tar -C root", in: scratch.url)
  }

  private func verify(
    _ bundle: BrokenBundle
  ) throws -> (status: Int32, result: Verification, text: String) {
    let result = try Shell.run(
      [Project.command, "verify", "--json", "--program", "/main"] + bundle.verify + ["root"],
      in: scratch.url)
    try #require(result.errors == "")
    let text = result.output
    return (
      result.status, try JSONDecoder().decode(Verification.self, from: Data(text.utf8)), text
    )
  }

  @Test(arguments: BrokenBundle.all)
  func `a bundle that lacks something is noticed by the rungs that have to`(
    _ bundle: BrokenBundle
  ) throws {
    try pack(bundle)
    let sound = try verify(bundle)
    #expect(sound.status == 0 && sound.result.verified, "\(sound.text)")
    try Shell.bash(bundle.fault, in: scratch.url.appendingPathComponent("root"))
    let broken = try verify(bundle)
    #expect(broken.status == 1 && !broken.result.verified, "\(broken.text)")
    #expect(broken.result.failed == bundle.rungs, "\(broken.text)")
    if let advice = bundle.advice {
      #expect(broken.result.findings.contains { $0.option == advice }, "\(broken.text)")
    }
  }

  @Test func `every topic of the needs table is the fault of some bundle`() throws {
    let topics = Set(
      NeedsTable.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { row in
        let preset = row.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
        return preset.split(separator: ":")[0].description
      })
    #expect(topics.count > 5)
    #expect(topics.subtracting(BrokenBundle.all.compactMap(\.topic)) == [])
  }
}
