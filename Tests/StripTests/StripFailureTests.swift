import Bundle
import ELF
import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Strip

/// Runs that can't be finished: they say why, and leave nothing.
struct StripFailureTests: StripFixture {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try Self.makeScratch()
  }

  @Test func `without a tool nothing can be stripped`() {
    for searchPath in ["", scratch.path + "/tools", "tools:.:"] {
      #expect {
        try stripper(searchPath: ByteString(searchPath))
      } throws: { error in
        error as? StripError == .noTool
      }
    }
  }

  @Test func `temporary files last as long as the plan, and no longer`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    var stripped: BundlePlan? = try strip(try plan()).plan
    #expect(temporaryFiles.count == 1)
    #expect(stripped?.entries.count == 1)
    stripped = nil
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `a failure leaves no temporary files`() throws {
    try Shell.bash("cc -g -Wl,--build-id=none main.c -o in/main; : > debug", in: scratch.url)
    let plan = try plan()
    #expect(
      throws: StripError.debugFile(FilePath(scratch.path + "/debug/main.debug"), .notDirectory)
    ) {
      try strip(plan, debugDirectory: "debug")
    }
    #expect(temporaryFiles.isEmpty)
  }

  @Test(
    arguments: [
      "echo more >> in/main", "printf x | dd of=in/main bs=1 seek=80 conv=notrunc status=none",
      "cp in/main other; mv other in/main", "touch in/main",
    ])
  func `a source that has changed since the plan is an error`(script: String) throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let plan = try plan()
    try Shell.bash(script, in: scratch.url)
    #expect(throws: StripError.sourceChanged("/main")) { try strip(plan) }
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `a source that changes while the tool works on its copy is an error`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let plan = try plan()
    #expect(throws: StripError.sourceChanged("/main")) {
      try strip(
        plan, script: "touch '\(scratch.path)/in/main'; exec $(command -v eu-strip) \"$@\"")
    }
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `after a failure no further file is begun`() throws {
    try Shell.bash(
      "cc -g main.c -o main; for i in $(seq 100 299); do cp main in/$i; done", in: scratch.url)
    let plan = try plan()
    try Shell.bash("echo more >> in/100", in: scratch.url)
    #expect(throws: StripError.sourceChanged("/100")) {
      try strip(plan, script: "echo \"$3\" >> '\(scratch.path)/started'; sleep 0.1; exit 1")
    }
    let started = try? scratch.text("started").split(separator: "\n").count
    #expect(started ?? 0 < 20)
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `a signal ends the run`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let plan = try plan()
    #expect(throws: StripError.interrupted(signal: 15)) {
      try stripper(searchPath: Self.searchPath) { 15 }.strip(plan, debuggingData: .dropped)
    }
    #expect(temporaryFiles.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a tool that hangs is killed with all that it started, when a signal comes`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let plan = try plan()
    let mark = scratch.path + "/tools/pids"
    #expect(throws: StripError.interrupted(signal: 2)) {
      try strip(
        plan, script: "sleep 600 & echo $! $$ > '\(mark).new'; mv '\(mark).new' '\(mark)'; wait"
      ) { FileManager.default.fileExists(atPath: mark) ? 2 : nil }
    }
    #expect(temporaryFiles.isEmpty)
    // Where nobody collects orphans, one that was killed stays as a zombie.
    let running = try Shell.bash(
      """
      sleep 0.2
      for id in $(cat tools/pids); do
        if [ -e /proc/$id ]; then sed -n 's/^State:\\s*//p' /proc/$id/status; fi
      done
      """, in: scratch.url)
    #expect(running.split(separator: "\n").allSatisfy { $0.hasPrefix("Z") }, "\(running)")
  }

  @Test func `a broken pipe ends a tool, whatever this process does with one`() throws {
    let previous = signal(SIGPIPE, SIG_IGN)
    defer { _ = signal(SIGPIPE, previous) }
    let output = ByteString(scratch.path + "/ignored")
    let ending = try ChildProcess(
      program: "/bin/bash", arguments: ["-c", "kill -PIPE $$; echo ignored"], environment: []
    ).run(output: output) { nil }
    #expect(ending == .killed(signal: SIGPIPE))
  }
}
