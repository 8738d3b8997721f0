import Foundation
import TestSupport
import Testing

/// The sample server, as `scripts/build-sample-server.sh` builds it, packed and run.
struct SampleServerTests {
  static let build = Project.directory.appendingPathComponent(".build/quick-start/install")
  static let additions = ["--add", "server.conf:/etc/sample-server/server.conf"]

  func pack(to archive: String) throws -> Shell.Result {
    try Shell.run(
      [Project.command, "./sample-server", "--output", archive] + Self.additions, in: Self.build)
  }

  @Test func `it answers from inside the packed root and stops cleanly`() throws {
    let scratch = try TemporaryDirectory()
    let archive = scratch.path + "/runtime.tar"
    let result = try pack(to: archive)
    #expect(result.status == 0, "\(result.errors)")
    let size = try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int ?? 0
    #expect(size > 1_000_000 && size <= 32_000_000)
    let proof = try Project.run(
      "verify", archive, "--http", ":8080/", "--http", ":8080/api/status",
      "--http", ":8080/nowhere=404")
    #expect(proof.status == 0, "\(proof.output)")
    #expect(proof.output.contains("3 of 3 answered as expected"))
    #expect(proof.output.contains("stop       passed"))
  }

  @Test func `its signal library is in no DT_NEEDED, and a note of the server declares it`() throws
  {
    let inspect = try Shell.run(
      [Project.command, "inspect", "--json", "sample-server"], in: Self.build)
    #expect(inspect.status == 0)
    let closure = (inspect.output.components(separatedBy: "\"objects\"").last ?? "")
    #expect(closure.contains("libz.so.1"))
    #expect(!closure.contains("libsample-signals"))
    let why = try Shell.run(
      [Project.command, "why", "--json", "sample-server", "libsample-signals.so"], in: Self.build)
    #expect(why.output.contains("\"priority\" : \"required\""))
    #expect(why.output.contains("\"outcome\" : \"packed\""))
  }

  @Test func `without that library the packed server doesn't run, so the proof can fail`() throws {
    let scratch = try TemporaryDirectory()
    let archive = scratch.path + "/runtime.tar"
    let result = try Shell.run(
      [
        Project.command, "./sample-server", "--output", archive, "--dlopen", "none",
      ] + Self.additions, in: Self.build)
    #expect(result.status == 0)
    let proof = try Project.run("verify", archive, "--http", ":8080/")
    #expect(proof.status == 1)
    #expect(proof.output.contains("loader     failed"))
    #expect(proof.output.contains("run        failed"))
    #expect(proof.output.contains("said: "))
    #expect(proof.output.contains("--load libsample-signals.so"))
  }
}
