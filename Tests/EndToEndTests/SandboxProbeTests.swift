import Foundation
import TestSupport
import Testing

/// Some thousand tries of a program to reach what is outside its sandbox (`fixtures/sandbox/probes.c`).
@Suite(.serialized)
struct SandboxProbeTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  /// How a process outside is scheduled, and what it may use.
  private func state(of process: Process) throws -> String {
    let number = process.processIdentifier
    return try Shell.bash(
      """
      ps -o ni,cls,rtprio,stat= -p \(number); taskset -p \(number); ionice -p \(number)
      prlimit --noheadings -p \(number)
      """)
  }

  @Test(arguments: KilledVerificationTests.starters)
  func `nothing outside is reached, and nothing there changes`(
    starter: (name: String, words: String)
  ) throws {
    let source = Project.directory.appendingPathComponent("fixtures/sandbox/probes.c").path
    try Shell.bash("mkdir -p root/tmp; gcc -static -O1 '\(source)' -o root/probes", in: scratch.url)
    let victim = Process()
    victim.executableURL = URL(fileURLWithPath: "/usr/bin/sleep")
    victim.arguments = ["600"]
    try victim.run()
    defer { victim.terminate() }
    try Shell.bash(
      "until grep -q sleep /proc/\(victim.processIdentifier)/comm; do sleep 0.05; done")
    let before = try state(of: victim)
    let way = starter.words == "env" ? "namespaces" : "chroot"
    let result = try Shell.run(
      starter.words.split(separator: " ").map(String.init) + [
        Project.command, "verify", "root", "--program", "/probes", "--expect-exit", "0",
        "--expect-output", "^0 of ([7-9][0-9][0-9]|[0-9]{4,}) probes got through$",
        "--timeout", "60", "--run", way, "\(victim.processIdentifier)",
      ], in: scratch.url)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains(way == "chroot" ? "in a changed root" : "in namespaces"))
    #expect(victim.isRunning)
    #expect(try state(of: victim) == before)
  }
}
