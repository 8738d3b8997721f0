import Check
import ELF
import FileTree
import Loader
import TestSupport
import Testing

/// What of hardening an object lacks, and when that is told.
struct HardeningTests {
  func rules(
    _ image: ElfImage = .program(needed: ["libc.so.6"]), _ symbols: [ElfSymbols.Entry] = [],
    _ extras: ElfExtras = .hardened, permissions: UInt16 = 0o755,
    files: [RootPath: InMemoryTree.Node] = [:], _ change: (inout CheckPolicy) -> Void = { _ in }
  ) throws -> [String] {
    var policy = CheckPolicy()
    change(&policy)
    let program = InMemoryTree.Node.elf(
      image, symbols: ElfSymbols([.undefined("puts")] + symbols), extras: extras,
      permissions: permissions)
    return try check(in: files.merging(["/app/main": program]) { $1 }, policy: policy)
      .filter { $0.object.real == "/app/main" }
      .map { "\($0.rule.rawValue) \($0.severity.rawValue)" }
  }

  func all(_ policy: inout CheckPolicy) { policy.tellsHardening = true }

  @Test func `what is missing is told only if somebody asks`() throws {
    let bare = ElfExtras(segments: [(0x6474_E551, 6)])
    #expect(try rules(.program(needed: ["libc.so.6"]), [], bare) == [])
    #expect(
      try rules(.program(needed: ["libc.so.6"]), [], bare, all) == [
        "no-relro weakens", "no-canary weakens", "no-ibt weakens", "no-shadow-stack weakens",
      ])
  }

  @Test func `what is demanded is a gate, and nothing else is told`() throws {
    let bare = ElfExtras(segments: [(0x6474_E551, 6)])
    #expect(
      try rules(.program(needed: ["libc.so.6"]), [], bare) { $0.required = [.relro, .pie] }
        == ["no-relro gate"])
    #expect(try rules { $0.required = [.relro, .pie, .bindNow, .nx] } == [])
  }

  // MARK: Each property: an image that lacks it, and one that has it

  @Test func `a program at a fixed address is no PIE, a library is at any`() throws {
    var fixed = ElfImage.program(needed: ["libc.so.6"])
    fixed.header.type = .executable
    #expect(try rules(fixed) { $0.required = [.pie] } == ["no-pie gate"])
    #expect(try rules { $0.required = [.pie] } == [])
  }

  @Test func `symbols that could be bound later are bound at the start`() throws {
    let lazy = ElfExtras(bindsLater: true)
    var now = lazy
    // DT_BIND_NOW.
    now.entries.append((24, 0))
    let program = ElfImage.program(needed: ["libc.so.6"])
    #expect(try rules(program, [], lazy) { $0.required = [.bindNow] } == ["lazy-binding gate"])
    #expect(try rules(program, [], now) { $0.required = [.bindNow] } == [])
    // Nothing could be bound later.
    #expect(try rules(program, [], ElfExtras()) { $0.required = [.bindNow] } == [])
  }

  @Test func `a stack that is marked executable is always told, one without a mark on demand`()
    throws
  {
    let program = ElfImage.program(needed: ["libc.so.6"])
    let executable = ElfExtras(segments: [(0x6474_E551, 7)])
    #expect(try rules(program, [], executable) == ["executable-stack weakens"])
    #expect(
      try rules(program, [], executable) { $0.required = [.nx] } == ["executable-stack gate"])
    #expect(try rules(program, [], ElfExtras()) == [])
    #expect(
      try rules(program, [], ElfExtras()) { $0.required = [.nx] } == ["executable-stack gate"])
  }

  @Test func `a canary is told by the function that it fails with`() throws {
    #expect(try rules { $0.required = [.canary] } == ["no-canary gate"])
    #expect(
      try rules(.program(needed: ["libc.so.6"]), [.undefined("__stack_chk_fail")]) {
        $0.required = [.canary]
      } == [])
  }

  @Test func `calls that could check their buffers do`() throws {
    func found(_ names: ByteString...) throws -> [String] {
      try rules(.program(needed: ["libc.so.6"]), names.map { .undefined($0) }) {
        $0.required = [.fortify]
      }
    }
    #expect(try found("memcpy") == ["no-fortify gate"])
    #expect(try found("memcpy", "__memcpy_chk") == [])
    // Nothing that it calls has such a twin.
    #expect(try found() == [])
  }

  @Test func `a static program's functions can't be told, which fails a demand`() throws {
    var image = ElfImage(header: ElfHeader(type: .executable))
    image.dynamic = nil
    #expect(
      try rules(image) { $0.required = [.canary, .fortify] } == [
        "no-canary gate", "no-fortify gate",
      ])
    #expect(
      try rules(image, [], .hardened, all) == [
        "no-pie weakens", "no-ibt weakens", "no-shadow-stack weakens",
      ])
  }

  @Test func `marks of the processor's protection are those of its machine`() throws {
    let program = ElfImage.program(needed: ["libc.so.6"])
    let marked = ElfExtras(property: (0xC000_0002, 1))
    #expect(
      try rules(program, [], marked) { $0.required = [.ibt, .shadowStack, .bti] }
        == ["no-shadow-stack gate"])
  }

  @Test func `text relocations are always told`() throws {
    let program = ElfImage.program(needed: ["libc.so.6"])
    #expect(
      try rules(program, [], ElfExtras(entries: [(22, 0)])) == ["text-relocations weakens"])
  }

  @Test func `more rights than the caller's are told`() throws {
    let program = ElfImage.program(needed: ["libc.so.6"])
    #expect(try rules(program, [], .hardened, permissions: 0o4755) == [])
    #expect(
      try rules(program, [], .hardened, permissions: 0o2755) { $0.required = [.setUserID] }
        == ["set-user-id gate"])
  }

  /// Elements of RUNPATH, and what is wrong with each.
  static let elements: [(path: ByteString, dangers: [SearchPathDanger])] = [
    ("/usr/lib/private", []), ("$ORIGIN/../lib", []), ("", []), ("/srv/none/lib", []),
    ("lib", [.relative]), ("./lib:/usr/lib", [.relative]), ("/usr/lib:", [.empty]),
    ("/scratch", [.writable("/scratch")]), ("/scratch/build/lib", [.writable("/scratch")]),
    ("/usr/../scratch/x", [.writable("/scratch")]), ("lib:", [.relative, .empty]),
  ]

  @Test(arguments: elements)
  func `a search path leads where nobody else puts anything`(
    row: (path: ByteString, dangers: [SearchPathDanger])
  ) throws {
    let findings = try check(in: [
      "/app/main": .elf(
        .program(needed: ["libc.so.6"], runpath: row.path),
        symbols: ElfSymbols(.undefined("puts")), extras: .hardened),
      "/scratch": .directory(permissions: 0o1777),
    ])
    let dangers = findings.compactMap { finding -> SearchPathDanger? in
      guard case .unsafeSearchPath(.runpath, _, let danger) = finding.problem else { return nil }
      return danger
    }
    #expect(dangers == row.dangers)
    #expect(dangers.count == findings.count)
  }

  @Test func `to musl, an empty element of a search path is none`() throws {
    let findings = try check(
      in: [
        "/app/main": .elf(
          .program(
            interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libc.so"], runpath: ":/usr/lib::x"),
          symbols: ElfSymbols(.undefined("puts")), extras: .hardened)
      ], libc: CheckRoot.musl)
    #expect(
      findings.map(\.problem) == [
        .unsafeSearchPath(path: .runpath, element: "x", danger: .relative)
      ])
  }

  @Test func `a rule that is ignored tells nothing`() throws {
    let executable = ElfExtras(segments: [(0x6474_E551, 7)])
    #expect(
      try rules(.program(needed: ["libc.so.6"]), [], executable) {
        $0.ignored = [.executableStack]
      } == [])
  }
}
