import FileTree
import TestSupport
import Testing

@testable import Discovery

/// First lines, as the kernel and `env` read them.
struct ScriptTests {
  private func line(_ text: String) -> String? {
    ScriptLine(head: Array(text.utf8)).map { line in
      line.interpreter.description + (line.argument.map { "|\($0)" } ?? "")
    }
  }

  @Test(arguments: [
    ("#!/bin/sh\n", "/bin/sh"), ("#!/bin/sh", "/bin/sh"), ("#! /bin/sh\n", "/bin/sh"),
    ("#!\t/bin/sh\t-e \n", "/bin/sh|-e"), ("#!/bin/sh -e -x\n", "/bin/sh|-e -x"),
    ("#!/bin/sh\r\n", "/bin/sh\\x0D"), ("#!bin/sh\n", "bin/sh"), ("#!/bin/sh\0x\n", "/bin/sh"),
    ("#!\n/bin/sh", nil), ("#!", nil), ("#!   ", nil), ("# !/bin/sh\n", nil), ("", nil),
  ])
  func `a line names an interpreter and one argument`(text: String, expected: String?) {
    #expect(line(text) == expected)
  }

  @Test func `a name that goes on behind what the kernel reads is none`() {
    let long = "#!/" + String(repeating: "a", count: 400)
    #expect(ScriptLine(head: Array(long.utf8.prefix(ScriptLine.size))) == nil)
    // An argument may be cut: the kernel does the same.
    let cut = "#!/bin/sh " + String(repeating: "a", count: 400)
    #expect(ScriptLine(head: Array(cut.utf8.prefix(ScriptLine.size)))?.interpreter == "/bin/sh")
  }

  @Test(arguments: [
    ("python3", "python3"), ("-S python3 -u", "python3"), ("-S -i A=1 B=2 python3", "python3"),
    ("-Spython3", "python3"), ("--split-string=python3 -u", "python3"),
    ("-S -u PATH python3", "python3"), ("-S --chdir /tmp python3", "python3"),
    // Without -S the argument is one word.
    ("python3 -u", "python3 -u"), ("-", nil), ("-S", nil), ("A=1", nil),
  ])
  func `env starts the first word that is no option and sets nothing`(
    argument: String, program: String?
  ) {
    #expect(
      EnvArguments.program(in: ByteString(argument)) == program.map { ByteString($0) })
  }

  private func chain(
    _ files: [RootPath: InMemoryTree.Node]
  ) throws(ScriptError) -> [String]? {
    var root = RootView(tree: InMemoryTree(files))
    return try ScriptChain(of: "/app", in: &root)?.steps.map { step in
      step.path.description + (step.argument.map { " \($0)" } ?? "")
        + (step.isSearched ? " (searched)" : "")
    }
  }

  private static let sh: InMemoryTree.Node = .elf(.program())

  @Test func `a chain ends with the first program that is no script`() throws {
    #expect(
      try chain([
        "/app": .text("#!/bin/a -x\n"), "/bin/a": .text("#!/bin/sh\n"), "/bin/sh": Self.sh,
      ])
        == ["/bin/a -x", "/bin/sh"])
  }

  @Test func `env looks in the directories that engines look in, for what may be executed`() throws
  {
    #expect(
      try chain([
        "/app": .text("#!/usr/bin/env sh\n"), "/usr/bin/env": Self.sh,
        "/usr/local/bin/sh": .text("no program"), "/usr/bin/sh": Self.sh, "/bin/sh": Self.sh,
      ]) == ["/usr/bin/env sh", "/usr/bin/sh (searched)"])
  }

  @Test func `what is no script has no chain`() throws {
    #expect(try chain(["/app": Self.sh]) == nil)
    #expect(try chain(["/app": .text("echo")]) == nil)
  }

  @Test func `what can't be followed is told`() {
    func expect(_ error: ScriptError, _ files: [RootPath: InMemoryTree.Node]) {
      #expect(throws: error) { try chain(files) }
    }
    expect(.missing(script: "/app", interpreter: "/bin/a"), ["/app": .text("#!/bin/a\n")])
    expect(.relative(script: "/app", interpreter: "sh"), ["/app": .text("#!sh\n")])
    expect(
      .notInPath(script: "/app", name: "nowhere"),
      ["/app": .text("#!/usr/bin/env nowhere\n"), "/usr/bin/env": Self.sh])
    expect(.tooDeep(script: "/app"), ["/app": .text("#!/app\n")])
  }
}
