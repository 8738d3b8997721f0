import Testing

/// Holds `check` against what `ldd -r` and `ldd -u` say.
struct SymbolParityTests {
  @Test func `every symbol of the system is undefined, and every library unused, as ldd says`()
    throws
  {
    try expectParity(
      of: "/usr", atLeast: 200, "--loader", "/lib64/ld-linux-x86-64.so.2", "/usr/bin", "/usr/sbin",
      "/usr/lib")
  }

  /// Python's own symbols are missing from them all: a program of thousands of undefined ones.
  @Test func `the same of wheels for glibc`() throws {
    try expectParity(
      of: "wheels for glibc", atLeast: 70, "--loader", "/lib64/ld-linux-x86-64.so.2",
      Corpora.wheels("glibc"))
  }

  @Test func `the same of wheels for musl, in musl's root`() throws {
    try expectParity(
      of: "wheels for musl", atLeast: 70, "--loader", "/lib/ld-musl-x86_64.so.1", "--root",
      Corpora.wheels("musl"), "/")
  }

  private func expectParity(
    of what: String, atLeast files: Int, _ options: String...
  ) throws {
    let report = try ParityReport(of: .symbols, options)
    print("parity: symbols of \(what): \(report.totals)")
    #expect(report.compared > files)
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
  }
}
