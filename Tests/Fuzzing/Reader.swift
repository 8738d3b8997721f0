import FileTree
import TestSupport

@testable import Check
@testable import ELF
@testable import Loader

/// What is fuzzed: everything that reads bytes of others.
enum Reader: String, CaseIterable {
  /// A whole ELF file, in memory and behind a descriptor, between which libelf differs.
  case image
  /// The symbol tables of an ELF file.
  case symbols
  /// What binding reads of an ELF file.
  case tables
  /// A PT_NOTE segment behind one byte: class, byte order and alignment.
  case notes
  /// `ld.so.cache` behind one byte: the machine that reads it.
  case cache
  /// The constants of an interpreter.
  case strings
  /// `/etc/ld.so.preload`.
  case preload
  /// A whole closure with an ELF file as its program, library or interpreter, and what is wrong with it.
  case closure
  /// What programs ask for at run time, behind one byte: which program.
  case needs
  /// An archive or image of any format, compressed or not, which is unpacked.
  case archive

  /// Whatever the bytes are, this must end soon, and not by a trap.
  func read(_ bytes: [UInt8]) {
    switch self {
    case .image: readImage(bytes)
    case .symbols: readSymbols(bytes)
    case .tables: readTables(bytes)
    case .notes: readNotes(bytes)
    case .cache: readCache(bytes)
    case .strings: readStrings(bytes)
    case .preload: readPreloadFile(bytes)
    case .closure: readClosure(bytes)
    case .needs: readNeeds(bytes)
    case .archive: readArchive(bytes)
    }
  }
}

// MARK: ELF files

private func readImage(_ bytes: [UInt8]) {
  let image = try? ElfImage(reading: OpenFile(bytes: bytes))
  precondition(
    image == (try? ElfImage(reading: Descriptor.shared.file(bytes))),
    "a descriptor gives something else than memory")
  for kind: ElfImage.ConstantSegments in [.readOnly, .executable] {
    func constants(_ file: borrowing OpenFile) -> [[UInt8]]? {
      try? ElfImage.constants(of: file, in: kind, limit: 1 << 20)
    }
    precondition(
      constants(OpenFile(bytes: bytes)) == constants(Descriptor.shared.file(bytes)),
      "a descriptor gives other constants than memory")
  }
  _ = try? ElfImage(reading: Descriptor.shared.shrunkFile(bytes))
}

private func readSymbols(_ bytes: [UInt8]) {
  let names: [ByteString] = ["la_version", "stdin", ""]
  for name in names {
    let isDefined = try? ElfImage.symbols([name], areDefinedIn: OpenFile(bytes: bytes))
    let same = try? ElfImage.symbols([name], areDefinedIn: Descriptor.shared.file(bytes))
    precondition(isDefined == same, "a descriptor gives something else than memory")
  }
  _ = try? ElfImage.symbols(names, areDefinedIn: Descriptor.shared.shrunkFile(bytes))
}

private func readTables(_ bytes: [UInt8]) {
  let tables = try? LinkTables(reading: OpenFile(bytes: bytes))
  let same = try? LinkTables(reading: Descriptor.shared.file(bytes))
  precondition(
    tables?.references == same?.references && tables?.marks == same?.marks
      && tables?.symbols.count == same?.symbols.count,
    "a descriptor gives something else than memory")
  _ = try? LinkTables(reading: Descriptor.shared.shrunkFile(bytes))
  guard let symbols = tables?.symbols else { return }
  for index in [-1, 0, 1, symbols.count - 1, symbols.count] {
    _ = (symbols[index], symbols.version(of: index))
    if let name = symbols.name(of: index) {
      _ = symbols.firstIndex(named: name) { symbols[$0].isUndefined }
    }
  }
}

private func readNotes(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  let header = ElfHeader(
    elfClass: choice & 1 == 0 ? .elf64 : .elf32,
    dataEncoding: choice & 2 == 0 ? .littleEndian : .bigEndian)
  let notes = Array(bytes.dropFirst())
  _ = ElfNote(name: "GNU", type: 5, descriptor: notes)
    .neededISALevels(header.elfClass, header.dataEncoding)
  let segment = RawElf.Segment(4, size: notes.count, alignment: choice & 4 == 0 ? 4 : 8)
  let count = choice & 8 == 0 ? 1 : 3
  let file = RawElf(
    header: header, segments: Array(repeating: segment, count: count), content: notes
  ).bytes
  let image = try? ElfImage(reading: OpenFile(bytes: file))
  precondition(
    image != nil && image == (try? ElfImage(reading: Descriptor.shared.file(file))),
    "notes make a file unreadable or differ behind a descriptor")
}

