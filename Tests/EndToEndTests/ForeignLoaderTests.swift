import Foundation
import TestSupport
import Testing

/// What is said of compiled programs of other systems.
struct ForeignLoaderTests {
  private struct Document: Decodable {
    struct Subject: Decodable {
      let loader: String
      let complete: Bool
    }
    let subjects: [Subject]
  }

  /// A program with another interpreter, and with a note of its system where it is to have one.
  private func compile(
    _ interpreter: String, noteOf owner: String? = nil, in scratch: TemporaryDirectory
  ) throws {
    let note =
      owner.map { owner in
        """
        __asm__(".pushsection .note.system,\\"a\\",@note\\n.balign 4\\n"
          ".long \(owner.utf8.count + 1), 4, 1\\n.asciz \\"\(owner)\\"\\n.balign 4\\n.long 1302001\\n"
          ".popsection");
        """
      } ?? ""
    try scratch.write(note + "\nint main(void) { return 0; }\n", to: "main.c")
    try Shell.bash("gcc -Wl,--dynamic-linker=\(interpreter) -o program main.c", in: scratch.url)
  }

  @Test(
    arguments: [
      ("/lib/ld-uClibc.so.0", nil, "uclibc", "uClibc"),
      ("/libexec/ld-elf.so.1", "FreeBSD", "freebsd", "FreeBSD"),
      ("/opt/loader.so", "OpenBSD", "openbsd", "OpenBSD"),
      ("/system/bin/linker64", "Android", "bionic", "Android (bionic)"),
    ] as [(String, String?, String, String)])
  func `a loader that isn't known is named, and what can't be promised is said`(
    interpreter: String, owner: String?, loader: String, name: String
  ) throws {
    let scratch = try TemporaryDirectory()
    try compile(interpreter, noteOf: owner, in: scratch)
    let promise = "its loader \(interpreter) is of \(name), whose rules aren't known"

    let text = try Project.run("inspect", "--no-config", "program", in: scratch.url)
    #expect(text.output.contains(", dynamic, \(name), "))
    #expect(text.output.contains("note: " + promise))
    #expect(!text.output.contains("ld.so.cache"))
    let json = try Project.run("inspect", "--no-config", "--json", "program", in: scratch.url)
    let subject = try #require(
      JSONDecoder().decode(Document.self, from: Data(json.output.utf8)).subjects.first)
    #expect(subject.loader == loader)
    #expect(!subject.complete)

    let check = try Project.run("check", "--no-config", "program", in: scratch.url)
    #expect(check.output.contains("[foreign-loader]"))
    let words = check.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains(promise))

    let pack = try Project.run(
      "./program", "--no-config", "--allow-missing", "-o", "out.tar", in: scratch.url)
    // Its C library is missing.
    #expect(pack.status == 1, "\(pack.errors)")
    #expect(pack.errors.contains("warning: ") && pack.errors.contains(promise))
    let tree = try Shell.bash("tar -tf out.tar", in: scratch.url)
    #expect(!tree.contains("ld.so.cache"))
  }

  @Test func `inspect and pack agree on a library that a note can't do without`() throws {
    let scratch = try TemporaryDirectory()
    try scratch.write(
      """
      __asm__(".pushsection .note.dlopen,\\"a\\",@note\\n.balign 4\\n.long 4, 2f-1f, 0x407c0c0a\\n"
        ".asciz \\"FDO\\"\\n1: .ascii \\"[{\\\\\\"priority\\\\\\":\\\\\\"required\\\\\\","
        "\\\\\\"soname\\\\\\":[\\\\\\"libnone.so.1\\\\\\"]}]\\"\\n2: .balign 4\\n.popsection");
      int main(void) { return 0; }
      """, to: "main.c")
    try Shell.bash("gcc -o program main.c", in: scratch.url)
    let text = try Project.run("inspect", "--no-config", "program", in: scratch.url)
    #expect(text.status == 1)
    #expect(text.output.contains("missing: libnone.so.1"))
    #expect(text.output.contains("1 missing"))
    let json = try Project.run("inspect", "--no-config", "--json", "program", in: scratch.url)
    let subject = try #require(
      JSONDecoder().decode(Document.self, from: Data(json.output.utf8)).subjects.first)
    #expect(!subject.complete)
    let pack = try Project.run("./program", "--no-config", "-o", "out.tar", in: scratch.url)
    #expect(pack.status == 1 && pack.errors.contains("missing: libnone.so.1"))
    // Without what it has at run time, all is there.
    let minimal = try Project.run(
      "inspect", "--no-config", "--minimal", "program", in: scratch.url)
    #expect(minimal.status == 0)
  }
}
