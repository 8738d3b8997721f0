internal import FileTree

/// Where a script lies, in the root and in the bundle.
///
/// What a script finds from its own place goes along when the script moves. Such a path is
/// written with a mark for the script's directory, which no path of a root begins with.
struct ShellPlace {
  /// In-root, as the script is started.
  let path: ByteString
  /// In-root, links resolved.
  let real: RootPath
  /// In the bundle; nil if it keeps its path.
  let destination: RootPath?

  /// The directory that the script is started in, and that of the file itself where links lead
  /// to it.
  private static let started: ByteString = "\u{1}"
  private static let resolved: ByteString = "\u{2}"

  /// A script that keeps its path.
  init(path: ByteString, real: RootPath) {
    self.path = path
    self.real = real
    destination = nil
  }

  init(of object: ObservedObject) {
    path = object.path
    real = object.real
    let isMoved = object.place != RootPath(normalising: path) && object.place != real
    destination = isMoved ? object.place : nil
  }

  /// What `$0` is.
  var script: ByteString { Self.started + "/" + RootPath(normalising: path).name }
  /// The same with every link resolved.
  var resolvedScript: ByteString { Self.resolved + "/" + real.name }

  /// Whether a value begins at the script's place.
  func isOwn(_ value: ByteString) -> Bool { Self.directory(of: value) != nil }

  static func isDirectory(_ value: ByteString) -> Bool { value == started || value == resolved }

  private static func directory(of value: ByteString) -> ByteString? {
    [started, resolved].first { value == $0 || value.hasPrefix($0 + "/") }
  }

  /// The path in the root.
  func source(of value: ByteString) -> ByteString {
    guard let mark = Self.directory(of: value) else { return value }
    let directory = mark == Self.started ? path.directoryPart : real.parent.text
    let rest = ByteString(value.bytes.dropFirst(mark.count))
    return directory == "/" && !rest.isEmpty ? rest : directory + rest
  }

  /// The place in the bundle; nil if it keeps its path.
  func target(of value: ByteString) -> RootPath? {
    guard let mark = Self.directory(of: value), let destination else { return nil }
    let rest = ByteString(value.bytes.dropFirst(mark.count))
    return RootPath(normalising: destination.parent.text + rest)
  }

  /// A value that doesn't depend on where a shell is; nil if that isn't known.
  func absolute(_ value: ByteString, from directories: [ByteString]) -> ByteString? {
    if value.hasPrefix("/") || isOwn(value) { return value }
    return directories.first.map { $0 + "/" + value }
  }

  /// Files that `.` may read for a value, the likeliest first.
  func sources(of value: ByteString, from directories: [ByteString]) -> [ByteString] {
    if value.hasPrefix("/") || isOwn(value) { return [value] }
    // Scripts that read their neighbours by relative paths are started in their own directory.
    return (directories + [Self.started]).map { $0 + "/" + value }
  }

  /// The file that a value leads to; nil for anything else.
  func file(of value: ByteString, in root: inout RootView) -> FileStatus? {
    root.resolve(source(of: value)).flatMap { $0.status.kind == .regular ? $0.status : nil }
  }
}