// MARK: Files of a loader

/// Ports that differ in byte order, alignment, signs or flags.
private let platforms: [LoaderPlatform] = [
  ElfHeader(), ElfHeader(elfClass: .elf32), ElfHeader(elfClass: .elf32, machine: .x86),
  ElfHeader(machine: .aarch64), ElfHeader(dataEncoding: .bigEndian, machine: .s390),
  ElfHeader(elfClass: .elf32, dataEncoding: .bigEndian, machine: .m68k),
  ElfHeader(elfClass: .elf32, machine: .arm, flags: 0x400),
  ElfHeader(dataEncoding: .bigEndian, machine: .ppc64), ElfHeader(machine: .riscv, flags: 4),
].map { LoaderPlatform($0) }

private let newProcessor = Processor(level: "x86-64-v3")

private func readCache(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  let platform = platforms[Int(choice & 0x7F) % platforms.count]
  let processor = choice & 0x80 == 0 ? Processor.baseline : newProcessor
  guard let cache = LdSoCache(bytes: Array(bytes.dropFirst()), platform: platform) else { return }
  let profile = LoaderProfile.glibc(
    interpreter: "/lib/ld.so.1", soname: nil, strings: nil, platform: platform,
    processor: processor)
  for name: ByteString in ["liba.so.1", "libb.so.10", "", "lib\u{FF}"] {
    _ = cache.answer(to: name, profile: profile)
  }
}

private func readStrings(_ bytes: [UInt8]) {
  let strings = InterpreterStrings(constants: [bytes])
  for platform in platforms.prefix(4) {
    _ = LoaderProfile.glibc(
      interpreter: "/lib/ld.so.1", soname: nil, strings: strings, platform: platform,
      processor: newProcessor)
    _ = LoaderProfile.musl(
      interpreter: "/lib/ld-musl-x.so.1", strings: strings, platform: platform)
  }
}

private func readPreloadFile(_ bytes: [UInt8]) {
  let names = PreloadFile.names(in: ByteString(bytes))
  precondition(!names.contains { $0.isEmpty }, "a name is empty")
}

// MARK: Closures

/// Interpreters that show what is compiled into them, as far as ``InterpreterStrings`` looks.
private let glibc = InMemoryTree.Node.library(
  soname: "ld-linux-x86-64.so.2",
  needed: ["/etc/ld.so.cache", "/lib/x86_64-linux-gnu/", "/usr/lib/", "x86-64-v3:x86-64-v2"])
private let musl = InMemoryTree.Node.library(
  needed: ["/etc/ld-musl-x86_64.path", "/lib:/usr/lib"])

private func readClosure(_ bytes: [UInt8]) {
  let unknown = InMemoryTree.Node.file(bytes, permissions: 0o755)
  let header = (try? ElfHeader(reading: OpenFile(bytes: bytes))) ?? ElfHeader()
  var subject = header
  subject.type = .sharedObject
  let tree = InMemoryTree([
    "/lib64/ld-linux-x86-64.so.2": glibc, "/lib/ld-musl-x86_64.so.1": musl,
    "/lib/ld-unknown.so.1": unknown,
    "/usr/lib/libunknown.so": unknown, "/usr/lib/liba.so.1": .library(),
    "/etc/ld.so.preload": .text("/usr/lib/libunknown.so"),
    "/unknown": unknown,
    "/linked": .program(needed: ["libunknown.so", "liba.so.1"], header: subject),
    "/linked-musl": .program(
      interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libunknown.so"], header: subject),
    "/started": .program(
      interpreter: "/lib/ld-unknown.so.1", needed: ["liba.so.1"], runpath: "$ORIGIN/$LIB",
      header: subject),
  ])
  var environment = SearchEnvironment(libraryPath: ["/usr/lib"], processor: newProcessor)
  environment.variables.audit = "/usr/lib/libunknown.so"
  var loader = Loader(tree: tree, environment: environment)
  var policy = CheckPolicy()
  policy.tellsHardening = true
  policy.maximumGlibc = Release(2, 2)
  var checker = Checker(policy: policy, store: FactStore(tree: tree), loader: loader)
  for path: ByteString in ["/unknown", "/linked", "/linked-musl", "/started"] {
    guard let closures = try? loader.closures(of: path) else { continue }
    _ = closures.graph.retainedSizes()
    _ = closures.graph.requiredPaths(subjectAt: "/app")
    _ = checker.check(closures)
  }
}
