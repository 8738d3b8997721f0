internal import FileTree
internal import FoundationEssentials
internal import Loader
internal import SystemPackage

/// The root, the loader's surroundings and the way from a command's words to paths in the root.
struct ResolutionContext {
  /// The root's place on the host: absolute.
  let root: FilePath
  let tree: any FileTree
  let environment: SearchEnvironment
  /// The process's environment variables.
  let variables: [String: String]
  private let workingDirectory: FilePath

  init(_ options: RootOptions) throws(Diagnostic) {
    variables = ProcessInfo.processInfo.environment
    workingDirectory = FilePath(FileManager.default.currentDirectoryPath)
    root = workingDirectory.pushing(FilePath(options.root)).lexicallyNormalized()
    tree = DirectoryTree(root: root)
    environment = SearchEnvironment(
      libraryPath: options.libraryPath.map { ByteString($0) })
  }

  var loader: Loader { Loader(tree: tree, environment: environment) }

  func closure(of file: String, _ loader: inout Loader) throws(Diagnostic) -> ClosureGraph {
    do {
      return try loader.closure(of: inRootPath(of: file))
    } catch {
      throw Diagnostic(error)
    }
  }

  /// The absolute in-root path that a word of the command line names.
  func inRootPath(of word: String) -> ByteString {
    let path = workingDirectory.pushing(FilePath(word))
    return ByteString(path.string)
  }
}
