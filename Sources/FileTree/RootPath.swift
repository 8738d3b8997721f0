/// An absolute, normalised path inside a root: `/` or `/a/b`, never `.`, `..`, `//` or a trailing `/`.
///
/// The root is the host's `/`, a sysroot or a planned image. A path on the host is a
/// `SystemPackage.FilePath`; the two don't convert by accident, so a sysroot mix-up doesn't compile.
package struct RootPath: Hashable, Comparable, Sendable {
  /// The path's text, beginning with `/`.
  package let text: ByteString

  package static let root = RootPath(text: "/")

  private init(text: ByteString) {
    self.text = text
  }

  /// Normalises `text` by its letters alone: `..` drops the name before it, and nothing is above `/`.
  ///
  /// That is right for a path that names where something *shall* be. A path that is opened goes
  /// through ``PathResolver``, since `link/..` is the parent of the link's target.
  package init(normalising text: ByteString) {
    var names: [ArraySlice<UInt8>] = []
    for name in text.bytes.split(separator: UInt8(ascii: "/")) {
      if name.elementsEqual([UInt8(ascii: ".")]) { continue }
      if name.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
        _ = names.popLast()
      } else {
        names.append(name)
      }
    }
    self.text =
      names.isEmpty
      ? "/" : ByteString(names.flatMap { [UInt8(ascii: "/")] + $0 })
  }

  package var isRoot: Bool { text.count == 1 }

  /// The last name; empty for the root.
  package var name: ByteString {
    ByteString(text.bytes[nameStart...])
  }

  /// The directory above; the root is its own parent, as in the kernel.
  package var parent: RootPath {
    let end = nameStart - 1
    return end <= 0 ? .root : RootPath(text: ByteString(text.bytes[..<end]))
  }

  /// The names from the root down.
  package var names: [ByteString] {
    text.bytes.split(separator: UInt8(ascii: "/")).map { ByteString($0) }
  }

  /// The directories above this path, from the root's child down to the parent; the root left out.
  package var ancestors: [RootPath] {
    var result: [RootPath] = []
    for index in text.bytes.indices.dropFirst() where text.bytes[index] == UInt8(ascii: "/") {
      result.append(RootPath(text: ByteString(text.bytes[..<index])))
    }
    return result
  }

  /// The path of `name` (one name, without `/`) in this directory.
  package func appending(_ name: ByteString) -> RootPath {
    var bytes = text.bytes
    bytes.reserveCapacity(bytes.count + name.count + 1)
    if !isRoot { bytes.append(UInt8(ascii: "/")) }
    bytes.append(contentsOf: name.bytes)
    return RootPath(text: ByteString(bytes))
  }

  /// Whether this path is `directory` or lies below it.
  package func isInside(_ directory: RootPath) -> Bool {
    guard !directory.isRoot, text.count > directory.text.count else {
      return directory.isRoot || self == directory
    }
    return text.bytes[directory.text.count] == UInt8(ascii: "/") && text.hasPrefix(directory.text)
  }

  package static func < (left: RootPath, right: RootPath) -> Bool {
    left.text < right.text
  }

  private var nameStart: Int {
    (text.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0) + 1
  }
}

extension RootPath: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(normalising: ByteString(value))
  }
}

extension RootPath: CustomStringConvertible {
  package var description: String { text.description }
}
