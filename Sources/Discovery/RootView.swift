internal import ELF
package import FileTree
internal import Packages
package import SystemPackage

/// The root as sources of needs look at it: paths resolve inside of it, and files are read whole.
package struct RootView {
  package let tree: any FileTree
  /// Directories that the program's loader searches by default, in its order, ending in `/`.
  package internal(set) var systemDirectories: [ByteString]
  let store: RootFacts
  /// What presets ask for, by all that it depends on.
  var wishes: [ByteString: [Wish]] = [:]
  private var resolver: PathResolver
  private var texts: [ByteString: [UInt8]?] = [:]
  private var declared: DeclaredDirectories?
  private var accounts: DeclaredAccounts?
  private var services: [ByteString: ProgramService] = [:]

  /// Every line of a configuration can include a whole directory.
  private var namesLeft = nameLimit
  private static let nameLimit = 1 << 20
  /// Whether more names in directories were asked for than any configuration of a real system does.
  package var isCutShort: Bool { namesLeft < 0 }

  /// No configuration file is larger. In bytes.
  private static let textLimit = 4 << 20
  /// In bytes; no object has more constants.
  private static let constantsLimit: UInt64 = 256 << 20

  /// Linkers of some machines put constants beside the code, where no segment is only read.
  private static let constantKinds: [ElfImage.ConstantSegments] = [.readOnly, .executable]

  package init(
    tree: any FileTree, store: RootFacts? = nil, systemDirectories: [ByteString] = []
  ) {
    self.tree = tree
    self.store = store ?? RootFacts(tree: tree)
    self.systemDirectories = systemDirectories
    resolver = PathResolver(tree: tree)
  }

  /// The same root for another program, whose configuration is another's.
  mutating func beginProgram() { namesLeft = Self.nameLimit }

  /// The file that a path leads to; nil if it leads nowhere.
  package mutating func resolve(_ path: ByteString) -> ResolvedPath? {
    try? resolver.resolve(path)
  }

  package mutating func isFile(_ path: ByteString) -> Bool {
    resolve(path)?.status.kind == .regular
  }

  package mutating func isDirectory(_ path: ByteString) -> Bool {
    resolve(path)?.status.kind == .directory
  }

  /// The content of a text file; nil if there is none, or it can't be read, or is too large for one.
  package mutating func text(at path: ByteString) -> [UInt8]? {
    if let known = texts[path] { return known }
    var bytes: [UInt8]?
    if let file = resolve(path), file.status.kind == .regular {
      bytes = (try? tree.open(file.real).readAll(limit: Self.textLimit)) ?? nil
    }
    texts[path] = .some(bytes)
    return bytes
  }

  /// The lines of a text file without their ends, the first being line 1; none if there is no file.
  package mutating func lines(at path: ByteString) -> [(number: Int, text: ByteString)] {
    guard let bytes = text(at: path) else { return [] }
    return ByteString(bytes).split { $0 == UInt8(ascii: "\n") }.enumerated().map {
      (number: $0 + 1, text: $1)
    }
  }

  /// Whose files are whose.
  var packages: PackageDatabase { store.packages }

  /// What the system makes when it starts.
  var declaredDirectories: DeclaredDirectories {
    mutating get {
      let directories = declared ?? DeclaredDirectories(in: &self)
      declared = directories
      return directories
    }
  }

  /// What starts a program as a service.
  mutating func service(of object: ObservedObject) -> ProgramService {
    if let known = services[object.path] { return known }
    let service = ProgramService(of: object.real, named: object.path, in: &self)
    services[object.path] = service
    return service
  }

  /// Who would be there once the system has started.
  var declaredAccounts: DeclaredAccounts {
    mutating get {
      let known = accounts ?? DeclaredAccounts(in: &self)
      accounts = known
      return known
    }
  }

  /// The segments of an object that hold constants; none if it can't be read.
  ///
  /// - Parameter file: physical.
  func constants(of file: RootPath) -> [ElfImage.Content] {
    store.segments(of: file) { constants(of: try? tree.open(file)) }
  }

  /// What stands among an object's constants, without holding them.
  mutating func constantFacts(of object: ObservedObject) -> ConstantFacts {
    object.image == nil ? ConstantFacts() : constantFacts(at: object.real, object.imports)
  }

  /// The same of the file of a library that lies beside another.
  ///
  /// - Parameter path: physical.
  mutating func constantFacts(at path: RootPath) -> ConstantFacts {
    constantFacts(at: path, store.imports(of: path))
  }

  private mutating func constantFacts(
    at path: RootPath, _ imports: Set<ByteString>
  ) -> ConstantFacts {
    if let known = store.constants(of: path) { return known }
    let sought = ConstantFacts.Sought(imports: imports, in: &self)
    let facts = constantFacts(of: try? tree.open(path), sought)
    store.keep(facts, of: path)
    return facts
  }

  private func constantFacts(
    of file: consuming OpenFile?, _ sought: ConstantFacts.Sought
  ) -> ConstantFacts {
    guard let file else { return ConstantFacts() }
    var sought = sought
    if !sought.words.isEmpty, let names = try? ElfImage.dynamicStrings(of: file) {
      sought.linkerNames = names
    }
    for kind in Self.constantKinds {
      let ranges = try? ElfImage.constantRanges(of: file, in: kind, limit: Self.constantsLimit)
      if let ranges, !ranges.isEmpty { return ConstantFacts(of: file, in: ranges, sought) }
    }
    return ConstantFacts()
  }

  private func constants(of file: consuming OpenFile?) -> [ElfImage.Content] {
    guard let file else { return [] }
    for kind in Self.constantKinds {
      let segments = try? ElfImage.constantSegments(of: file, in: kind, limit: Self.constantsLimit)
      if let segments, !segments.isEmpty { return segments }
    }
    return []
  }

  /// The names in a directory, sorted; none if there is no such directory, or far too many were asked for.
  package mutating func names(in directory: ByteString) -> [ByteString] {
    guard !isCutShort, let place = resolve(directory), place.status.kind == .directory else {
      return []
    }
    let names = (try? tree.names(in: place.real)) ?? []
    namesLeft -= names.count
    return names
  }

  /// Opens the regular file that a path leads to.
  package mutating func open(_ path: ByteString) throws(Errno) -> OpenFile {
    try tree.open(try resolver.resolve(path).real)
  }
}
