import Foundation
import TestSupport
import Testing

/// A machine that `fixtures/parity/build-foreign.sh` compiles for.
struct ForeignMachine: CustomTestStringConvertible, Sendable {
  let name: String
  /// The root with its loader.
  let root: String
  let loader: String
  /// qemu's name of the machine; nil where the host's kernel runs it.
  var emulator: String?
  /// The programs that the command is known to see otherwise than the loader.
  var known: Set<String> = []

  /// The loader's version isn't read where its constants share a segment with its code.
  private static let tls: Set = ["taken/a-library-in-a-tls-directory"]
  private static let threeVersions: Set = ["fatal/a-gnu-abi-version-too-high"]
  /// Nor are its directories.
  private static let constants: Set = ["tokens/lib", "defaults/in-order"]
  private static let mips: Set = [
    "passed-over/not-a-number-of-2008", "passed-over/the-other-32-bit-abi",
    "passed-over/wide-registers-for-floats", "taken/an-abi-version-of-the-plain-os-abi",
    "taken/the-last-gnu-abi-version",
  ]

  private static let muslByteOrder: Set = ["taken/the-mark-of-the-other-byte-order"]

  static let all = [
    ForeignMachine(
      name: "arm64", root: "arm64", loader: "/lib/ld-linux-aarch64.so.1", emulator: "aarch64",
      known: tls.union(threeVersions)),
    ForeignMachine(
      name: "arm64-elsewhere", root: "arm64", loader: "/lib/ld-linux-aarch64.so.1",
      emulator: "aarch64", known: tls.union(threeVersions).union(constants)),
    ForeignMachine(
      name: "armhf", root: "armhf", loader: "/lib/ld-linux-armhf.so.3", emulator: "arm",
      known: tls.union(threeVersions)
        .union([
          "passed-over/a-library-for-floats-in-software", "taken/the-os-abi-of-arm", "cache/known",
        ])),
    ForeignMachine(name: "i386", root: "i386", loader: "/lib/ld-linux.so.2"),
    ForeignMachine(
      name: "i386-lib32", root: "amd64", loader: "/lib/ld-linux.so.2",
      known: ["passed-over/the-other-byte-order"]),
    ForeignMachine(
      name: "mips", root: "mips", loader: "/lib/ld.so.1", emulator: "mips", known: tls.union(mips)),
    ForeignMachine(
      name: "mips-n32", root: "mips", loader: "/lib32/ld.so.1", emulator: "mipsn32",
      known: tls.union(mips).union(constants)),
    ForeignMachine(
      name: "powerpc", root: "powerpc", loader: "/lib/ld.so.1", emulator: "ppc",
      known: tls.union(constants).union(["passed-over/the-other-byte-order"])),
    ForeignMachine(
      name: "ppc64el", root: "ppc64el", loader: "/lib64/ld64.so.2", emulator: "ppc64le",
      known: tls.union(["passed-over/the-other-abi"])),
    ForeignMachine(
      name: "riscv64", root: "riscv64", loader: "/lib/ld-linux-riscv64-lp64d.so.1",
      emulator: "riscv64", known: tls.union(["passed-over/another-abi-of-floats"])),
    ForeignMachine(
      name: "s390x", root: "s390x", loader: "/lib/ld64.so.1", emulator: "s390x",
      known: tls.union(threeVersions)),
    ForeignMachine(
      name: "arm64-musl", root: "arm64", loader: "/lib/ld-musl-aarch64.so.1", emulator: "aarch64",
      known: muslByteOrder),
    ForeignMachine(
      name: "armhf-musl", root: "armhf", loader: "/lib/ld-musl-armhf.so.1", emulator: "arm",
      known: muslByteOrder),
    ForeignMachine(
      name: "s390x-musl", root: "s390x", loader: "/lib/ld-musl-s390x.so.1", emulator: "s390x",
      known: muslByteOrder),
  ]

  var testDescription: String { name }
}

/// The rules that differ between machines, on programs compiled for them: what is in the way, the
/// values of tokens, the default directories.
struct ForeignFixtureTests {
  @Test(arguments: ForeignMachine.all)
  func `what is found on another machine is what its real loader loads`(
    machine: ForeignMachine
  ) throws {
    let scratch = try TemporaryDirectory()
    let build = try Shell.run([
      "bash", Project.directory.path + "/fixtures/parity/build-foreign.sh", machine.name,
      Corpora.root(machine.root), scratch.path,
    ])
    try #require(build.status == 0, "\(build.errors)")
    let report = try ParityReport(
      "--root", scratch.path, "--loader", machine.loader,
      "--emulator", machine.emulator.map { "/qemu-" + $0 } ?? "", "/subjects")
    print("parity: \(machine.name), compiled: \(report.totals)")
    #expect(report.compared >= 6)
    #expect(
      report.paths == Set(machine.known.map { "/subjects/" + $0 }),
      "\(report.lines.joined(separator: "\n"))")
    try expectOutcomes(of: machine, in: scratch)
  }

  /// A fixture shows what its directory's name says.
  private func expectOutcomes(of machine: ForeignMachine, in root: TemporaryDirectory) throws {
    let subjects = try FileManager.default.subpathsOfDirectory(atPath: root.path + "/subjects")
      .filter { $0.contains("/") && !machine.known.contains($0) }.sorted()
    for subject in subjects {
      let result = try Shell.run([
        Project.command, "inspect", "--json", "--root", root.path, "/subjects/" + subject,
      ])
      let document = try JSONDecoder().decode(
        InspectedSubject.Document.self, from: Data(result.output.utf8))
      let outcome = try #require(document.subjects.first).outcome
      let found = outcome.objects.map(\.path)
      let name = subject.split(separator: "/")[1]
      switch subject.split(separator: "/")[0] {
      // musl's loader stands behind it, which it is itself.
      case "passed-over": #expect(found.first == "/good/libx.so", "\(subject)")
      case "taken": #expect(found.first?.hasPrefix("/decoys/\(name)/") == true, "\(subject)")
      case "fatal": #expect(outcome.isFatal, "\(subject)")
      case "defaults": #expect(outcome.missing.isEmpty, "\(subject)")
      case "cache": #expect(found.count == 5 && outcome.missing.count == 1, "\(subject)")
      default: #expect(subject == "tokens/platform" || found.count == 1, "\(subject)")
      }
    }
  }
}
