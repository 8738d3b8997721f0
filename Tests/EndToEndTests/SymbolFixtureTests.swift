import TestSupport
import Testing

/// Compiled programs for each rule by which symbols are bound, held against the real loader.
struct SymbolFixtureTests {
  /// Each library is replaced after linking, as by an update that breaks its users or doesn't.
  struct Fixture: CustomTestStringConvertible, Sendable {
    let name: String
    /// C of the program; its main function.
    let program: String
    var programFlags = ""
    /// C of the library that the program is linked with, and of the one that takes its place.
    let before: String
    let after: String
    /// A linker's version script for each.
    var versionsBefore = ""
    var versionsAfter = ""
    var libraryFlags = ""
    /// How many symbols the loader finds undefined.
    let undefined: Int

    var testDescription: String { name }
  }

  static let call = "int f(void); int main(void) { return f(); }"
  static let f = "int f(void) { return 0; }"
  static let other = "int other(void) { return 0; }"

  static let all: [Fixture] = [
    Fixture(name: "a symbol that is there", program: call, before: f, after: f, undefined: 0),
    Fixture(name: "a symbol that is gone", program: call, before: f, after: other, undefined: 1),
    Fixture(
      name: "a symbol that is gone, by the old hash table", program: call, before: f, after: other,
      libraryFlags: "-Wl,--hash-style=sysv", undefined: 1),
    Fixture(
      name: "a symbol that is there, by the old hash table", program: call, before: f, after: f,
      libraryFlags: "-Wl,--hash-style=sysv", undefined: 0),
    Fixture(
      name: "a weak symbol that is gone",
      program: "__attribute__((weak)) int f(void); int main(void) { return f ? f() : 0; }",
      before: f, after: other, undefined: 0),
    Fixture(
      name: "a symbol that became hidden", program: call, before: f,
      after:
        "__attribute__((visibility(\"hidden\"))) int f(void) { return 0; } int g(void) { return f(); }",
      undefined: 1),
    Fixture(
      name: "a symbol that became protected", program: call, before: f,
      after: "__attribute__((visibility(\"protected\"))) int f(void) { return 0; }", undefined: 0),
    Fixture(
      name: "an address of a function",
      program: "int f(void); int (*p)(void) = f; int main(void) { return p(); }",
      before: f, after: other, undefined: 1),
    Fixture(
      name: "an address of a function that the library takes as well",
      program:
        "int f(void); int g(int (*p)(void)) { return p(); } int main(void) { return g(f) + f(); }",
      programFlags: "-no-pie -fno-pie",
      before: f, after: "int f(void); int (*p)(void) = f; int other(void) { return p(); }",
      undefined: 1),
    Fixture(
      name: "copied data that is gone", program: "extern int d; int main(void) { return d; }",
      programFlags: "-no-pie -fno-pie", before: "int d = 1;", after: other, undefined: 1),
    Fixture(
      name: "copied data that is there", program: "extern int d; int main(void) { return d; }",
      programFlags: "-no-pie -fno-pie", before: "int d = 1;", after: "int d = 2;", undefined: 0),
    Fixture(
      name: "thread-local data that is gone",
      program: "extern __thread int t; int main(void) { return t; }", before: "__thread int t;",
      after: other, undefined: 1),
    Fixture(
      name: "thread-local data at the beginning of its block",
      program: "extern __thread int t; int main(void) { return t; }", before: "__thread int t;",
      after: "__thread int t;", undefined: 0),
    Fixture(
      name: "a library that binds its own symbols first", program: call, before: f,
      after: "int gone(void); int f(void) { return gone(); } int g(void) { return f(); }",
      libraryFlags: "-Wl,-Bsymbolic", undefined: 1),
    Fixture(
      name: "a callback of the program's",
      program: "int f(void); int callback(void) { return 0; } int main(void) { return f(); }",
      programFlags: "-rdynamic", before: f,
      after: "int callback(void); int f(void) { return callback(); }", undefined: 0),
    Fixture(
      name: "an indirect function", program: call, before: f,
      after:
        "static int g(void) { return 0; } static void *pick(void) { return g; } int f(void) __attribute__((ifunc(\"pick\")));",
      undefined: 0),
  ]

