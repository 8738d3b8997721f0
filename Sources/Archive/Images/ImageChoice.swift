/// What one image of an input is called by.
package struct ImageChoice: Hashable, Sendable {
  /// Full names with their tags, as the input has them.
  package let names: [String]
  package let platform: ImagePlatform
  package let manifestDigest: ContentDigest?
  /// Of the configuration.
  package let identifier: ContentDigest

  package init(
    names: [String], platform: ImagePlatform, manifestDigest: ContentDigest?,
    identifier: ContentDigest
  ) {
    self.names = names
    self.platform = platform
    self.manifestDigest = manifestDigest
    self.identifier = identifier
  }

  /// How it is told from others: its first name, or else its id.
  package var name: String { names.first ?? identifier.description }

  /// Those that a user means: by a full name, a digest or an id, or else by a tag, or by a repository alone.
  ///
  /// - Parameter choice: what an element is called by.
  static func matches<Image>(
    _ text: String, in images: [Image], _ choice: (Image) -> ImageChoice
  ) -> [Image] {
    let ways: [(ImageChoice) -> Bool] = [
      { $0.isNamed(text) || $0.hasDigest(text) }, { $0.isTagged(text) }, { $0.isIn(text) },
    ]
    for way in ways {
      let found = images.filter { way(choice($0)) }
      if !found.isEmpty { return found }
    }
    return []
  }

  private func isNamed(_ text: String) -> Bool {
    let wanted = ImageName(text)
    return names.contains { $0 == text || ImageName($0) == wanted }
  }

  private func isTagged(_ tag: String) -> Bool {
    names.contains { ImageName($0).tag == tag || $0 == tag }
  }

  private func isIn(_ repository: String) -> Bool {
    let wanted = ImageName(repository)
    return wanted.isUntagged && names.contains { ImageName($0).repository == wanted.repository }
  }

  /// - Parameter text: a digest, or at least 6 of its first digits.
  private func hasDigest(_ text: String) -> Bool {
    let prefix = "sha256:"
    let digits = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    guard digits.count >= 6 else { return false }
    return [manifestDigest, identifier].contains { $0?.hexadecimal.hasPrefix(digits) ?? false }
  }
}

/// A name of an image in the full form that engines make of a short one.
///
/// Source: github.com/distribution/reference, `ParseNormalizedNamed` and `TagNameOnly`.
private struct ImageName: Equatable {
  let repository: String
  let tag: String
  /// Whether the tag is what a name without one has.
  let isUntagged: Bool

  init(_ text: String) {
    var repository = text[...]
    var tag: Substring?
    // A colon before the last slash is a port's.
    if let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") {
      (repository, tag) = (text[..<colon], text[text.index(after: colon)...])
    }
    for prefix in ["docker.io/", "library/", "localhost/"] where repository.hasPrefix(prefix) {
      repository = repository.dropFirst(prefix.count)
    }
    self.repository = String(repository)
    self.tag = tag.map(String.init) ?? "latest"
    isUntagged = tag == nil
  }

  static func == (left: ImageName, right: ImageName) -> Bool {
    left.repository == right.repository && left.tag == right.tag
  }
}
