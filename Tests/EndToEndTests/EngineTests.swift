import Foundation
import TestSupport
import Testing

/// Both Dockerfiles through docker, and the same runtime.tar through podman.
struct EngineTests {
  @Test func `the image of the sample server runs under docker and podman`() throws {
    let asRoot = getuid() == 0 ? [] : ["sudo", "--non-interactive", "--preserve-env"]
    let result = try Shell.run(
      asRoot + ["scripts/engines/test-images.sh"], in: Project.directory)
    let totals = result.output.split(separator: "\n").last.map(String.init) ?? ""
    print("engines: \(totals)")
    #expect(result.status == 0, "\(result.output.suffix(4000))\n\(result.errors.suffix(4000))")
    #expect(totals.hasSuffix(" passed, 0 failed") && !totals.hasPrefix("0 "))
  }
}
