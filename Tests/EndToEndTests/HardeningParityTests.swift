import Foundation
import TestSupport
import Testing

/// Holds what `check` says of hardening against checksec and readelf, for programs that were compiled
/// with and without it.
struct HardeningParityTests {
  struct Build: CustomTestStringConvertible, Sendable {
    let flags: String
    var isLibrary = false

    var testDescription: String { flags + (isLibrary ? " (library)" : "") }
  }

  static let builds: [Build] = [
    Build(flags: "-O2 -fPIE -pie -Wl,-z,relro,-z,now -fstack-protector-all -D_FORTIFY_SOURCE=2"),
    Build(flags: "-O0 -no-pie -Wl,-z,norelro -fno-stack-protector -U_FORTIFY_SOURCE"),
    Build(flags: "-O2 -pie -Wl,-z,relro -Wl,-z,lazy -fstack-protector-all -U_FORTIFY_SOURCE"),
    Build(flags: "-O2 -no-pie -Wl,-z,now -D_FORTIFY_SOURCE=2 -fno-stack-protector -z execstack"),
    Build(flags: "-O2 -fcf-protection=full -Wl,-z,relro,-z,now -U_FORTIFY_SOURCE"),
    Build(flags: "-O2 -fPIC -Wl,-z,norelro -fstack-protector-all -Wl,-z,lazy", isLibrary: true),
    Build(flags: "-O2 -fPIC -Wl,-z,relro,-z,now -fno-stack-protector", isLibrary: true),
  ]

  /// What checksec's words mean for the properties that it knows.
  private func lacks(_ report: [String: String], isLibrary: Bool) -> Set<String> {
    var rules: Set<String> = []
    if report["relro"] == "no" { rules.insert("no-relro") }
    if report["relro"] == "partial" { rules.insert("lazy-binding") }
    if report["canary"] == "no" { rules.insert("no-canary") }
    if report["nx"] == "no" { rules.insert("executable-stack") }
    if report["pie"] == "no", !isLibrary { rules.insert("no-pie") }
    if report["fortify_source"] == "no" { rules.insert("no-fortify") }
    return rules
  }

  @Test(arguments: builds)
  func `what an object lacks is what checksec says`(build: Build) throws {
    let scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdio.h>
      #include <string.h>
      int fill(const char *text) { char b[64]; strcpy(b, text); puts(b); return b[0]; }
      int main(int count, char **words) { return fill(words[count - 1]); }
      """, to: "main.c")
    try Shell.bash(
      "gcc \(build.flags) \(build.isLibrary ? "-shared" : "") -o object main.c 2>/dev/null",
      in: scratch.url)
    let text = try Shell.bash("checksec --file=object --output=json", in: scratch.url)
    let checksec = try JSONDecoder().decode([String: [String: String]].self, from: Data(text.utf8))
    let report = try #require(checksec["object"])
    let known: Set<String> = [
      "no-relro", "lazy-binding", "no-canary", "executable-stack", "no-pie", "no-fortify",
    ]
    var found = try rules(of: "object", in: scratch.url).intersection(known)
    // To checksec, what isn't read-only has no binding to speak of.
    if found.contains("no-relro") { found.remove("lazy-binding") }
    #expect(found == lacks(report, isLibrary: build.isLibrary))
  }

  @Test func `marks of the processor's protection are those that readelf shows`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void) { return 0; }' > f.c
      gcc -shared -fPIC -nostdlib -fcf-protection=full -Wl,-z,force-ibt -Wl,-z,shstk -o full.so f.c 2>/dev/null
      gcc -shared -fPIC -nostdlib -fcf-protection=none -o none.so f.c
      gcc -shared -fPIC -nostdlib -fcf-protection=return -o return.so f.c
      """, in: scratch.url)
    for name in ["full.so", "none.so", "return.so"] {
      let notes = try Shell.bash("readelf --notes \(name)", in: scratch.url)
      let found = try rules(of: name, in: scratch.url)
      #expect(found.contains("no-ibt") == !notes.contains("IBT"), "\(name)")
      #expect(found.contains("no-shadow-stack") == !notes.contains("SHSTK"), "\(name)")
    }
  }

  @Test func `text relocations are those that readelf shows`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      printf '.text\\n.globl f\\nf: movabs $f, %%rax\\n ret\\n.section .note.GNU-stack\\n' > f.s
      gcc -shared -nostdlib -Wl,-z,notext -o writes.so f.s
      echo 'int f(void) { return 0; }' | gcc -shared -fPIC -nostdlib -x c -o fine.so -
      readelf -d writes.so | grep -q TEXTREL; ! readelf -d fine.so | grep -q TEXTREL
      """, in: scratch.url)
    #expect(try rules(of: "writes.so", in: scratch.url).contains("text-relocations"))
    #expect(try !rules(of: "fine.so", in: scratch.url).contains("text-relocations"))
  }

  private func rules(of file: String, in directory: URL) throws -> Set<String> {
    let result = try Shell.run(
      [Project.command, "check", "--json", "--hardening", file], in: directory)
    let document = try JSONDecoder().decode(
      CheckTests.Document.self, from: Data(result.output.utf8))
    return Set(document.findings.filter { $0.object.hasSuffix("/" + file) }.map(\.rule))
  }
}
