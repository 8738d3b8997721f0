internal import ELF
package import FileTree
internal import Loader
internal import Packages
internal import Synchronization

/// What was read of the files of a root, shared by all that look for needs in it.
///
/// Facts of files alone: never what follows from them, which depends on who asks.
package final class RootFacts: Sendable {
  private let tree: any FileTree
  /// Nothing of it is read before somebody asks.
  let packages: PackageDatabase
  /// Nil for those that are compiled in, which are made when somebody asks.
  private let ownRules: RuleSet?
  private let state = Mutex(State())

  /// By the physical path of the file.
  private struct State {
    var imports: [RootPath: Set<ByteString>] = [:]
    var definitions: [RootPath: Set<ByteString>] = [:]
    var constants: [RootPath: ConstantFacts] = [:]
    var strings: [StringQuery: [ByteString]] = [:]
    var kin: [Package: PackageKin] = [:]
    var privateDirectories: [Package: [PrivateDirectory]] = [:]
    /// Of the constants and strings. In bytes.
    var size = 0
    /// Of the last file that was asked for: one question after the other is about it.
    var segments: (file: RootPath, segments: [ElfImage.Content])?

    mutating func grow(by more: Int) {
      if size + more > RootFacts.sizeLimit { (constants, strings, size) = ([:], [:], 0) }
      size += more
    }
  }

  /// Texts of a file's constants that have something to do with one of some parts.
  struct StringQuery: Hashable {
    enum Match { case beginning, containing, whole, inCode }

    let file: RootPath
    let parts: [ByteString]
    let match: Match
  }

  /// Of what is kept; beyond it all is forgotten, to be read again when somebody asks. In bytes.
  private static let sizeLimit = 16 << 20

  package init(tree: any FileTree, rules: RuleSet? = nil) {
    self.tree = tree
    packages = PackageDatabase(tree)
    ownRules = rules
  }

  /// They say what is looked for.
  var rules: RuleSet { ownRules ?? .compiledIn }

  private static let symbols = NeedSources.symbols.union(RuleSet.compiledIn.symbols)

  private var symbols: Set<ByteString> {
    ownRules.map { $0.symbols.union(NeedSources.symbols) } ?? Self.symbols
  }

  /// The symbols that an object imports, of those that a source looks for. Damaged tables import nothing:
  /// who loads the object is told of them elsewhere.
  ///
  /// - Parameter file: physical.
  func imports(of file: RootPath) -> Set<ByteString> {
    if let known = state.withLock({ $0.imports[file] }) { return known }
    var imports: Set<ByteString> = []
    if let open = try? tree.open(file), let names = try? ElfImage.importedSymbols(of: open) {
      imports = Set(names).intersection(symbols)
    }
    state.withLock { $0.imports[file] = imports }
    return imports
  }

  /// The symbols that an object defines, of those that a rule looks for.
  ///
  /// - Parameter file: physical.
  func definitions(of file: RootPath) -> Set<ByteString> {
    if let known = state.withLock({ $0.definitions[file] }) { return known }
    var definitions: Set<ByteString> = []
    if let open = try? tree.open(file) {
      definitions = (try? ElfImage.definedSymbols(among: rules.definitions, of: open)) ?? []
    }
    state.withLock { $0.definitions[file] = definitions }
    return definitions
  }

  /// What is around a package.
  func kin(of package: Package) -> PackageKin {
    if let known = state.withLock({ $0.kin[package] }) { return known }
    let kin = PackageKin(of: package, in: packages)
    state.withLock { $0.kin[package] = kin }
    return kin
  }

  /// Directories of a package, of those that are built with it and that it asks for, and of nobody else.
  func privateDirectories(of package: Package) -> [PrivateDirectory] {
    if let known = state.withLock({ $0.privateDirectories[package] }) { return known }
    let directories = kin(of: package).directories(in: packages)
    state.withLock { $0.privateDirectories[package] = directories }
    return directories
  }

  /// The segments of a file that hold constants.
  func segments(of file: RootPath, _ read: () -> [ElfImage.Content]) -> [ElfImage.Content] {
    if let known = state.withLock({ $0.segments?.file == file ? $0.segments?.segments : nil }) {
      return known
    }
    let segments = read()
    state.withLock { $0.segments = (file, segments) }
    return segments
  }

  /// What stands among a file's constants, if that is known.
  func constants(of file: RootPath) -> ConstantFacts? {
    state.withLock { $0.constants[file] }
  }

  func keep(_ facts: ConstantFacts, of file: RootPath) {
    state.withLock {
      $0.grow(by: facts.size)
      $0.constants[file] = facts
    }
  }

  /// The texts of a file's constants that a query finds.
  func strings(_ query: StringQuery, _ find: () -> [ByteString]) -> [ByteString] {
    if let known = state.withLock({ $0.strings[query] }) { return known }
    let strings = find()
    state.withLock {
      $0.grow(by: strings.reduce(64) { $0 + $1.count + 32 })
      $0.strings[query] = strings
    }
    return strings
  }
}
