import Foundation
import TestSupport
import Testing

/// `check` of compiled programs: what it says, in which form, and how it ends.
struct CheckTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir bin lib
      echo 'int gone(void), lost(void); int f(void) { return gone() + lost(); }' > f.c
      echo 'int unused(void) { return 0; }' > u.c
      echo 'int f(void); int main(void) { return f(); }' > main.c
      echo 'int main(void) { return 0; }' > fine.c
      gcc -shared -fPIC -Wl,-soname,libf.so -o lib/libf.so f.c
      gcc -shared -fPIC -Wl,-soname,libu.so -o lib/libu.so u.c
      gcc -o bin/main main.c -Llib -lf -Wl,--no-as-needed -lu -Wl,--allow-shlib-undefined \
        -Wl,--enable-new-dtags '-Wl,-rpath,$ORIGIN/../lib'
      gcc -o bin/fine fine.c
      """, in: scratch.url)
  }

  func check(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "check"] + arguments, in: scratch.url)
  }

  struct Document: Decodable {
    struct Finding: Decodable {
      struct Evidence: Decodable {
        let symbol: String?
        let library: String?
        let symbols: [String]?
        let release: String?
      }
      let bundle: String?
      let rule: String
      let severity: String
      let object: String
      let message: String
      let remedy: String
      let evidence: Evidence
      let chain: [String]
      let programs: [String]
    }
    struct Program: Decodable {
      struct Floor: Decodable {
        let package: String
        let release: String
        let version: String
        let object: String
      }
      let bundle: String?
      let path: String
      let fails: Bool
      let floors: [Floor]
    }
    let schemaVersion: Int
    let root: String
    let programs: [Program]
    let findings: [Finding]
  }

  func document(_ arguments: String...) throws -> Document {
    let result = try Shell.run([Project.command, "check", "--json"] + arguments, in: scratch.url)
    return try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
  }

  func names(_ document: Document) -> [String] {
    document.findings.map { "\($0.rule) \(URL(fileURLWithPath: $0.object).lastPathComponent)" }
  }

  @Test func `problems are told by object, with evidence and remedy, in eighty columns`() throws {
    let result = try check("bin/main")
    #expect(result.status == 1)
    // The place is longer than it will be for anybody, and a line of its own.
    let output = result.output.replacing(scratch.path, with: "{place}")
      .replacing("loaded by\n      ", with: "loaded by ")
    #expect(
      output.hasPrefix(
        """
        {place}/bin/../lib/libf.so
          fails [undefined-symbol]
            2 symbols are undefined
              lost, gone
            loaded by {place}/bin/main
            fix: link it with the library that defines it, or check the program that
              loads both

        {place}/bin/main
          note [unused-library]
            it uses no symbol of libu.so
            fix: link with -Wl,--as-needed, or leave the library out

        glibc 2.34 or later is needed:
        """), "\(result.output)")
    #expect(result.output.hasSuffix("1 file checked: 2 failures, 1 note\n"))
    #expect(result.errors == "")
  }

  @Test func `a program without problems says so, and ends with 0`() throws {
    let result = try check("bin/fine")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("1 file checked: no problems\n"))
  }

  @Test func `what is only noted doesn't fail the check`() throws {
    try Shell.bash(
      "gcc -o bin/notes fine.c -Llib -Wl,--no-as-needed -lu '-Wl,-rpath,$ORIGIN/../lib'",
      in: scratch.url)
    let result = try check("bin/notes")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("1 file checked: 1 note\n"))
  }

  @Test func `JSON has the evidence of each finding, once, with all programs`() throws {
    let document = try document("bin")
    #expect(document.schemaVersion == 1 && document.root == "/")
    #expect(document.programs.map(\.path) == ["fine", "main"].map { scratch.path + "/bin/" + $0 })
    #expect(document.programs.map(\.fails) == [false, true])
    #expect(
      names(document) == [
        "undefined-symbol libf.so", "undefined-symbol libf.so", "unused-library main",
      ])
    let finding = try #require(document.findings.first)
    #expect(Set(document.findings.compactMap(\.evidence.symbol)) == ["gone", "lost"])
    #expect(finding.severity == "fails" && !finding.message.isEmpty && !finding.remedy.isEmpty)
    #expect(
      finding.chain.map { URL(fileURLWithPath: $0).lastPathComponent } == ["main", "libf.so"])
    #expect(finding.programs == [scratch.path + "/bin/main"])
  }

  @Test func `SARIF names files as a checkout has them`() throws {
    struct Log: Decodable {
      struct Run: Decodable { let results: [Result] }
      struct Result: Decodable {
        struct Location: Decodable { let physicalLocation: Place }
        struct Place: Decodable { let artifactLocation: Artifact }
        struct Artifact: Decodable { let uri: String }
        let ruleId: String
        let locations: [Location]
      }
      let runs: [Run]
      var uris: [String] {
        runs[0].results.map { $0.locations[0].physicalLocation.artifactLocation.uri }
      }
    }
    func uris(in directory: URL, _ arguments: String...) throws -> Set<String> {
      let result = try Shell.run(
        [Project.command, "check", "--sarif"] + arguments, in: directory)
      #expect(result.status == 1)
      return Set(try JSONDecoder().decode(Log.self, from: Data(result.output.utf8)).uris)
    }
    #expect(try uris(in: scratch.url, "bin/main") == ["bin/main", "lib/libf.so"])
    #expect(
      try uris(in: scratch.url.appendingPathComponent("lib"), "../bin/main")
        == ["file://\(scratch.path)/bin/main", "libf.so"])
    // A root of its own, which has no libc: the file is where it is on this machine.
    #expect(
      try uris(in: URL(fileURLWithPath: "/"), "--root", scratch.path, "/lib/libf.so")
        .contains("file://\(scratch.path)/lib/libf.so"))
  }

  // MARK: Bundles

  @Test(arguments: ["x.tar", "x.tar.gz", "x.oci.tar", "x.cpio", "y.tar", "layout"])
  func `archives and images are checked as roots of their own`(name: String) throws {
    try Shell.bash(
      """
      '\(Project.command)' bin/main --install /app/bin/main --output x.tar.gz --output x.oci.tar --output x.cpio \
        --output x.tar --quiet
      mkdir layout root; tar -xf x.oci.tar -C layout
      # Another writer's, with a name that has to be escaped.
      tar -xf x.tar -C root; tar -cf y.tar -C root .
      """, in: scratch.url)
    let document = try document(name, "bin/fine")
    #expect(Set(names(document)) == ["undefined-symbol libf.so", "unused-library main"])
    #expect(document.findings.allSatisfy { $0.bundle == name })
    #expect(document.programs.first?.bundle == nil)
    #expect(
      document.programs.contains { $0.path == "/app/bin/main" && $0.bundle == name && $0.fails })
    #expect(document.programs.contains { $0.path.hasSuffix("libc.so.6") && $0.bundle == name })
    let text = try check(name)
    #expect(text.status == 1 && text.errors == "")
    #expect(text.output.hasPrefix("\(name):\n/app/"))
    #expect(text.output.contains("  fails [undefined-symbol]\n"))
  }

  @Test func `in a bundle, a plugin may use what a program of it defines`() throws {
    try Shell.bash(
      """
      echo 'int host(void), alone(void); int p(void) { return host() + alone(); }' > p.c
      echo 'int host(void) { return 0; } int main(void) { return 0; }' > h.c
      mkdir -p root/bin root/plugins; gcc -shared -fPIC -o root/plugins/p.so p.c
      gcc -rdynamic -o root/bin/host h.c
      cp --parents -L $(ldd root/bin/host | grep -o '/[^ ]*') root; tar -cf x.tar -C root .
      """, in: scratch.url)
    let document = try document("x.tar")
    #expect(document.findings.compactMap(\.evidence.symbol) == ["alone"])
    // By itself, it is what ldd -r says.
    let plugin = try self.document("root/plugins/p.so")
    #expect(Set(plugin.findings.compactMap(\.evidence.symbol)) == ["alone", "host"])
  }

  @Test func `what is wrong with an image itself is told, and counts`() throws {
    try Shell.bash(
      """
      '\(Project.command)' bin/fine --output x.oci.tar --quiet --label a=bbbbbb --compression none
      LC_ALL=C sed -i 's/bbbbbb/cccccc/' x.oci.tar
      """, in: scratch.url)
    let result = try check("x.oci.tar")
    #expect(result.status == 1 && result.errors.contains("its digest is sha256:"))
  }

  @Test func `a bundle can't be looked at below another root, and a broken one is refused`() throws
  {
    try Shell.bash("tar -cf x.tar bin; head -c 4000 x.tar > y.tar", in: scratch.url)
    let rooted = try check("--root", "/usr", "x.tar")
    #expect(rooted.status == 2 && rooted.errors.contains("x.tar is a root of its own"))
    let broken = try check("y.tar")
    #expect(broken.status == 3 && broken.output.contains("not checked: y.tar"))
    #expect(broken.errors.split(separator: "\n").count == 1)
    // A text is no archive: the error is that of a file that was named.
    #expect(try check("f.c").errors.contains("not an ELF file"))
  }

  // MARK: Gates

  @Test func `the floor is what readelf shows to be the newest version`() throws {
    for path in ["bin/main", "/usr/bin/git", "/bin/ls"] {
      let document = try document(path)
      let floor = try #require(document.programs.first?.floors.first { $0.package == "glibc" })
      let highest = try Shell.bash(
        """
        { echo \(path); ldd \(path) | sed -n 's/.*=> \\(.*\\) (.*/\\1/p' | grep -v libc.so.6; } |
          xargs readelf --wide --version-info 2>/dev/null |
          sed -n 's/.*Name: GLIBC_\\([0-9.]*\\) .*/\\1/p' | sort --version-sort | tail -n 1
        """, in: scratch.url)
      #expect(floor.release == highest.trimmingCharacters(in: .whitespacesAndNewlines), "\(path)")
      #expect(floor.version == "GLIBC_" + floor.release)
    }
  }

  @Test func `a gate is met or not, and says what stands against it`() throws {
    let release = try #require(try document("bin/fine").programs.first?.floors.first?.release)
    #expect(try check("--max-glibc", release, "bin/fine").status == 0)
    let result = try check("--max-glibc", "2.4", "bin/fine")
    #expect(result.status == 1)
    #expect(result.output.contains("not as demanded [glibc-floor]"))
    #expect(result.output.contains("__libc_start_main"))
    #expect(try check("--max-cpu", "x86-64", "bin/fine").status == 0)
    #expect(try check("--require", "pie,nx", "--require", "relro", "bin/fine").status == 0)
    #expect(try check("--require", "bind-now,pie", "bin/fine").status == 1)
  }

  @Test func `a configuration file may hold the gates`() throws {
    try scratch.write(
      "files = [\"bin/fine\"]\n[check]\nmax-glibc = \"2.4\"\n", to: "rootfs-pack.toml")
    #expect(try check().output.contains("not as demanded [glibc-floor]"))
    #expect(try check("--max-glibc", "99").status == 0)
    #expect(try check("--no-max-glibc").status == 0)
  }

  @Test func `a rule can be left out`() throws {
    let result = try check("--ignore", "undefined-symbol,unused-library", "bin/main")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("no problems\n"))
  }

  // MARK: Files

  @Test func `scripts are checked by what reads them`() throws {
    try Shell.bash(
      """
      printf '#!/nonesuch/sh\\n' > bin/lost.sh; printf '#!/usr/bin/env no-such-program\\n' > bin/env.sh
      printf '#!/bin/sh\\n' > bin/fine.sh; printf '#!/nonesuch/sh\\n' > bin/data.txt
      printf '#!bin/fine\\n' > bin/relative.sh; chmod +x bin/*.sh
      """, in: scratch.url)
    let document = try document("--ignore", "undefined-symbol,unused-library", "bin")
    #expect(
      names(document) == [
        "missing-interpreter env.sh", "missing-interpreter lost.sh",
        "relative-interpreter relative.sh",
      ])
    #expect(document.programs.count == 6)
    #expect(try check("bin/fine.sh").status == 0)
  }

  @Test func `a file that was cut off is a finding, one that is no program an error`() throws {
    try Shell.bash("mkdir cut; head -c 3000 bin/fine > cut/cut; echo text > text", in: scratch.url)
    let cut = try check("cut")
    #expect(cut.status == 1 && cut.output.contains("fails [truncated-file]"))
    let text = try check("text", "bin/fine")
    #expect(text.status == 3 && text.errors.contains("text: not an ELF file"))
    #expect(text.output.hasPrefix("not checked: "))
    #expect(text.output.hasSuffix("1 file checked: 1 fault\n"))
  }

  @Test func `what is opened is checked too`() throws {
    #expect(try check("--load", "libf.so", "--library-path", "lib", "bin/fine").status == 1)
  }

  // MARK: Usage

  static let misuses: [(arguments: [String], says: String)] = [
    ([], "Missing expected argument"), (["--json", "--sarif", "bin"], "choose one way"),
    (["--max-glibc", "new", "bin"], "--max-glibc new: must be numbers"),
    (["--max-cpu", "v2", "bin"], "must be one of x86-64, x86-64-v2"),
    (["--require", "everything", "bin"], "--require 'everything': there is no such thing"),
    (["--ignore", "x", "bin"], "--list-rules names them"),
  ]

  @Test(arguments: misuses)
  func `wrong usage is told in one line`(row: (arguments: [String], says: String)) throws {
    let result = try Shell.run([Project.command, "check"] + row.arguments, in: scratch.url)
    #expect(result.status == 2)
    #expect(result.errors.contains(row.says), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `the list of rules has what reports name`() throws {
    let result = try check("--list-rules")
    #expect(result.status == 0)
    let rules = result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    #expect(Set(rules).count == rules.count)
    for finding in try document("bin").findings { #expect(rules.contains("\(finding.rule)")) }
  }
}
