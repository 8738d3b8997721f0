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

  static let all = [
    ForeignMachine(
      name: "arm64", root: "arm64", loader: "/lib/ld-linux-aarch64.so.1", emulator: "aarch64"),
    ForeignMachine(
      name: "arm64-elsewhere", root: "arm64", loader: "/lib/ld-linux-aarch64.so.1",
      emulator: "aarch64"),
    ForeignMachine(
      name: "armhf", root: "armhf", loader: "/lib/ld-linux-armhf.so.3", emulator: "arm"),
    ForeignMachine(name: "i386", root: "i386", loader: "/lib/ld-linux.so.2"),
    ForeignMachine(
      name: "i386-lib32", root: "amd64", loader: "/lib/ld-linux.so.2"),
    ForeignMachine(
      name: "mips", root: "mips", loader: "/lib/ld.so.1", emulator: "mips"),
    ForeignMachine(
      name: "mips-n32", root: "mips", loader: "/lib32/ld.so.1", emulator: "mipsn32"),
    ForeignMachine(
      name: "powerpc", root: "powerpc", loader: "/lib/ld.so.1", emulator: "ppc"),
    ForeignMachine(
      name: "ppc64el", root: "ppc64el", loader: "/lib64/ld64.so.2", emulator: "ppc64le"),
    ForeignMachine(
      name: "riscv64", root: "riscv64", loader: "/lib/ld-linux-riscv64-lp64d.so.1",
      emulator: "riscv64"),
    ForeignMachine(
      name: "s390x", root: "s390x", loader: "/lib/ld64.so.1", emulator: "s390x"),
    ForeignMachine(
      name: "arm64-musl", root: "arm64", loader: "/lib/ld-musl-aarch64.so.1", emulator: "aarch64"),
    ForeignMachine(
      name: "armhf-musl", root: "armhf", loader: "/lib/ld-musl-armhf.so.1", emulator: "arm"),
    ForeignMachine(
      name: "s390x-musl", root: "s390x", loader: "/lib/ld-musl-s390x.so.1", emulator: "s390x"),
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
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
    try expectOutcomes(of: machine, in: scratch)
  }

  /// A fixture shows what its directory's name says.
  private func expectOutcomes(of machine: ForeignMachine, in root: TemporaryDirectory) throws {
    let subjects = try FileManager.default.subpathsOfDirectory(atPath: root.path + "/subjects")
      .filter { $0.contains("/") }.sorted()
    for subject in subjects {
      let result = try Shell.run([
        Project.command, "inspect", "--json", "--root", root.path, "/subjects/" + subject,
      ])
      let document = try JSONDecoder().decode(
        InspectedSubject.Document.self, from: Data(result.output.utf8))
      let outcome = try #require(document.subjects.first).outcome(in: root.path)
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
