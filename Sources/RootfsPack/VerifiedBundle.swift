internal import Archive
internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage
internal import Verify

/// A bundle as a user names it, and what came of its verification.
struct VerifiedBundle {
  /// One for each image that was looked at, or for all that there is.
  private(set) var contents: [VerifiedContent] = []
  /// As the user names it, in a form for every terminal.
  let name: String
  /// What to tell of images in the input that weren't looked at.
  private(set) var otherPlatforms: Diagnostic?

  var isVerified: Bool { contents.allSatisfy(\.verification.isVerified) }
  var hasFailed: Bool { contents.contains(where: \.verification.hasFailed) }
  var isOutOfReach: Bool { contents.contains(where: \.verification.isOutOfReach) }

  /// - Parameters:
  ///   - environment: the loader's surroundings as the user wants them.
  ///   - isForOne: whether what is asked of the run is for one program.
  init(
    _ argument: String, _ options: ReadOptions, _ ladder: Ladder,
    in environment: SearchEnvironment, to last: Rung, isForOne: Bool
  ) throws(Diagnostic) {
    let path = FilePath(ByteString(argument: argument))
    name = ByteString(path).description
    guard !path.isEmpty else {
      throw Diagnostic(
        "a name is empty", remedy: "name an archive, an image or a directory", status: .usage)
    }
    var images: [ImageChoice] = []
    do {
      (contents, otherPlatforms) = try Self.read(path, options) { [name] content in
        if let image = content.image { images.append(image) }
        // What is asked of one is no use to find out from another.
        if isForOne, content.isOneOfSeveral { return (VerifiedContent(Verification()), nil) }
        return Self.climb(content, ladder, in: environment, to: last, name)
      }
    } catch {
      // What is wrong with the archive itself is the first rung's to tell.
      guard let finding = VerifyFinding(error) else { throw Diagnostic(error, of: path) }
      contents = [VerifiedContent(.refused(finding))]
    }
    guard !isForOne || images.count < 2 else {
      throw Diagnostic(
        "\(name): has \(images.count) images, and what is asked of the run is for one",
        remedy: "choose it with --image: "
          + images.map { ByteString($0.name).description }.joined(separator: ", "),
        status: .usage)
    }
  }

  private static func climb(
    _ content: ArchiveReader.Content, _ ladder: Ladder, in environment: SearchEnvironment,
    to last: Rung, _ name: String
  ) -> (VerifiedContent, Diagnostic?) {
    let image = content.image
    func verified(_ verification: Verification) -> VerifiedContent {
      VerifiedContent(
        verification, image: image?.name, identifier: image?.identifier.description,
        platform: image?.platform.description)
    }
    switch content.bundle {
    case .success(let bundle):
      return (
        verified(ladder.climb(bundle, in: environment.inside(bundle), to: last)),
        bundle.hintOfOtherPlatforms(name, command: "verify")
      )
    case .failure(let error):
      return (verified(VerifyFinding(error).map { .refused($0) } ?? Verification()), nil)
    }
  }

  private static func read(
    _ path: FilePath, _ options: ReadOptions,
    _ body: (ArchiveReader.Content) -> (VerifiedContent, Diagnostic?)
  ) throws(ArchiveReadError) -> ([VerifiedContent], Diagnostic?) {
    do {
      let results = try ArchiveReader(options: options).read(path, body)
      return (results.map(\.0), results.compactMap(\.1).first)
    } catch {
      // Root of a user namespace may not know the owners.
      guard options.keepsOwners, case .unpacking(_, let cause) = error,
        cause == .notPermitted || cause == .invalidArgument
      else { throw error }
      var options = options
      options.keepsOwners = false
      return try read(path, options, body)
    }
  }
}

extension Verification {
  /// That of what can't be read, whose fault it is.
  fileprivate static func refused(_ finding: VerifyFinding) -> Verification {
    Verification([RungResult(.structure, .failed, findings: [finding])])
  }
}
