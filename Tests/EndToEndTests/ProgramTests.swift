import Foundation
import TestSupport
import Testing

/// A program of `fixtures/programs`, packed out of the root that `scripts/program-root.sh` made.
struct PackedProgram: CustomTestStringConvertible, Sendable {
  let name: String
  /// Presets of what was found for it; two where either alone brings what it starts with.
  let preset: String
  /// The step of the proof that fails without that.
  let step: String

  static let all = [
    PackedProgram(name: "nginx", preset: "nginx,files", step: "start"),
    PackedProgram(name: "apache", preset: "apache", step: "start"),
    PackedProgram(name: "haproxy", preset: "directories", step: "start"),
    PackedProgram(name: "sshd", preset: "files", step: "start"),
    PackedProgram(name: "curl", preset: "ca-certificates", step: "fetch over TLS"),
    PackedProgram(name: "redis", preset: "nss", step: "take a value"),
    PackedProgram(name: "postgresql", preset: "shell", step: "make a cluster"),
    PackedProgram(name: "git", preset: "shell", step: "clone over file"),
    PackedProgram(name: "gnupg", preset: "gnupg", step: "make a key"),
    PackedProgram(name: "imagemagick", preset: "imagemagick", step: "draw"),
    PackedProgram(name: "file", preset: "files", step: "tell"),
    PackedProgram(name: "guile", preset: "files", step: "count"),
    PackedProgram(name: "shell", preset: "commands", step: "run"),
    PackedProgram(name: "python", preset: "python", step: "run"),
    PackedProgram(name: "perl", preset: "perl", step: "run"),
    PackedProgram(name: "ruby", preset: "ruby", step: "run"),
    PackedProgram(name: "lua", preset: "lua", step: "run"),
    PackedProgram(name: "php", preset: "php", step: "run"),
    PackedProgram(name: "node", preset: "node", step: "run"),
    PackedProgram(name: "java", preset: "java", step: "run"),
    PackedProgram(name: "erlang", preset: "erlang", step: "run"),
    PackedProgram(name: "mono", preset: "mono", step: "start"),
    PackedProgram(name: "mkbundle", preset: "mono", step: "start"),
  ]

  var testDescription: String { name }

  /// Has it prove that it does its job.
  func prove(_ options: String...) throws -> Shell.Result {
    let asRoot = getuid() == 0 ? [] : ["sudo", "--non-interactive"]
    // A server that doesn't end is a failure like others.
    let proof = ["timeout", "--kill-after=10", "600", "scripts/programs/prove.sh"]
    return try Shell.run(
      asRoot + proof + [Project.command, Corpora.programs, name] + options, in: Project.directory)
  }
}

/// Programs of Debian's, each with nothing but its bundle around it; one after the other, since each
/// keeps all processors busy.
@Suite(.serialized)
struct ProgramTests {
  @Test(arguments: PackedProgram.all)
  func `a program does its job with nothing but its bundle`(program: PackedProgram) throws {
    let result = try program.prove()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasSuffix("\(program.name) does its job\n"))
  }

  @Test(arguments: PackedProgram.all)
  func `without what was found for it, it doesn't, so the proof can fail`(
    program: PackedProgram
  ) throws {
    let result = try program.prove("--without", program.preset)
    #expect(result.status == 1)
    #expect(
      result.errors.split(separator: "\n").contains("\(program.name): failed at: \(program.step)"),
      "\(result.errors)")
  }
}
