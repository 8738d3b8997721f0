internal import FileTree

/// What was read of the databases of a root. Packages go by numbers: their places among those of all.
struct PackageRecords {
  private let tree: any FileTree
  private var readers: [any PackageReader] = []
  /// By reader, the number of its first package, and behind them the count of all; nil before reading.
  private var firsts: [Int]?
  private var known: [Int: Package] = [:]
  private var knownNames: [ByteString: [Int]]?
  private var knownProviders: [ByteString: [Int]]?
  private var knownPlaces: RecordedPlaces?
  private var knownIndex: PathIndex?
  /// By package, of those that were asked for one of them.
  private var knownFiles: [Int: Set<RootPath>] = [:]
  private var knownAlternatives: [RootPath: Alternative]?

  /// The managers whose databases are known.
  private static let kinds: [any PackageReader.Type] = [
    DpkgReader.self, ApkReader.self, PacmanReader.self,
  ]

  init(_ tree: any FileTree) { self.tree = tree }

  var unread: [RootPath] { Set(readers.flatMap(\.unread)).sorted() }

  // MARK: Packages

  /// How many packages there are.
  var count: Int {
    mutating get { numbers().last ?? 0 }
  }

  private mutating func numbers() -> [Int] {
    if let firsts { return firsts }
    readers = Self.kinds.compactMap { $0.init(tree) }
    var numbers = [0]
    for place in readers.indices {
      let count = numbers[place] + readers[place].names.count
      numbers.append(min(count, PathIndex.packageLimit))
    }
    firsts = numbers
    return numbers
  }

  /// Asks the reader that knows a package, with its place there.
  private mutating func ask<Answer>(
    about number: Int, _ question: (inout any PackageReader, Int) -> Answer
  ) -> Answer? {
    let numbers = numbers()
    guard number < count, let reader = numbers.lastIndex(where: { $0 <= number }) else {
      return nil
    }
    return question(&readers[reader], number - numbers[reader])
  }

  mutating func package(_ number: Int) -> Package? {
    if let package = known[number] { return package }
    let package = ask(about: number) { $0.package(at: $1, number: number) }
    known[number] = package
    return package
  }

  /// Those that are called so; where none is, those that provide what is.
  mutating func packages(named name: ByteString) -> [Int] {
    names()[name] ?? providers()[name] ?? []
  }

  private mutating func names() -> [ByteString: [Int]] {
    if let knownNames { return knownNames }
    let numbers = numbers()
    var names: [ByteString: [Int]] = [:]
    for reader in readers.indices {
      for (place, name) in readers[reader].names.enumerated() {
        if numbers[reader] + place < count {
          names[name, default: []].append(numbers[reader] + place)
        }
      }
    }
    knownNames = names
    return names
  }

  private mutating func providers() -> [ByteString: [Int]] {
    if let knownProviders { return knownProviders }
    var providers: [ByteString: [Int]] = [:]
    for number in 0..<count {
      for name in Set(package(number)?.provides ?? []) {
        providers[name, default: []].append(number)
      }
    }
    knownProviders = providers
    return providers
  }

  /// A beginning in common is shorter only by accident. In bytes.
  private static let likeness = 3

  mutating func relatives(of package: Package) -> [Package] {
    let numbers = names().filter { name, _ in
      name.bytes.prefix(Self.likeness) == package.name.bytes.prefix(Self.likeness)
    }.flatMap(\.value).sorted()
    return numbers.compactMap { self.package($0) }.filter {
      $0.number != package.number && $0.isSibling(of: package)
    }
  }

  // MARK: Files

  mutating func owners(of path: RootPath) -> [Int] {
    count == 0 ? [] : places().owners(of: path, in: index())
  }

  /// One owner alone: before all records are read, those are that most likely have it.
  mutating func owner(of path: RootPath) -> Int? {
    guard count > 0 else { return nil }
    return (knownIndex == nil ? likelyOwner(of: path) : nil) ?? owners(of: path).first
  }

  /// A directory may be others' too.
  private mutating func likelyOwner(of path: RootPath) -> Int? {
    let places = places()
    let physical = places.links.physical(path)
    guard !places.isDiverted(physical), let kind = (try? tree.status(of: physical))?.kind,
      kind != .directory
    else { return nil }
    return LikelyOwners.numbers(for: physical, among: names()).first { number in
      var isOwner = false
      _ = ask(about: number) { reader, place in
        reader.eachPath(at: place) {
          let recorded = places.links.physical($0)?[...] ?? $0
          isOwner = isOwner || recorded.elementsEqual(physical.text.bytes)
        }
      }
      return isOwner
    }
  }

  private mutating func places() -> RecordedPlaces {
    if let knownPlaces { return knownPlaces }
    let links = DirectoryLinks(tree)
    let places = RecordedPlaces(links, diversions(links))
    knownPlaces = places
    return places
  }

  private mutating func diversions(_ links: DirectoryLinks) -> [RecordedPlaces.DivertedFile] {
    _ = numbers()
    return readers.indices.flatMap { readers[$0].diversions() }.map { diversion in
      RecordedPlaces.DivertedFile(
        from: links.physical(RootPath(normalising: diversion.from)),
        to: links.physical(RootPath(normalising: diversion.to)),
        keepers: diversion.package.flatMap { names()[$0] } ?? [])
    }
  }

  private mutating func index() -> PathIndex {
    if let knownIndex { return knownIndex }
    let links = places().links
    var builder = PathIndex.Builder()
    for number in 0..<count where !builder.isFull {
      builder.beginPackage()
      _ = ask(about: number) { reader, place in
        reader.eachPath(at: place) { builder.add(links.physical($0)?[...] ?? $0) }
      }
    }
    let index = PathIndex(builder)
    knownIndex = index
    return index
  }

  mutating func has(_ number: Int, _ path: RootPath) -> Bool {
    if let files = knownFiles[number] { return files.contains(path) }
    let files = Set(files(of: number, below: [.root]))
    knownFiles[number] = files
    return files.contains(path)
  }

  mutating func files(of number: Int, below directories: [RootPath]) -> [RootPath] {
    var files: [RootPath] = []
    let places = places()
    let beginnings = directories.contains(.root) ? [[]] : directories.map { ($0.text + "/").bytes }
    _ = ask(about: number) { reader, place in
      reader.eachPath(at: place) { recorded in
        let physical = places.links.physical(recorded)?[...] ?? recorded
        guard beginnings.contains(where: { physical.starts(with: $0) }) else { return }
        let file = places.place(of: ByteString(recorded), package: number)
        if !file.isRoot { files.append(file) }
      }
    }
    return files
  }

  mutating func configurationFiles(of number: Int) -> [RootPath] {
    let places = places()
    let recorded = ask(about: number) { $0.configurationFiles(at: $1) } ?? []
    return recorded.map { places.place(of: $0, package: number) }
  }

  mutating func alternative(at path: RootPath) -> Alternative? {
    guard count > 0 else { return nil }
    if let knownAlternatives { return knownAlternatives[path] }
    let links = places().links
    let all = readers.indices.flatMap { readers[$0].alternatives() }
    let alternatives = Dictionary(all.map { (links.physical($0.link), $0) }) { first, _ in first }
    knownAlternatives = alternatives
    return alternatives[path]
  }
}
