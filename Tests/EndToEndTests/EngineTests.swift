import Foundation
import TestSupport
import Testing

/// What needs real container engines, each started for the test alone; one after the other, since each
/// keeps all processors busy.
@Suite(.serialized)
struct EngineTests {
  /// Both Dockerfiles through docker, and the same runtime.tar through podman.
  @Test func `the image of the sample server runs under docker and podman`() throws {
    try run("scripts/engines/test-images.sh")
  }

  /// Docker, podman, skopeo, umoci, containerd, a registry, archivers, and a machine that boots.
  @Test func `every format is taken by whatever reads it`() throws {
    try run("scripts/engines/test-formats.sh", Project.command)
  }

  func run(_ command: String...) throws {
    let asRoot = getuid() == 0 ? [] : ["sudo", "--non-interactive", "--preserve-env"]
    let result = try Shell.run(asRoot + command, in: Project.directory)
    let lines = result.output.split(separator: "\n")
    let totals = lines.last.map(String.init) ?? ""
    print("engines: \(totals)")
    let failures = lines.filter { !$0.hasPrefix("ok ") }.joined(separator: "\n")
    #expect(result.status == 0, "\(failures.suffix(4000))\n\(result.errors.suffix(4000))")
    #expect(totals.hasSuffix(" passed, 0 failed") && !totals.hasPrefix("0 "))
  }
}
