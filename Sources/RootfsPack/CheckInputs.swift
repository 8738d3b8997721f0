internal import Archive
internal import Discovery
internal import ELF
internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage
internal import Verify

/// The roots that a check is about: the host's, or a sysroot, and those of bundles.
struct CheckInputs {
  struct Root {
    let subjects: [InspectSubjects.Subject]
    let failures: [Diagnostic]
    /// The root, and the loaders that programs and libraries meet in it.
    let scope: NeedsFinder.Scope
    /// The archive or image, as it was named; nil for what is none.
    var bundle: String?
    /// What the image of it is called by; nil for what is none.
    var image: String?
    /// What the bundle says that it starts.
    var start: ProgramStart?
    /// Where a file of it is, as a URI reference.
    let uri: (RootPath) -> String
    /// Keeps what was unpacked.
    private let content: ReadBundle?
  }

  private(set) var roots: [Root] = []
  /// The place on the host of the root that is no bundle.
  let rootName: String

  init(
    _ files: [String], _ settings: LoaderSettings, _ options: ReadOptions
  ) throws(Diagnostic) {
    var plain: [String] = []
    var bundles: [(argument: String, bundle: Result<ReadBundle, Diagnostic>)] = []
    for file in files {
      if let contents = try Self.bundles(file, options) {
        bundles += contents.map { (file, $0) }
      } else {
        plain.append(file)
      }
    }
    if !bundles.isEmpty, settings.root != "/" {
      throw Diagnostic(
        "--root \(ByteString(argument: settings.root)): "
          + "\(ByteString(argument: bundles[0].argument)) is a root of its own",
        remedy: "check it without --root", status: .usage)
    }
    let context = try ResolutionContext(settings, files: plain)
    rootName = ByteString(context.root).description
    if !plain.isEmpty { roots.append(try Root(plain, context)) }
    for (argument, bundle) in bundles {
      switch bundle {
      case .success(let bundle): roots.append(Root(bundle, argument, context))
      case .failure(let reason): roots.append(Root(refusedFor: reason, argument, context))
      }
    }
  }

  /// What is to be read as an archive or an image; nil for programs, scripts and directories of them, and
  /// for what can't be read at all, which is told where it is opened.
  ///
  /// - Returns: one for each image, or why that can't be read.
  private static func bundles(
    _ argument: String, _ options: ReadOptions
  ) throws(Diagnostic) -> [Result<ReadBundle, Diagnostic>]? {
    let path = FilePath(ByteString(argument: argument))
    guard !path.isEmpty, isBundle(path) else { return nil }
    do {
      return try ArchiveReader(options: options).read(path) { content in
        content.bundle.mapError { Diagnostic($0, of: path) }
      }
    } catch {
      if case .unknownFormat = error { return nil }
      // What is wrong with the input is the report's to tell.
      guard error.isOfInput else { throw Diagnostic(error, of: path) }
      return [.failure(Diagnostic(error, of: path))]
    }
  }

  /// Whether a file has no sign of a program or script, or a directory that of an image.
  private static func isBundle(_ path: FilePath) -> Bool {
    guard let file = open(path) else { return false }
    defer { try? file.close() }
    var head = [UInt8](repeating: 0, count: ProgramFormat.headSize)
    do {
      let count = try unsafe head.withUnsafeMutableBytes {
        try unsafe file.read(fromAbsoluteOffset: 0, into: $0)
      }
      return count > 0 && ProgramFormat(head: head[..<count]) == nil
    } catch {
      guard error as? Errno == .isDirectory, let mark = open(path.appending("oci-layout")) else {
        return false
      }
      try? mark.close()
      return true
    }
  }

  private static func open(_ path: FilePath) -> FileDescriptor? {
    try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
  }
}

extension CheckInputs.Root {
  /// What files and directories of a root of the host name.
  fileprivate init(_ files: [String], _ context: ResolutionContext) throws(Diagnostic) {
    let found = try InspectSubjects(files, context, includesScripts: true)
    subjects = found.subjects
    failures = found.failures
    scope = context.scope(NeedsPolicy(), descends: false)
    uri = { context.fileURI(of: $0) }
    content = nil
  }

  /// A bundle that can't be read.
  fileprivate init(
    refusedFor reason: Diagnostic, _ argument: String, _ context: ResolutionContext
  ) {
    let name = ByteString(argument: argument)
    (subjects, failures) = ([], [reason])
    scope = context.scope(NeedsPolicy(), descends: false)
    bundle = name.description
    uri = { name.percentEncoded + "#" + $0.text.percentEncoded }
    content = nil
  }

  /// All that is in a bundle.
  fileprivate init(_ bundle: ReadBundle, _ argument: String, _ context: ResolutionContext) {
    let name = ByteString(argument: argument)
    let tree = bundle.tree
    let found = ElfFileFinder(tree: tree, includesScripts: true).find(below: .root)
    subjects = found.files.map {
      InspectSubjects.Subject(path: $0.text, isFound: true, limit: .root)
    }
    failures =
      bundle.diagnostics(of: FilePath(name))
      + found.failures.map { Diagnostic("\(name): \($0.path): \(Diagnostic.describe($0.cause))") }
      + (found.files.isEmpty ? [Diagnostic("\(name): no ELF file or script is in it")] : [])
      + [bundle.hintOfOtherPlatforms(name.description, command: "check")].compactMap(\.self)
    let environment = context.environment.inside(bundle)
    let loader = Loader(tree: tree, environment: environment, store: ObjectStore(tree: tree))
    scope = NeedsFinder.Scope(
      tree: tree, loader: loader, libraryLoader: loader,
      store: RootFacts(tree: tree, rules: context.rules),
      policy: NeedsPolicy(), descends: false)
    self.bundle = name.description
    image = bundle.image.map { ByteString($0.choice.name).description }
    start = bundle.start()
    // Code hosts show no files in files.
    let place = name.percentEncoded
    uri = { place + "#" + $0.text.percentEncoded }
    content = bundle
  }
}
