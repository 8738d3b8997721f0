import Testing

/// One loader of a root that `scripts/test-roots.sh` made; a root with several ABIs has several.
struct ForeignRoot: CustomTestStringConvertible, Sendable {
  let name: String
  /// Its path in the root.
  let loader: String
  /// qemu's name of the machine; nil where the host's kernel runs it.
  var emulator: String?
  /// How ldconfig marks the machine's libraries, where nothing runs the loader.
  var cacheLabel: String?
  /// How many files there are to compare, at least.
  let files: Int

  static let all = [
    ForeignRoot(name: "amd64", loader: "/lib64/ld-linux-x86-64.so.2", files: 30),
    ForeignRoot(name: "amd64", loader: "/lib/ld-linux.so.2", files: 15),
    ForeignRoot(
      name: "amd64", loader: "/libx32/ld-linux-x32.so.2", cacheLabel: "libc6,x32", files: 15),
    ForeignRoot(
      name: "arm64", loader: "/lib/ld-linux-aarch64.so.1", emulator: "aarch64", files: 500),
    ForeignRoot(name: "armhf", loader: "/lib/ld-linux-armhf.so.3", emulator: "arm", files: 350),
    ForeignRoot(name: "i386", loader: "/lib/ld-linux.so.2", files: 200),
    ForeignRoot(name: "mips64el", loader: "/lib64/ld.so.1", emulator: "mips64el", files: 30),
    ForeignRoot(name: "mips64el", loader: "/lib/ld.so.1", emulator: "mipsel", files: 15),
    ForeignRoot(name: "mips64el", loader: "/lib32/ld.so.1", emulator: "mipsn32el", files: 15),
    ForeignRoot(name: "mipsel", loader: "/lib/ld.so.1", emulator: "mipsel", files: 30),
    ForeignRoot(name: "ppc64el", loader: "/lib64/ld64.so.2", emulator: "ppc64le", files: 30),
    ForeignRoot(name: "s390x", loader: "/lib/ld64.so.1", emulator: "s390x", files: 200),
    ForeignRoot(
      name: "s390x", loader: "/lib/ld.so.1", emulator: "s390x", cacheLabel: "libc6", files: 15),
    ForeignRoot(
      name: "hppa", loader: "/lib/ld.so.1", emulator: "hppa", files: 15),
    ForeignRoot(
      name: "m68k", loader: "/lib/ld.so.1", emulator: "m68k", files: 15),
    ForeignRoot(name: "mips", loader: "/lib/ld.so.1", emulator: "mips", files: 15),
    ForeignRoot(
      name: "mips", loader: "/lib32/ld.so.1", emulator: "mipsn32", files: 15),
    ForeignRoot(name: "mips", loader: "/lib64/ld.so.1", emulator: "mips64", files: 15),
    ForeignRoot(
      name: "powerpc", loader: "/lib/ld.so.1", emulator: "ppc", files: 15),
    ForeignRoot(name: "powerpc", loader: "/lib64/ld64.so.1", emulator: "ppc64", files: 15),
    ForeignRoot(name: "ppc64", loader: "/lib64/ld64.so.1", emulator: "ppc64", files: 15),
    ForeignRoot(
      name: "ppc64", loader: "/lib32/ld.so.1", emulator: "ppc", files: 15),
    ForeignRoot(
      name: "riscv64", loader: "/lib/ld-linux-riscv64-lp64d.so.1", emulator: "riscv64", files: 15),
    ForeignRoot(
      name: "sparc64", loader: "/lib64/ld-linux.so.2", emulator: "sparc64", files: 15),
    ForeignRoot(
      name: "sparc64", loader: "/lib32/ld-linux.so.2", emulator: "sparc32plus", files: 15),
  ]

  var testDescription: String { "\(name) \(loader)" }

  /// Those whose loaders can be run.
  static let running = all.filter { $0.cacheLabel == nil }

  func compareSymbols() throws -> ParityReport {
    try ParityReport(
      of: .symbols, "--root", Corpora.root(name), "--loader", loader,
      "--emulator", emulator.map { "/qemu-" + $0 } ?? "", "/")
  }

  func compare() throws -> ParityReport {
    try ParityReport(
      "--root", Corpora.root(name), "--loader", loader,
      "--emulator", emulator.map { "/qemu-" + $0 } ?? "",
      "--kind", cacheLabel == nil ? "glibc" : "cache", "--label", cacheLabel ?? "", "/")
  }
}

/// Holds `inspect --root` and `check --root` against the real loaders of other machines, changed into their roots.
struct ForeignRootTests {
  @Test(arguments: ForeignRoot.all)
  func `every dynamic ELF file of a root resolves as its own loader does`(
    root: ForeignRoot
  ) throws {
    let report = try root.compare()
    print("parity: \(root.testDescription): \(report.totals)")
    #expect(report.compared >= root.files)
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
  }

  @Test(arguments: ForeignRoot.running)
  func `the symbols of a root are undefined, and its libraries unused, as its own loader says`(
    root: ForeignRoot
  ) throws {
    let report = try root.compareSymbols()
    print("parity: \(root.testDescription): \(report.totals)")
    #expect(report.compared >= root.files)
    #expect(report.differences == 0, "\(report.lines.joined(separator: "\n"))")
  }
}
