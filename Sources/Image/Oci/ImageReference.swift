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
    let name = colon.map { text[..<$0] } ?? text[...]
    let first = name.prefix { $0 != "/" }
    var (registry, path) = ("docker.io", name)
    if first.count < name.count, Self.namesRegistry(first) {
      (registry, path) = (String(first), name.dropFirst(first.count + 1))
    }
    if registry == "index.docker.io" { registry = "docker.io" }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard Self.isRegistry(registry), parts.allSatisfy(Self.isPathComponent),
      !Self.isIdentifier(path)
    else { return nil }
    let isOfficial = registry == "docker.io" && parts.count == 1
    repository = registry + (isOfficial ? "/library/" : "/") + path
    guard repository.utf8.count <= 255 else { return nil }
  }

  private init(repository: String, tag: String) {
    (self.repository, self.tag) = (repository, tag)
  }

  /// For what has no name.
  package static let unnamed = ImageReference(
    repository: "docker.io/library/image", tag: "latest")

  /// What has a dot or a port, is localhost or isn't all lower-case is a registry.
  private static func namesRegistry(_ text: Substring) -> Bool {
    text.contains(".") || text.contains(":") || text == "localhost" || text.lowercased() != text
  }

  /// Docker takes 64 digits for the identifier of an image.
  private static func isIdentifier(_ text: Substring) -> Bool {
    text.utf8.count == 64 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
  }

  /// Letters, digits, `_`, and inside also `.` and `-`, at most 128.
  private static func isTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    return first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
  }

  /// A host's name or address, and a port.
  private static func isRegistry(_ text: String) -> Bool {
    var host = text[...]
    if let end = text.lastIndex(of: "]"), text.hasPrefix("[") {
      let address = text[text.index(after: text.startIndex)..<end]
      guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" }) else {
        return false
      }
      host = "address" + text[text.index(after: end)...]
    }
    let parts = host.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2 && isNumber(parts[1]) else { return false }
    return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Lower-case words, with one `.`, one or two `_`, or any number of `-` between them.
  private static func isPathComponent(_ text: Substring) -> Bool {
    let separators = text.split { $0.isASCII && ($0.isLowercase || $0.isNumber) }
    guard let first = text.utf8.first, let last = text.utf8.last,
      isLowercaseOrDigit(first), isLowercaseOrDigit(last)
    else { return false }
    return separators.allSatisfy { separator in
      separator == "." || separator == "_" || separator == "__"
        || separator.allSatisfy { $0 == "-" }
    }
  }

  private static func isLowercaseOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowercaseOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
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
