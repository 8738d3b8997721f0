internal import Archive
internal import FileTree
internal import Loader
internal import SystemPackage
internal import Verify

/// A bundle as a user names it, and what came of its verification.
struct VerifiedBundle {
  let verification: Verification
  /// As the user names it, in a form for every terminal.
  let name: String
  /// Nil for what is no image.
  let platform: String?
  /// What to tell of images in the input that weren't looked at.
  let otherPlatforms: Diagnostic?

  /// - Parameter environment: the loader's surroundings as the user wants them.
  init(
    _ argument: String, _ options: ReadOptions, _ ladder: Ladder,
    in environment: SearchEnvironment, to last: Rung
  ) throws(Diagnostic) {
    let path = FilePath(ByteString(argument: argument))
    let name = ByteString(path).description
    self.name = name
    guard !path.isEmpty else {
      throw Diagnostic(
        "a name is empty", remedy: "name an archive, an image or a directory", status: .usage)
    }
    let bundle: ReadBundle
    do {
      bundle = try Self.read(path, options)
    } catch {
      // What is wrong with the archive itself is the first rung's to tell.
      guard let finding = VerifyFinding(error) else { throw Diagnostic(error, of: path) }
      verification = Verification([RungResult(.structure, .failed, findings: [finding])])
      (platform, otherPlatforms) = (nil, nil)
      return
    }
    verification = ladder.climb(bundle, in: environment.inside(bundle), to: last)
    platform = bundle.image?.platform.description
    otherPlatforms = bundle.hintOfOtherPlatforms(name, command: "verify")
  }

  private static func read(
    _ path: FilePath, _ options: ReadOptions
  ) throws(ArchiveReadError) -> ReadBundle {
    do {
      return try ArchiveReader(options: options).read(path)
    } catch {
      // Root of a user namespace may not know the owners.
      guard options.keepsOwners, case .unpacking(_, let cause) = error,
        cause == .notPermitted || cause == .invalidArgument
      else { throw error }
      var options = options
      options.keepsOwners = false
      return try ArchiveReader(options: options).read(path)
    }
  }
}
