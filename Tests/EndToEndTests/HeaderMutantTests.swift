import Foundation
import TestSupport
import Testing

/// Files that differ from what a linker wrote in one field of a header, held against the real loaders.
struct HeaderMutantTests {
  /// What is changed: a program, or a library of a program that stays as it is.
  struct Subject: CustomTestStringConvertible, Sendable {
    let name: String
    /// C of the program.
    let program: String
    /// C of the library; nil where the program is changed.
    var library: String?
    var compiler = "gcc"
    var muslLoader: String?
    /// How many files there are, at least.
    let count: Int

    var testDescription: String { name }
  }

  /// It has what headers can speak of: constants, data, zeros behind them, thread-local data, functions
  /// that run before and calls into other libraries.
  static let library = """
    #include <stdlib.h>
    int data = 1, zeros[3000];
    static int begun;
    __thread int own = 2;
    __attribute__((constructor)) static void begin(void) { begun = atoi("1"); }
    int f(void) { return data + begun + own - 3 + zeros[2999]; }
    """

  static let program = """
    #include <math.h>
    #include <stdio.h>
    volatile double x = 2;
    __thread int own = 2;
    int zeros[3000];
    int main(void) {
      if (own != 2 || zeros[2999]) return 9;
      return printf("%f\\n", sqrt(sin(x))) < 0;
    }
    """

  static let caller = "int f(void); int main(void) { return f() - 1; }"

  static let all = [
    Subject(name: "a program", program: program, count: 1_900),
    Subject(name: "a library of glibc's", program: caller, library: library, count: 1_500),
    Subject(
      name: "a library of musl's", program: caller, library: library, compiler: "musl-gcc",
      muslLoader: "/lib/ld-musl-x86_64.so.1", count: 1_200),
  ]

  @Test(arguments: all)
  func `what differs in one field of a header is judged as the loader judges it`(
    subject: Subject
  ) throws {
    let scratch = try TemporaryDirectory()
    let programs = try write(subject, in: scratch)
    let loader = try LoaderVerdict.verdicts(
      on: programs.map(\.path), muslLoader: subject.muslLoader, in: scratch)
    let command = try CommandVerdicts(on: programs.map(\.path))
    var counts: [String: Int] = [:]
    var differences: [String] = []
    for program in programs {
      let verdict = try #require(loader[program.path])
      counts[verdict.rawValue, default: 0] += 1
      let inspect = command.inspectIsGreen(program.path)
      let check = command.checkIsGreen(program.path)
      // `inspect` binds no symbols, which `check` does.
      let agrees =
        switch verdict {
        case .runs: inspect && check
        case .refused: !(inspect && check)
        case .loaded: true
        }
      if agrees { continue }
      if LoaderChance.all.contains(where: { $0.explains(program.mutant, verdict, subject) }) {
        counts["by chance", default: 0] += 1
        continue
      }
      differences.append(
        "\(program.mutant.name): \(verdict), inspect \(inspect ? "green" : "red"), "
          + "check \(check ? "green" : "red") \(command.rules[program.path]?.sorted() ?? [])")
    }
    let totals = counts.sorted { $0.key < $1.key }.map { "\($1) \($0)" }
    print("mutants: \(subject.name): \(programs.count) files, \(totals.joined(separator: ", "))")
    #expect(programs.count >= subject.count)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    #expect(counts["by chance", default: 0] <= programs.count / 100)
  }

  private struct Program {
    let path: String
    let mutant: HeaderMutants.Mutant
  }

  private func write(_ subject: Subject, in scratch: TemporaryDirectory) throws -> [Program] {
    try scratch.write(subject.program, to: "program.c")
    try scratch.write(subject.library ?? "", to: "library.c")
    try Shell.bash(
      subject.library == nil
        ? "\(subject.compiler) -o program program.c -lm"
        : """
        \(subject.compiler) -shared -fPIC -o libf.so library.c
        \(subject.compiler) -o program program.c -L. -lf '-Wl,-rpath,$ORIGIN'
        """, in: scratch.url)
    let changed = subject.library == nil ? "program" : "libf.so"
    let mutants = HeaderMutants(
      bytes: Array(try Data(contentsOf: scratch.url.appendingPathComponent(changed))))
    return try mutants.all.map { mutant in
      let directory = scratch.url.appendingPathComponent("mutants/" + mutant.name)
      let manager = FileManager.default
      try manager.createDirectory(at: directory, withIntermediateDirectories: true)
      let file = directory.appendingPathComponent(changed)
      try Data(mutants.bytes(of: mutant)).write(to: file)
      let program = directory.appendingPathComponent("program")
      if subject.library == nil {
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      } else {
        try manager.linkItem(at: scratch.url.appendingPathComponent("program"), to: program)
      }
      return Program(path: program.path, mutant: mutant)
    }
  }
}

/// What no header decides: the same file runs in one place and dies in another.
struct LoaderChance {
  /// Why that is so.
  let reason: String
  let explains: @Sendable (HeaderMutants.Mutant, LoaderVerdict, HeaderMutantTests.Subject) -> Bool

  static let all = [
    LoaderChance(
      reason: "PT_GNU_RELRO before the object protects what happens to be mapped there, or nothing"
    ) { mutant, verdict, subject in
      mutant.field.name == "RELRO0.p_vaddr" && mutant.value > .max / 2 && verdict == .runs
        && subject.library != nil
    },
    LoaderChance(
      reason: "whether a look-up dies in a table of nonsense depends on the names looked up"
    ) { mutant, _, _ in
      mutant.leads(to: [hash, gnuHash])
    },
    LoaderChance(
      reason: "a version beyond glibc's table is whatever its heap has there"
    ) { mutant, verdict, _ in
      mutant.leads(to: [symbolVersions]) && verdict == .runs
    },
    LoaderChance(
      reason: "relocations write into what is read as symbols, as far as they were done by then"
    ) { mutant, verdict, _ in
      mutant.leads(to: [symbols]) && verdict == .refused
    },
    LoaderChance(
      reason: "musl copies what is too long for thread-local data over its own data behind that"
    ) { mutant, verdict, subject in
      mutant.field.name.hasPrefix("TLS0.") && subject.muslLoader != nil && verdict == .refused
    },
  ]

  private static let hash: UInt64 = 4
  private static let symbols: UInt64 = 6
  private static let gnuHash: UInt64 = 0x6FFF_FEF5
  private static let symbolVersions: UInt64 = 0x6FFF_FFF0
}

extension HeaderMutants.Mutant {
  /// Whether it makes an entry of the dynamic section lead elsewhere that had or gets one of some tags.
  fileprivate func leads(to tags: [UInt64]) -> Bool {
    switch field.kind {
    case "d_val": field.tag.map(tags.contains) ?? false
    case "d_tag": tags.contains(value)
    default: false
    }
  }
}
