internal import FileTree
internal import Glibc
internal import SystemPackage

/// Turns the paths of the command line into paths in the root.
struct PathLocator {
  /// The root's place on the host: absolute, links resolved.
  let root: FilePath
  private let givenRoot: FilePath
  private let base: DirectoryTree
  private let workingDirectory: FilePath

  /// A file that an argument names.
  struct Location {
    /// Absolute, in-root, as given: links unresolved.
    let path: ByteString
    /// Whether the file lies outside of the sysroot, so that the path is one of the host.
    let isOutside: Bool
  }

  init(root argument: String, workingDirectory: FilePath) throws(Diagnostic) {
    func refuse(_ reason: String) -> Diagnostic {
      Diagnostic(
        "--root '\(ByteString(argument: argument))': \(reason)",
        remedy: "name an existing directory",
        status: .usage)
    }
    guard !argument.isEmpty else { throw refuse("is empty") }
    self.workingDirectory = workingDirectory
    givenRoot = Self.absolute(FilePath(ByteString(argument: argument)), in: workingDirectory)
    guard let root = Self.realPath(givenRoot) else {
      throw refuse(Diagnostic.describe(Errno(rawValue: errno)))
    }
    self.root = root
    base = DirectoryTree(root: root)
    guard let status = try? base.status(of: .root), status.kind == .directory else {
      throw refuse("is not a directory")
    }
  }

  /// With a sysroot, an argument is a path below it on the host, or one that exists inside of it, or
  /// a file of the host outside of it; in that order.
  func locate(_ argument: String) -> Location {
    let path = Self.absolute(FilePath(ByteString(argument: argument)), in: workingDirectory)
    guard root != "/" else { return Location(path: ByteString(path), isOutside: false) }
    for prefix in [givenRoot, root] {
      if let inside = Self.strip(prefix, from: path) { return inside }
    }
    var resolver = PathResolver(tree: base)
    if argument.hasPrefix("/"), (try? resolver.resolve(ByteString(path))) != nil {
      return Location(path: ByteString(path), isOutside: false)
    }
    // The last name stays as it is: a link shall be seen by its own name.
    let parent = path.removingLastComponent()
    let physical = (Self.realPath(parent) ?? parent).appending(path.lastComponent ?? ".")
    return Self.strip(root, from: physical)
      ?? Location(path: ByteString(physical), isOutside: true)
  }

  /// What of the host shows through beside a file outside of the sysroot: the directory above its
  /// own, for `$ORIGIN/../lib`, but never libraries of the host's. Of a directory only itself.
  func window(_ path: ByteString) -> RootPath {
    let file = RootPath(normalising: path)
    var resolver = PathResolver(tree: DirectoryTree(root: "/"))
    let isDirectory = (try? resolver.resolve(path))?.status.kind == .directory
    guard !isDirectory, !holdsLibraries(file) else { return file }
    let directory = file.parent
    let above = directory.parent
    if !above.isRoot && !holdsLibraries(above) { return above }
    return directory.isRoot || holdsLibraries(directory) ? file : directory
  }

  private func holdsLibraries(_ path: RootPath) -> Bool {
    SystemDirectories.holdLibraries(path)
  }

  private static func strip(_ root: FilePath, from path: FilePath) -> Location? {
    var inside = path
    guard inside.removePrefix(root) else { return nil }
    return Location(path: "/" + ByteString(inside), isOutside: false)
  }

  /// A path without `.` and doubled slashes; `..` stays, since what is before it may be a link.
  private static func absolute(_ argument: FilePath, in directory: FilePath) -> FilePath {
    var path = FilePath(root: "/")
    for component in directory.pushing(argument).components
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
