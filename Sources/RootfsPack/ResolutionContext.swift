internal import FileTree
internal import FoundationEssentials
internal import Glibc
internal import Loader
internal import SystemPackage

/// The root, the loader's surroundings and the way from a command's words to paths in the root.
struct ResolutionContext {
  /// The root's place on the host: absolute and normalised.
  let root: FilePath
  /// The root, with the named files that lie outside of it showing through.
  let tree: any FileTree
  /// The host itself.
  let host = DirectoryTree(root: "/")
  let environment: SearchEnvironment
  /// The process's environment variables.
  let variables: [String: String]
  private let workingDirectory: FilePath

  /// A file that a word of the command line names.
  struct Location {
    /// Absolute, in-root, as given: links unresolved.
    let path: ByteString
    /// Whether the file lies outside of the sysroot.
    let isOutside: Bool
  }

  /// - Parameter words: the paths of the command line, which may lie outside of the root.
  init(_ options: RootOptions, words: [String]) throws(Diagnostic) {
    variables = ProcessInfo.processInfo.environment
    workingDirectory = FilePath(FileManager.default.currentDirectoryPath)
    let given = Self.absolute(options.root, in: workingDirectory)
    guard let root = Self.realPath(given) else {
      throw Diagnostic(
        "--root \(options.root): \(Diagnostic.describe(Errno(rawValue: errno)))",
        remedy: "name an existing directory", status: .usage)
    }
    self.root = root
    let base = DirectoryTree(root: root)
    guard let status = try? base.status(of: .root), status.kind == .directory else {
      throw Diagnostic(
        "--root \(options.root): not a directory", remedy: "name an existing directory",
        status: .usage)
    }
    let workingDirectory = workingDirectory
    func locate(_ word: String) -> Location {
      Self.locate(word, root: root, base, in: workingDirectory)
    }
    let files = words.map(locate).filter(\.isOutside).map { Self.window($0.path) }
    let libraryPath = options.libraryPath.map(locate)
    let directories = libraryPath.filter(\.isOutside).map { RootPath(normalising: $0.path) }
    let windows = files + directories
    tree = windows.isEmpty ? base : OverlayTree(base: base, overlay: host, windows: windows)
    environment = SearchEnvironment(
      libraryPath: libraryPath.map(\.path),
      // A relative search path means nothing inside a sysroot but its root.
      workingDirectory: root == "/"
        ? RootPath(normalising: ByteString(workingDirectory.string)) : .root)
  }

  var loader: Loader { Loader(tree: tree, environment: environment) }

  func closure(of word: String, _ loader: inout Loader) throws(Diagnostic) -> ClosureGraph {
    do {
      return try loader.closure(of: locate(word).path)
    } catch {
      throw Diagnostic(error)
    }
  }

  func locate(_ word: String) -> Location {
    Self.locate(word, root: root, DirectoryTree(root: root), in: workingDirectory)
  }

  /// The absolute host path of a word.
  func hostPath(_ word: String) -> ByteString {
    ByteString(Self.absolute(word, in: workingDirectory).string)
  }

  // MARK: Paths

  /// With a sysroot, a word is a path below it on the host, or one that exists inside of it, or a
  /// file of the host outside of it; in that order.
  private static func locate(
    _ word: String, root: FilePath, _ base: DirectoryTree, in directory: FilePath
  ) -> Location {
    let path = absolute(word, in: directory)
    guard root != "/" else { return Location(path: ByteString(path.string), isOutside: false) }
    // The last name stays as it is: a link shall be seen by its own name.
    let parent = realPath(path.removingLastComponent()) ?? path.removingLastComponent()
    let physical = path.lastComponent.map { parent.appending($0) } ?? path
    if physical.starts(with: root) {
      var inside = physical
      _ = inside.removePrefix(root)
      return Location(path: ByteString("/" + inside.string), isOutside: false)
    }
    var resolver = PathResolver(tree: base)
    if word.hasPrefix("/"), (try? resolver.resolve(ByteString(path.string))) != nil {
      return Location(path: ByteString(path.string), isOutside: false)
    }
    return Location(path: ByteString(physical.string), isOutside: true)
  }

  /// What of the host shows through for a file: its neighbourhood, for `$ORIGIN`, but never a
  /// system directory with libraries of the host's.
  private static func window(_ path: ByteString) -> RootPath {
    let place = RootPath(normalising: path)
    guard let top = place.ancestors.first, !SystemDirectories.contain(place) else { return place }
    return top
  }

  /// A path without `.` and doubled slashes; `..` stays, since what is before it may be a link.
  private static func absolute(_ word: String, in directory: FilePath) -> FilePath {
    var path = FilePath(root: "/")
    for component in directory.pushing(FilePath(word)).components
    where component.kind != .currentDirectory {
      path.append(component)
    }
    return path
  }

  private static func realPath(_ path: FilePath) -> FilePath? {
    guard let text = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
      return nil
    }
    defer { unsafe free(text) }
    return unsafe FilePath(platformString: text)
  }
}

/// The directories whose files keep their paths in a bundle.
enum SystemDirectories {
  static func contain(_ path: RootPath) -> Bool {
    guard let top = path.names.first, path.names.count > 1 else { return false }
    return ["usr", "bin", "sbin", "opt"].contains(top) || top.hasPrefix("lib")
  }
}
