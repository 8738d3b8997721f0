internal import ELF
internal import FileTree
internal import Loader
internal import SystemPackage

/// The programs and libraries that `inspect` and `check` are about: files that were named, and the ELF
/// files of directories.
struct InspectSubjects {
  struct Subject: Sendable {
    /// In-root, as it was named.
    let path: ByteString
    /// Nobody named it: what is no program or library is counted, not an error.
    let isFound: Bool
    /// Where the tree of its program ends at the latest: the directory that was named, or the one above its
    /// own.
    let limit: RootPath
  }

  private(set) var subjects: [Subject] = []
  private(set) var failures: [Diagnostic] = []

  /// - Parameter includesScripts: whether executable scripts of directories count too.
  init(
    _ arguments: [String], _ context: ResolutionContext, includesScripts: Bool = false
  ) throws(Diagnostic) {
    var resolver = PathResolver(tree: context.tree)
    for argument in arguments {
      guard !argument.isEmpty else {
        throw Diagnostic(
          "FILE is empty", remedy: "name a program, library or directory", status: .usage)
      }
      let path = context.locate(argument).path
      // What can't be resolved is told where it is opened.
      let place = try? resolver.resolve(path)
      if let place, place.status.kind == .directory {
        let finder = ElfFileFinder(tree: context.tree, includesScripts: includesScripts)
        addFiles(below: place.real, by: finder, named: path)
      } else {
        subjects.append(
          Subject(
            path: path, isFound: false,
            limit: place?.real.parent.parent ?? .root))
      }
    }
  }

  private mutating func addFiles(
    below directory: RootPath, by finder: ElfFileFinder, named argument: ByteString
  ) {
    let result = finder.find(below: directory)
    if result.files.isEmpty, result.failures.isEmpty {
      failures.append(
        Diagnostic(
          "\(argument): no ELF file is in this directory", remedy: "name one that has programs"))
    }
    subjects += result.files.map { Subject(path: $0.text, isFound: true, limit: directory) }
    failures += result.failures.map { failure in
      Diagnostic(
        "\(failure.path): \(Diagnostic.describe(failure.cause))",
        remedy: failure.cause == .permissionDenied ? "nothing in it is shown" : nil)
    }
  }
}

/// ELF files of directories that no loader loads.
struct PassedOverFiles {
  private var counts: [String: Int] = [:]

  /// Counts a file; false if its error is one that has to be told by itself.
  mutating func count(_ error: LoaderError) -> Bool {
    guard let kind = Self.kind(of: error) else { return false }
    counts[kind, default: 0] += 1
    return true
  }

  private static func kind(of error: LoaderError) -> String? {
    switch error {
    case .notLoadable(_, .relocatable): "relocatable objects"
    case .notLoadable(_, .core): "core dumps"
    case .notLoadable: "files of other ELF types"
    case .debugDataOnly: "split-off debugging data"
    case .noLoadSegment: "files without a loadable segment"
    case .unknownMachine: "files for machines without a known loader"
    case .unopenable, .notRegular, .unreadable, .tooManyCandidates, .configurationTooLarge,
      .unknownLevel, .unknownCaller:
      nil
    }
  }

  /// One line; nil if there is nothing to tell.
  var summary: Diagnostic? {
    guard !counts.isEmpty else { return nil }
    let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return Diagnostic("passed over: \(parts.joined(separator: ", "))")
  }
}
