import Testing

/// Holds `inspect` against the real loader for every dynamic ELF file of the machine.
struct LoaderParityTests {
  @Test func `every dynamic ELF file of the system resolves as the real loader does`() throws {
    let report = try ParityReport(
      "--loader", "/lib64/ld-linux-x86-64.so.2", "/usr/bin", "/usr/sbin", "/usr/lib")
    print("parity: \(report.totals)")
    #expect(report.compared > 200)
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
  }
}
