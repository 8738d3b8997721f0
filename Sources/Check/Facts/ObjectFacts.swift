internal import ELF
internal import FileTree
internal import Loader
internal import Synchronization

/// What checking has to know of one file, however many programs load it.
final class ObjectFacts: Sendable {
  let tables: LinkTables
  let references: [BoundReference]
  /// By what DT_VERSYM says.
  let versions: [SymbolVersion?]
  /// The largest number that the tables give a version, the object's own included.
  private let lastVersion: UInt16
  let image: ElfImage
  /// No other file of the same store has it.
  let number: Int
  /// The newest releases that the object asks for, one for each package.
  let floors: [ReleaseNeed]
  /// Where all its references were found before.
  let witnesses = Mutex<[BindingWitness]>([])
  private let knownCalls = Mutex<CompiledCalls?>(nil)

  init(_ tables: LinkTables, of image: ElfImage, number: Int) {
    let versionTables = image.dynamic?.versions ?? VersionTables()
    let versions = SymbolVersion.table(of: versionTables)
    self.tables = tables
    self.image = image
    self.number = number
    self.versions = versions
    let numbers =
      versionTables.needs.flatMap { $0.references.map(\.index) }
      + (versionTables.definitions ?? []).map(\.index)
    // VER_NDX_LOCAL and VER_NDX_GLOBAL need no table.
    lastVersion = numbers.map { $0 & ~SymbolVersion.hiddenBit }.reduce(1, max)
    floors = ReleaseNeed.highest(in: versionTables)
    references = tables.references.compactMap {
      BoundReference($0, in: tables.symbols, versions)
    }
  }

  /// A version of a symbol that it binds, of which the object's tables know nothing: glibc takes for it
  /// whatever stands behind the table that it makes of them.
  ///
  /// Source: glibc `elf/dl-version.c` (`_dl_check_map_versions`), `elf/dl-reloc.c` (`RESOLVE_MAP`).
  var unknownVersion: UInt16? {
    tables.references.lazy.compactMap { reference in
      let index = self.tables.symbols.version(of: reference.symbol) ?? 0
      return index & ~SymbolVersion.hiddenBit
    }.first { $0 > self.lastVersion }
  }

  /// Whether its symbols count as having versions: a table of indices alone is none to glibc.
  var hasVersions: Bool { tables.symbols.hasVersions && !versions.isEmpty }

  func version(at index: UInt16) -> SymbolVersion? {
    let index = Int(index & ~SymbolVersion.hiddenBit)
    return index < versions.count ? versions[index] : nil
  }

  /// What the compiler's options left in the symbol table; nil where there is none to tell by.
  var compiledCalls: CompiledCalls? {
    guard image.dynamic != nil, tables.symbols.count > 1 else { return nil }
    return knownCalls.withLock { known in
      let calls = known ?? CompiledCalls(tables.symbols)
      known = calls
      return calls
    }
  }
}

/// Functions by which a compiler protects a program, or could.
struct CompiledCalls: Sendable {
  /// Whether some function checks the stack before it returns.
  ///
  /// Source: GCC's manual, `-fstack-protector`; the names are those of the Linux Standard Base.
  let hasCanary: Bool
  /// Whether some call checks the size of its buffer.
  ///
  /// Source: GCC's manual, `_FORTIFY_SOURCE`; glibc `debug/Versions`.
  let checksBuffers: Bool
  /// All that it asks of others.
  let imports: [ByteString]

  init(_ symbols: DynamicSymbols) {
    imports = symbols.names { _, symbol in symbol.isUndefined }
    checksBuffers = imports.contains { $0.hasPrefix("__") && $0.hasSuffix("_chk") }
    let canary: Set<ByteString> = ["__stack_chk_fail", "__stack_chk_guard"]
    let isImported = imports.contains { canary.contains($0) }
    // The C library calls its own.
    hasCanary =
      isImported
      || canary.contains { name in
        symbols.firstIndex(named: SymbolName(name)) { !symbols[$0].isUndefined } != nil
      }
  }
}

/// A symbol that an object binds to whatever defines it.
struct BoundReference: Sendable {
  let name: SymbolName
  let uses: SymbolReference.Uses
  /// STB_WEAK: the object can do without.
  let isWeak: Bool
  /// Nil for any version.
  let version: SymbolVersion?

  /// Nil for a symbol without a name.
  init?(
    _ reference: SymbolReference, in symbols: DynamicSymbols, _ versions: [SymbolVersion?]
  ) {
    guard let name = symbols.name(of: reference.symbol) else { return nil }
    self.name = name
    uses = reference.uses
    isWeak = symbols[reference.symbol].binding == .weak
    let index = symbols.version(of: reference.symbol).map { Int($0 & ~SymbolVersion.hiddenBit) }
    version = index.flatMap { $0 < versions.count ? versions[$0] : nil }
  }
}
