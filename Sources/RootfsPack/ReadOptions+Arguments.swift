internal import Archive
internal import FileTree
internal import Image

extension ReadOptions {
  /// What a command that reads bundles asks for.
  ///
  /// - Parameters:
  ///   - platform: as the user writes it; nil for this machine's, or the first.
  ///   - image: what the user calls it; nil for all of the platform.
  static func of(
    _ platform: String?, image: String?, _ variables: ProcessEnvironment
  ) throws(Diagnostic) -> ReadOptions {
    var options = ReadOptions()
    options.image = image
    options.temporaryDirectory = variables.temporaryDirectory
    guard let platform else {
      options.platform =
        Platform.hostArchitecture.map { .preferring(ImagePlatform(architecture: $0)) } ?? .first
      return options
    }
    guard let wanted = ImagePlatform(platform) else {
      throw Diagnostic(
        "--image-platform '\(ByteString(argument: platform))': isn't a platform",
        remedy: "write it as in linux/arm64", status: .usage)
    }
    options.platform = .only(wanted)
    return options
  }
}
