import Testing

/// Holds `inspect` against both real loaders for Python wheels, whose libraries lie beside them under
/// changed names.
struct WheelParityTests {
  @Test func `the libraries of wheels resolve as glibc's loader does`() throws {
    let report = try ParityReport(
      "--loader", "/lib64/ld-linux-x86-64.so.2", Corpora.wheels("glibc"))
    expectParity(report, of: "wheels for glibc")
  }

  @Test func `the libraries of wheels resolve as musl's loader does`() throws {
    let report = try ParityReport(
      "--loader", "/lib/ld-musl-x86_64.so.1", Corpora.wheels("musl") + "/opt")
    expectParity(report, of: "wheels for musl, on a system of glibc's")
  }

  @Test func `wheels and programs in a root of musl's resolve as in that root`() throws {
    let report = try ParityReport(
      "--loader", "/lib/ld-musl-x86_64.so.1", "--root", Corpora.wheels("musl"), "/")
    expectParity(report, of: "wheels for musl, in its root")
  }

  private func expectParity(_ report: ParityReport, of what: String) {
    print("parity: \(what): \(report.totals)")
    #expect(report.compared > 70)
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
  }
}