  static let versioned: [Fixture] = [
    Fixture(
      name: "a symbol that left its version", program: call, before: f,
      after: "int f(void) { return 0; } int g(void) { return 0; }", versionsBefore: "V1 { f; };",
      versionsAfter: "V1 { g; }; V2 { f; };", undefined: 1),
    Fixture(
      name: "a library that lost its versions", program: call, before: f, after: f,
      versionsBefore: "V1 { f; };", undefined: 0),
    Fixture(
      name: "a library that got versions", program: call, before: f, after: f,
      versionsAfter: "V1 { f; };", undefined: 0),
    Fixture(
      name: "a symbol that came with a later version", program: call, before: f,
      after: "int f(void) { return 0; } int g(void) { return 0; }",
      versionsAfter: "V1 { g; }; V2 { f; };", undefined: 0),
    Fixture(
      name: "a symbol of two versions", program: call, before: f,
      after: """
        __asm__(".symver f1,f@V1"); int f1(void) { return 1; }
        __asm__(".symver f2,f@@V2"); int f2(void) { return 2; }
        """, versionsBefore: "V1 { f; };", versionsAfter: "V1 { f; }; V2 { f; };", undefined: 0),
    Fixture(
      name: "a symbol whose only versions are late and hidden", program: call, before: f,
      after: """
        int g(void) { return 0; }
        __asm__(".symver f1,f@V2"); int f1(void) { return 1; }
        __asm__(".symver f2,f@V3"); int f2(void) { return 2; }
        """, versionsAfter: "V1 { g; }; V2 { }; V3 { };", undefined: 1),
  ]

  @Test(arguments: all + versioned)
  func `glibc's loader finds the same symbols undefined`(fixture: Fixture) throws {
    try compare(fixture, compiler: "gcc", loader: "/lib64/ld-linux-x86-64.so.2")
  }

  /// musl takes no version but the default one, and knows no indirect functions.
  static let muslCounts = [
    "an indirect function": 1, "a symbol of two versions": 0, "a symbol that left its version": 0,
  ]

  @Test(arguments: all + versioned)
  func `musl's loader finds the same symbols undefined`(fixture: Fixture) throws {
    try compare(
      fixture, compiler: "musl-gcc", loader: "/lib/ld-musl-x86_64.so.1",
      undefined: Self.muslCounts[fixture.name] ?? fixture.undefined)
  }

  private func compare(
    _ fixture: Fixture, compiler: String, loader: String, undefined: Int? = nil
  ) throws {
    let scratch = try TemporaryDirectory()
    for (name, text) in [
      ("main.c", fixture.program), ("before.c", fixture.before), ("after.c", fixture.after),
      ("before.map", fixture.versionsBefore), ("after.map", fixture.versionsAfter),
    ] {
      try scratch.write(text, to: name)
    }
    try Shell.bash(
      """
      mkdir lib files
      build() {
        map=; [ ! -s $1.map ] || map=-Wl,--version-script=$1.map
        \(compiler) -shared -fPIC -Wl,-soname,libf.so \(fixture.libraryFlags) $map -o $2 $1.c
      }
      build before lib/libf.so
      \(compiler) \(fixture.programFlags) -o files/main main.c -Llib -lf '-Wl,-rpath,$ORIGIN'
      build after files/libf.so
      """, in: scratch.url)
    let report = try ParityReport(of: .symbols, "--loader", loader, scratch.path + "/files/main")
    #expect(report.differences == 0, "\(report.lines)")
    #expect(report.totals.hasPrefix("1 compared, 0 not loaded, \(undefined ?? fixture.undefined) "))
  }
}
