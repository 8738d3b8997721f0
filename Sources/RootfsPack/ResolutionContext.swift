internal import Discovery
internal import FileTree
internal import Glibc
internal import Loader
internal import Report
internal import SystemPackage

/// The root and the loader's surroundings, as the command line asks for them.
struct ResolutionContext {
  /// The root, with the named files that lie outside of it showing through.
  let tree: any FileTree
  let environment: SearchEnvironment
  /// Of the host; links resolved.
  let workingDirectory: RootPath
  let variables = ProcessEnvironment.current()
  private let locator: PathLocator
  /// Places of the host that show through.
  private let windows: [RootPath]
  private let store: ObjectStore
  private let needs: RootFacts
  /// By which needs are found; nil for those that are compiled in.
  let rules: RuleSet?

  /// The root's place on the host.
  var root: FilePath { locator.root }

  /// - Parameters:
  ///   - files: arguments that name files, which may lie outside of the root.
  ///   - additions: arguments that name files or trees.
  init(
    _ options: LoaderSettings, files: [String], additions: [String] = []
  ) throws(Diagnostic) {
    let workingDirectory = try Self.workingDirectory()
    let locator = try PathLocator(root: options.root, workingDirectory: workingDirectory)
    self.locator = locator
    self.workingDirectory = RootPath(normalising: ByteString(workingDirectory))
    let libraryPath = options.libraryPath.map(locator.locate)
    let windows =
      files.map(locator.locate).filter(\.isOutside).map { locator.window($0.path) }
      + (additions.map(locator.locate) + libraryPath).filter(\.isOutside)
      .map { RootPath(normalising: $0.path) }
    self.windows = windows
    let base = DirectoryTree(root: locator.root)
    tree = options.excluded.applied(
      to: windows.isEmpty
        ? base
        : OverlayTree(base: base, overlay: DirectoryTree(root: "/"), windows: windows))
    store = ObjectStore(tree: tree)
    rules = options.rules
    needs = RootFacts(tree: tree, rules: rules)
    try Self.checkLibraryPath(options.libraryPath, libraryPath.map(\.path), tree)
    environment = SearchEnvironment(
      libraryPath: libraryPath.map(\.path), variables: try options.variables(variables),
      processor: options.processor, openings: options.openings,
      given: options.givenNames,
      // A relative search path means nothing inside a sysroot but its root.
      workingDirectory: locator.root == "/" ? self.workingDirectory : .root)
  }

  /// A new loader; all of them share what they read.
  var loader: Loader { Loader(tree: tree, environment: environment, store: store) }

  /// A loader of libraries that a program will open: what is loaded with the program isn't theirs.
  var libraryLoader: Loader {
    var environment = environment
    environment.openings = []
    environment.variables.preload = nil
    environment.variables.audit = nil
    return Loader(tree: tree, environment: environment, store: store)
  }

  /// A user's word for a library: a path becomes that of the file itself, whichever way it is named.
  func libraryWord(_ argument: String) -> ByteString {
    let word = ByteString(argument: argument)
    guard word.contains(UInt8(ascii: "/")) else { return word }
    var resolver = PathResolver(tree: tree)
    return (try? resolver.resolve(locate(argument).path))?.real.text ?? word
  }

  func locate(_ argument: String) -> PathLocator.Location {
    locator.locate(argument)
  }

  /// Where a file of the tree is, as a URI reference: relative to the working directory if it is below.
  func fileURI(of path: RootPath) -> String {
    let shows = windows.contains { path.isInside($0) || path == $0 }
    var place = FilePath(path.text)
    if root != "/", !shows { place = root.pushing(place.removingRoot()) }
    var relative = place
    if !workingDirectory.isRoot, relative.removePrefix(FilePath(workingDirectory.text)),
      !relative.isEmpty
    {
      return ByteString(relative).percentEncoded
    }
    return "file://" + ByteString(place).percentEncoded
  }

  /// A file that an argument names: its in-root path, links unresolved.
  func programPath(_ argument: String) throws(Diagnostic) -> ByteString {
    guard !argument.isEmpty else {
      throw Diagnostic("FILE is empty", remedy: "name a program or library", status: .usage)
    }
    return locate(argument).path
  }

  /// The closure of a program that opens one thing more.
  func closure(of path: ByteString, opening name: ByteString) throws(LoaderError) -> ClosureGraph {
    var loader = loader
    return try loader.closure(of: path, openings: [Opening(name: name)])
  }

  /// Where needs are looked for.
  func scope(_ policy: NeedsPolicy, descends: Bool) -> NeedsFinder.Scope {
    NeedsFinder.Scope(
      tree: tree, loader: loader, libraryLoader: libraryLoader, store: needs, policy: policy,
      descends: descends)
  }

  /// A path with its directory's links and dots resolved; the last name stays as it is.
  func physicalPath(_ path: ByteString) -> RootPath {
    var resolver = PathResolver(tree: tree)
    let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
    let name = ByteString(path.bytes[(slash + 1)...])
    guard !name.isEmpty, name != "..",
      let directory = try? resolver.resolve(ByteString(path.bytes[...slash]))
    else { return RootPath(normalising: path) }
    return directory.real.appending(name)
  }

  private static func workingDirectory() throws(Diagnostic) -> FilePath {
    guard let text = unsafe getcwd(nil, 0) else {
      throw Diagnostic(
        "the current directory can't be determined: "
          + Diagnostic.describe(Errno(rawValue: errno)),
        remedy: "change to an existing one")
    }
    defer { unsafe free(text) }
    return unsafe FilePath(platformString: text)
  }

  /// The loader skips a directory that doesn't exist; somebody who types one wants to know.
  private static func checkLibraryPath(
    _ arguments: [String], _ paths: [ByteString], _ tree: any FileTree
  ) throws(Diagnostic) {
    var resolver = PathResolver(tree: tree)
    for (argument, path) in zip(arguments, paths) {
      guard let directory = try? resolver.resolve(path), directory.status.kind == .directory else {
        throw Diagnostic(
          "--library-path '\(ByteString(argument: argument))': no such directory",
          remedy: "name one directory; the option can be repeated", status: .usage)
      }
    }
  }
}
