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
  let image: ElfImage
  /// No other file of the same store has it.
  let number: Int
  /// The newest releases that the object asks for, one for each package.
  let floors: [ReleaseNeed]
  /// Where all its references were found before.
  let witnesses = Mutex<[BindingWitness]>([])

  init(_ tables: LinkTables, of image: ElfImage, number: Int) {
    let versionTables = image.dynamic?.versions ?? VersionTables()
    let versions = SymbolVersion.table(of: versionTables)
    self.tables = tables
    self.image = image
    self.number = number
    self.versions = versions
    floors = ReleaseNeed.highest(in: versionTables)
    references = tables.references.compactMap {
      BoundReference($0, in: tables.symbols, versions)
    }
  }

  /// Whether its symbols count as having versions: a table of indices alone is none to glibc.
  var hasVersions: Bool { tables.symbols.hasVersions && !versions.isEmpty }

  func version(at index: UInt16) -> SymbolVersion? {
    let index = Int(index & ~SymbolVersion.hiddenBit)
    return index < versions.count ? versions[index] : nil
  }

  /// A symbol of the object that is asked of others in a version, one that it can't do without first.
  func symbol(asking version: VersionTables.Reference) -> ByteString? {
    let symbols = tables.symbols
    var weak: ByteString?
    for index in 1..<max(1, symbols.count)
    where symbols.version(of: index).map({ $0 & ~SymbolVersion.hiddenBit })
      == version.index & ~SymbolVersion.hiddenBit && symbols[index].isUndefined
    {
      let name = symbols.name(of: index)?.text
      if symbols[index].binding != .weak { return name }
      weak = weak ?? name
    }
    return weak
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
