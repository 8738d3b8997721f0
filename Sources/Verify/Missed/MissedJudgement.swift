internal import Discovery
internal import FileTree
internal import Packages
internal import Sandbox

/// Finds out of what was looked for what a bundle should have, and the option that brings all of it at once.
struct MissedJudgement {
  private let source: any FileTree
  private var resolver: PathResolver
  private var bundle: PathResolver
  private var directories: AddableDirectories
  private var presets: [(place: RootPath, name: String)]?
  private var found: [MissedThing] = []
  private var seen: Set<RootPath> = []
  /// How many files the source has of those that were missed.
  private(set) var knownCount = 0

  /// What other presets bring that need a program to point to something.
  private static let registered: [(place: RootPath, name: String)] = [
    ("/etc/ssl/openssl.cnf", "openssl"), ("/usr/lib/ssl/openssl.cnf", "openssl"),
    ("/etc/pam.d", "pam"), ("/etc/krb5.conf", "krb5"), ("/etc/pkcs11", "p11-kit"),
    ("/etc/ssl/certs", "ca-certificates"), ("/usr/lib/ssl/certs", "ca-certificates"),
    ("/usr/lib/ssl/cert.pem", "ca-certificates"), ("/etc/pki/tls", "ca-certificates"),
    ("/etc/fonts", "fontconfig"), ("/usr/share/fonts", "fonts"),
    ("/usr/lib/locale", "locale"), ("/etc/localtime", "timezone"),
    ("/usr/share/zoneinfo", "timezone"),
  ]

  init(source: any FileTree, bundle: any FileTree) {
    self.source = source
    resolver = PathResolver(tree: source)
    self.bundle = PathResolver(tree: bundle)
    directories = AddableDirectories(source: source)
  }

  /// What was missed, one for each option, in the order of looking.
  var missed: [MissedThing] {
    mutating get {
      var options: Set<MissedThing.Option> = []
      let all = directories.merged(found).filter { options.insert($0.option).inserted }
      let added = all.compactMap(\.addition)
      return all.filter { thing in
        // What is in a directory comes with it.
        !added.contains { thing.addition != $0 && thing.addition?.isInside($0) ?? false }
      }
    }
  }

  mutating func add(_ look: MergedLook) {
    guard let file = try? resolver.resolve(look.text) else {
      // Where it keeps what it writes, the directory is made when the system or the service starts.
      if look.purposes.contains(.making), PlaceKinds.isState(look.path) {
        found.append(MissedThing(look.path, .directory(look.path, nil)))
      }
      return
    }
    guard let option = option(for: look, file) else { return }
    // The same file by another path.
    guard seen.insert(file.real).inserted else { return }
    knownCount += 1
    found.append(MissedThing(look.path, option))
  }

  private mutating func option(for look: MergedLook, _ file: ResolvedPath) -> MissedThing.Option? {
    if look.isOfLoader, file.status.kind != .regular || !PlaceKinds.isLibrary(look.path.name) {
      return nil
    }
    if let preset = preset(for: look.path, file) { return .preset(preset) }
    switch file.status.kind {
    case .directory: return directory(look, file)
    case .regular: return self.file(look.path, file)
    default: return nil
    }
  }

  /// The preset that brings a place, unless the bundle has that already.
  private mutating func preset(for path: RootPath, _ file: ResolvedPath) -> String? {
    let all = presets ?? PresetContents.places(in: source).map { ($0.place, $0.topic.name) }
    presets = all
    // Character sets lie beside the libraries, wherever these are.
    if path.names.contains("gconv"), path.parent.names.contains("lib") { return "gconv" }
    for (place, name) in all + Self.registered {
      let isThere = path.isInside(place) || (try? resolver.resolve(place.text))?.real == file.real
      if isThere, !isInBundle(place) { return name }
    }
    return nil
  }

  private mutating func isInBundle(_ path: RootPath) -> Bool {
    (try? bundle.resolve(path.text)) != nil
  }

  // MARK: Directories

  private mutating func directory(
    _ look: MergedLook, _ file: ResolvedPath
  ) -> MissedThing.Option? {
    let isState = PlaceKinds.isState(file.real)
    if look.purposes.contains(.making), isState { return .directory(look.path, file.status) }
    guard !PlaceKinds.isShared(look.path), !PlaceKinds.isShared(file.real),
      !PlaceKinds.isForBuilding(file.real)
    else { return nil }
    let isEmpty = ((try? source.names(in: file.real)) ?? []).isEmpty
    let isOpened = look.purposes.contains(.opening)
    if isState, PlaceKinds.isPassing(file.real) || isEmpty || !isOpened {
      return .directory(look.path, file.status)
    }
    if isEmpty { return isOpened && file.real.isInside("/etc") ? .directory(look.path, nil) : nil }
    let place = level(of: look.path, isDirectory: true)
    guard directories.fits(place) else {
      return isState || file.real.isInside("/etc") ? .directory(look.path, file.status) : nil
    }
    return .addition(place)
  }

  /// The topmost directory on the way to something that nobody else has a part of and that the bundle lacks:
  /// what a program misses in it next is there then too.
  private mutating func level(of path: RootPath, isDirectory: Bool) -> RootPath {
    // What stands there is made for each machine: all of it is rarely meant.
    guard !path.isInside("/etc"), !PlaceKinds.isState(path) else { return path }
    for ancestor in path.ancestors
    where !isInBundle(ancestor) && directories.isPrivate(ancestor) && directories.fits(ancestor) {
      return ancestor
    }
    return path
  }

  // MARK: Files

  private mutating func file(_ path: RootPath, _ file: ResolvedPath) -> MissedThing.Option? {
    guard !PlaceKinds.isForBuilding(path), !PlaceKinds.isForBuilding(file.real),
      !PlaceKinds.isPassing(file.real)
    else { return nil }
    if PlaceKinds.isLibrary(path.name) {
      // A linker's script has the name of a library.
      let magic = (try? source.head(of: file.real, count: 4)) ?? []
      guard magic == [0x7F] + Array("ELF".utf8) else { return nil }
      if PlaceKinds.isSearched(path.parent) { return .library(path.name) }
    }
    let place = level(of: path, isDirectory: false)
    if place == path, directories.isSecret(file.real, file.status) { return .secret(path) }
    return .addition(place)
  }
}
