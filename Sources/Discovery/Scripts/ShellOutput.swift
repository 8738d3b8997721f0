internal import FileTree

/// What commands write that work on paths, without running them.
struct ShellOutput {
  let place: ShellPlace
  /// Where the shell may be.
  let directories: [ByteString]

  /// - Parameter arguments: all that each may be, options at the beginning left out.
  func of(_ command: ByteString, _ arguments: [[ByteString]]) -> [ByteString] {
    let first = arguments.first ?? []
    switch command {
    case "dirname": return first.map(Self.directory)
    case "basename":
      guard arguments.count == 1 else { return [] }
      return first.compactMap { ShellPattern.trim($0, "*/", atEnd: false, isLongest: true) }
    case "readlink", "realpath":
      return first.map { $0 == place.script ? place.resolvedScript : $0 }
    case "pwd": return directories
    // A program by its name is looked for by whoever starts it.
    case "command", "which", "echo": return arguments.count == 1 ? first : []
    default: return []
    }
  }

  private static func directory(of path: ByteString) -> ByteString {
    let trimmed =
      path.bytes.last == UInt8(ascii: "/") && path.count > 1
      ? ByteString(path.bytes.dropLast()) : path
    // A directory that was resolved: the one above isn't what stands before `..`.
    if ShellPlace.isDirectory(trimmed) || trimmed.hasSuffix("/..") { return trimmed + "/.." }
    return trimmed.directoryPart
  }
}

/// The patterns with which scripts take paths apart.
enum ShellPattern {
  /// A value without what a pattern matches at one of its ends; nil for a pattern of another kind.
  static func trim(
    _ value: ByteString, _ pattern: ByteString, atEnd: Bool, isLongest: Bool
  ) -> ByteString? {
    let bytes = value.bytes
    let slash = UInt8(ascii: "/")
    switch pattern {
    case "/*" where atEnd:
      let cut = isLongest ? bytes.firstIndex(of: slash) : bytes.lastIndex(of: slash)
      return cut.map { ByteString(bytes[..<$0]) } ?? value
    case "*/" where !atEnd:
      let cut = isLongest ? bytes.lastIndex(of: slash) : bytes.firstIndex(of: slash)
      return cut.map { ByteString(bytes[($0 + 1)...]) } ?? value
    default:
      guard !pattern.bytes.contains(where: { "*?[\\".utf8.contains($0) }) else { return nil }
      if atEnd {
        return value.hasSuffix(pattern) ? ByteString(bytes.dropLast(pattern.count)) : value
      }
      return value.hasPrefix(pattern) ? ByteString(bytes.dropFirst(pattern.count)) : value
    }
  }
}
