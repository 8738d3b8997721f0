import Foundation
import TestSupport
import Testing

/// Archives and images that are changed at random: no crash, no end that doesn't come, nothing left behind, and
/// no file that is taken for another than other readers take it for.
struct ArchiveMutantTests {
  @Test(arguments: [1, 2])
  func `mutants are refused, or read as other readers read them`(seed: Int) throws {
    let generator = Project.directory.appendingPathComponent("fixtures/images")
      .appendingPathComponent("mutants.py").path
    let result = try Shell.run([
      "python3", generator, Project.command, "--seed", "\(seed)", "--count", "120",
    ])
    #expect(result.status == 0, "\(result.output) \(result.errors)")
    #expect(result.output.hasSuffix("; 0 faults\n"))
    // Some of each: otherwise nothing is held against anything.
    for code in ["0", "1"] { #expect(result.output.contains("ended with \(code)")) }
  }
}
