/// An image's full name: registry, repository, tag.
///
/// Short names are completed as docker does it (distribution/reference, `ParseNormalizedNamed`), so
/// that every engine files the image under the same name.
package struct ImageReference: Hashable, Sendable {
  /// With the registry: `docker.io/library/server`.
  package let repository: String
  package let tag: String

  /// Nil for what isn't a reference with a tag.
  package init?(_ text: String) {
    guard !text.contains("@") else { return nil }
    let slash = text.lastIndex(of: "/") ?? text.startIndex
    let colon = text[slash...].lastIndex(of: ":")
    tag = colon.map { String(text[text.index(after: $0)...]) } ?? "latest"
    guard Self.isTag(tag) else { return nil }
    var name = String(colon.map { text[..<$0] } ?? text[...])
    let first = name.prefix { $0 != "/" }
    // What has a dot or a port, or is localhost, is a registry.
    let hasRegistry =
      first.count < name.count
      && (first.contains(".") || first.contains(":") || first == "localhost")
    if !hasRegistry { name = "docker.io/" + (name.contains("/") ? "" : "library/") + name }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard Self.isRegistry(parts[0]), parts.count > 1, name.utf8.count <= 255,
      parts.dropFirst().allSatisfy(Self.isPathComponent)
    else { return nil }
    repository = name
  }

  /// Letters, digits, `_`, and inside also `.` and `-`, at most 128.
  private static func isTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    return first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
  }

  private static func isRegistry(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.count < 2 || UInt16(parts[1]) != nil else { return false }
    return !parts[0].isEmpty && !parts[0].hasPrefix("-") && !parts[0].hasSuffix("-")
      && parts[0].utf8.allSatisfy { isAlphanumeric($0) || ".-".utf8.contains($0) }
  }

  /// Lower-case words, with one `.`, one or two `_`, or any number of `-` between them.
  private static func isPathComponent(_ text: Substring) -> Bool {
    let separators = text.split { $0.isASCII && ($0.isLowercase || $0.isNumber) }
    guard let first = text.utf8.first, let last = text.utf8.last,
      isLowercase(first), isLowercase(last)
    else { return false }
    return separators.allSatisfy { separator in
      separator == "." || separator == "_" || separator == "__"
        || separator.allSatisfy { $0 == "-" }
    }
  }

  private static func isLowercase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowercase(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}

extension ImageReference: CustomStringConvertible {
  package var description: String { repository + ":" + tag }

  /// The name as docker shows it: without what it completes by itself.
  package var shortDescription: String {
    for prefix in ["docker.io/library/", "docker.io/"] where repository.hasPrefix(prefix) {
      let name = String(repository.dropFirst(prefix.count))
      return tag == "latest" ? name : name + ":" + tag
    }
    return tag == "latest" ? repository : description
  }
}
