internal import Archive
internal import FileTree
internal import SystemPackage
internal import Verify

extension ReadBundle {
  /// What is wrong with the archive itself, of which engines refuse the first kind.
  ///
  /// - Parameter input: as the user names it.
  func diagnostics(of input: FilePath) -> [Diagnostic] {
    violations.map { violation in
      let words = violation.words
      let place = words.place.isEmpty ? "" : ", " + words.place
      return Diagnostic(
        "\(violation.isFatal ? "" : "warning: ")\(ByteString(input))\(place): \(words.message)",
        status: violation.isFatal ? .findings : .done)
    }.filter { $0.status != .done }
  }

  /// What to tell of images in the input that weren't looked at; nil where there are none.
  ///
  /// - Parameter name: of the input, in a form for every terminal.
  func hintOfOtherPlatforms(_ name: String, command: String) -> Diagnostic? {
    guard let image else { return nil }
    let others = image.choices.map(\.platform.description).filter {
      $0 != image.platform.description
    }
    guard !others.isEmpty else { return nil }
    let list = others.map { ByteString($0).description }.joined(separator: ", ")
    return Diagnostic(
      "\(name): has images for \(list) too", remedy: "\(command) each with --image-platform",
      status: .done)
  }
}
