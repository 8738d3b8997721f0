internal import Bundle
internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// Writes entries as files below a directory, each by its name in an open directory, so that no link
/// leads anywhere else.
final class DirectorySink: EntrySink {
  private let root: FileDescriptor
  /// What the user calls the directory.
  private let target: FilePath
  private let metadata: EntryMetadata
  /// Whether files are given to the metadata's owner, which needs a privilege.
  private let changesOwner: Bool
  /// Whether what has an owner of its own is given to him without being asked to.
  private let isPrivileged = geteuid() == 0
  private let interruption: Interruption
  /// The directories that are open, from the root's first name down.
  private var open: [Directory] = []
  private var file: FileDescriptor?
  /// What is being written, for errors.
  private var current = RootPath.root

  private struct Directory {
    let entry: BundleEntry
    let descriptor: FileDescriptor
  }

  init(
    root: FileDescriptor, target: FilePath, metadata: EntryMetadata, changesOwner: Bool,
    interruption: @escaping Interruption
  ) {
    self.root = root
    self.target = target
    self.metadata = metadata
    self.changesOwner = changesOwner
    self.interruption = interruption
  }

  deinit {
    for directory in open { try? directory.descriptor.close() }
    try? file?.close()
  }

  func begin(_ entry: BundleEntry) throws(ArchiveError) {
    if let signal = interruption() { throw .interrupted(signal: signal) }
    current = entry.path
    while let directory = open.last, directory.entry.path != entry.path.parent {
      try close(directory)
    }
    let parent = (open.last?.descriptor ?? root).rawValue
    let name = entry.path.name
    switch entry.node {
    case .directory:
      try check(unsafe name.withCString { unsafe mkdirat(parent, $0, 0o700) })
      open.append(
        Directory(entry: entry, descriptor: try descriptor(name, in: parent, O_DIRECTORY)))
    case .file:
      file = try descriptor(name, in: parent, O_WRONLY | O_CREAT | O_EXCL)
    case .symbolicLink(let text):
      try check(
        unsafe text.withCString { text in
          unsafe name.withCString { unsafe symlinkat(text, parent, $0) }
        })
      try finish(name, in: parent)
    case .hardLink(let first, _):
      let old = ByteString(first.text.bytes.dropFirst())
      try check(
        unsafe old.withCString { old in
          unsafe name.withCString { unsafe linkat(root.rawValue, old, parent, $0, 0) }
        })
    }
  }

  func append(_ content: [UInt8]) throws(ArchiveError) {
    do {
      if let signal = interruption() { throw ArchiveError.interrupted(signal: signal) }
      try file?.writeAll(content)
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .targetEntry(target, current, error as? Errno ?? .ioError)
    }
  }

  func end(_ entry: BundleEntry) throws(ArchiveError) {
    guard case .file(_, let permissions) = entry.node, let file else { return }
    self.file = nil
    defer { try? file.close() }
    try finish(file, permissions, entry)
  }

  func finish() throws(ArchiveError) {
    while let directory = open.last { try close(directory) }
    try changeOwner(of: root, nil)
    try setTime(of: root)
  }

  // MARK: Permissions, owner, time

  /// A directory's permissions and time come last: making its files needs the one and changes the
  /// other.
  private func close(_ directory: Directory) throws(ArchiveError) {
    open.removeLast()
    defer { try? directory.descriptor.close() }
    guard case .directory(let permissions) = directory.entry.node else { return }
    try finish(directory.descriptor, permissions, directory.entry)
  }

  private func finish(
    _ descriptor: FileDescriptor, _ permissions: UInt16, _ entry: BundleEntry
  ) throws(ArchiveError) {
    // A change of the owner takes set-user-id bits and capabilities away.
    try changeOwner(of: descriptor, entry)
    // Before the permissions: who may not write to a file may not set its attributes.
    for attribute in entry.attributes {
      let result = unsafe attribute.name.withCString { name in
        unsafe clinux_set_attribute(
          descriptor.rawValue, name, attribute.value, UInt(attribute.value.count))
      }
      guard result == 0 else {
        throw .attribute(entry.path, name: attribute.name, Errno(rawValue: errno))
      }
    }
    try check(fchmod(descriptor.rawValue, mode_t(permissions)))
    try setTime(of: descriptor)
  }

  /// A symbolic link has an owner and a time, but no permissions.
  private func finish(_ name: ByteString, in parent: Int32) throws(ArchiveError) {
    if changesOwner {
      let result = unsafe name.withCString {
        unsafe fchownat(parent, $0, metadata.owner, metadata.group, AT_SYMLINK_NOFOLLOW)
      }
      guard result == 0 else { throw .ownership(target, current, Errno(rawValue: errno)) }
    }
    let times = times
    try check(
      unsafe name.withCString { unsafe utimensat(parent, $0, times, AT_SYMLINK_NOFOLLOW) })
  }

  /// - Parameter entry: nil for the directory that all lie in.
  private func changeOwner(
    of descriptor: FileDescriptor, _ entry: BundleEntry?
  ) throws(ArchiveError) {
    // What the user asks for by itself isn't left out in silence where it can't be.
    let hasOwner = entry?.owner != nil && (isPrivileged || entry?.reason == .madeDirectory)
    guard changesOwner || hasOwner else { return }
    let metadata = entry.map { self.metadata.of($0) } ?? self.metadata
    guard fchown(descriptor.rawValue, metadata.owner, metadata.group) == 0 else {
      throw .ownership(target, current, Errno(rawValue: errno))
    }
  }

  private func setTime(of descriptor: FileDescriptor) throws(ArchiveError) {
    let times = times
    try check(unsafe futimens(descriptor.rawValue, times))
  }

  /// Of the last access, and of the last change.
  private var times: [timespec] {
    let time = timespec(tv_sec: Int(metadata.modificationTime), tv_nsec: 0)
    return [time, time]
  }

  // MARK: System calls

  private func descriptor(
    _ name: ByteString, in parent: Int32, _ flags: Int32
  ) throws(ArchiveError) -> FileDescriptor {
    let descriptor = unsafe name.withCString {
      unsafe clinux_open_in(parent, $0, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    try check(descriptor)
    return FileDescriptor(rawValue: descriptor)
  }

  private func check(_ result: Int32) throws(ArchiveError) {
    guard result >= 0 else { throw .targetEntry(target, current, Errno(rawValue: errno)) }
  }
}
