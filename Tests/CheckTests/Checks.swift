import Check
import ELF
import FileTree
import Loader
import TestSupport

/// A root with a libc in it, in which a test's own files lie.
enum CheckRoot {
  static let libc: RootPath = "/lib/x86_64-linux-gnu/libc.so.6"

  /// Versions as a distribution's libc has them: `puts` in two, `new_call` in a late one.
  static let glibc: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .elf(
      .library(soname: "ld-linux-x86-64.so.2").defining("ld", "GLIBC_2.3", "GLIBC_PRIVATE"),
      symbols: ElfSymbols(.defined("__tls_get_addr", version: 2)), extras: .hardened),
    libc: .elf(
      .library(soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"])
        .defining("libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_PRIVATE"),
      symbols: ElfSymbols(
        .defined("puts", version: 2), .defined("new_call", version: 3),
        .defined("old_call", version: 2 | 0x8000), .defined("old_call", version: 3),
        .defined("memcpy", version: 2), .defined("__memcpy_chk", version: 2),
        .defined("__libc_start_main", version: 2),
        .defined("__stack_chk_fail", version: 2)), extras: .hardened),
  ]

  static let musl: [RootPath: InMemoryTree.Node] = [
    "/lib/ld-musl-x86_64.so.1": .elf(
      .library(), symbols: ElfSymbols(.defined("puts"), hasVersions: false))
  ]
}

/// What is found in programs of a table of files.
func check(
  _ programs: ByteString..., in files: [RootPath: InMemoryTree.Node],
  libc: [RootPath: InMemoryTree.Node] = CheckRoot.glibc, policy: CheckPolicy = CheckPolicy(),
  environment: SearchEnvironment = SearchEnvironment()
) throws -> [Finding] {
  let tree = InMemoryTree(libc.merging(files) { $1 })
  let loader = Loader(tree: tree, environment: environment)
  var checker = Checker(policy: policy, store: FactStore(tree: tree), loader: loader)
  var closures = loader
  return try (programs.isEmpty ? ["/app/main"] : programs).flatMap {
    checker.check(try closures.closures(of: $0)).findings
  }
}

extension [Finding] {
  /// Each finding as `rule object`, by the object's file name.
  var names: [String] { map { "\($0.rule.rawValue) \($0.object.real.name)" } }

  /// The undefined symbols, each with its object.
  var undefined: [String] {
    compactMap { finding in
      guard case .undefinedSymbol(let name, let version, _, _) = finding.problem else { return nil }
      return "\(finding.object.real.name): \(name)" + (version.map { "@\($0)" } ?? "")
    }
  }
}
