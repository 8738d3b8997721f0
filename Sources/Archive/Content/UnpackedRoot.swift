internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// The directory that files are unpacked in: each by its name in an open directory, and no link is followed,
/// whatever was unpacked before.
final class UnpackedRoot {
  /// On the host.
  let path: FilePath
  /// It has to outlive the root.
  let directory: PrivateDirectory
  private let root: FileDescriptor
  /// The directory that was used last; one at a time, so that no depth uses up the open files.
  private var current: (path: RootPath, descriptor: FileDescriptor)?
  private let keepsOwners: Bool

  /// - Parameter directory: where the root is made, for its owner alone.
  init(in directory: PrivateDirectory, keepsOwners: Bool) throws(ArchiveReadError) {
    path = directory.path.appending("root")
    self.directory = directory
    self.keepsOwners = keepsOwners
    do {
      let made = unsafe path.withPlatformString { unsafe mkdir($0, 0o700) }
      guard made == 0 else { throw Errno(rawValue: errno) }
      root = try FileDescriptor.open(
        path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
    } catch {
      throw .temporaryDirectory(directory.path, error as? Errno ?? .ioError)
    }
  }

  deinit {
    try? current?.descriptor.close()
    try? root.close()
  }

  // MARK: Making

  /// For now only its owner can enter it.
  func makeDirectory(_ path: RootPath) throws(ArchiveReadError) {
    let parent = try descriptor(of: path.parent)
    let result = unsafe path.name.withCString { unsafe mkdirat(parent.rawValue, $0, 0o700) }
    try check(result, path)
  }

  func makeSymbolicLink(_ path: RootPath, text: ByteString) throws(ArchiveReadError) {
    let parent = try descriptor(of: path.parent)
    let result = unsafe text.withCString { text in
      unsafe path.name.withCString { unsafe symlinkat(text, parent.rawValue, $0) }
    }
    try check(result, path)
  }

  func makeHardLink(_ path: RootPath, to target: RootPath) throws(ArchiveReadError) {
    let source = try openDirectory(target.parent)
    defer { try? source.close() }
    let parent = try descriptor(of: path.parent)
    let result = unsafe target.name.withCString { old in
      unsafe path.name.withCString { new in
        unsafe linkat(source.rawValue, old, parent.rawValue, new, 0)
      }
    }
    try check(result, path)
  }

  /// - Parameter size: what will be written, in bytes.
  func makeFile(_ path: RootPath, size: UInt64) throws(ArchiveReadError) -> FileDescriptor {
    try checkSpace(for: size)
    let parent = try descriptor(of: path.parent)
    return try open(path.name, in: parent, O_WRONLY | O_CREAT | O_EXCL, for: path)
  }

  /// A file that was made without its content.
  func openFile(_ path: RootPath, size: UInt64) throws(ArchiveReadError) -> FileDescriptor {
    try checkSpace(for: size)
    let parent = try descriptor(of: path.parent)
    // It may have got permissions that keep its owner out.
    try check(unsafe path.name.withCString { unsafe fchmodat(parent.rawValue, $0, 0o600, 0) }, path)
    return try open(path.name, in: parent, O_WRONLY, for: path)
  }

  func write(
    _ bytes: Span<UInt8>, to file: FileDescriptor, _ path: RootPath
  ) throws(ArchiveReadError) {
    var failure: Errno?
    unsafe bytes.withUnsafeBufferPointer {
      do {
        try unsafe file.writeAll($0)
      } catch {
        failure = error as? Errno ?? .ioError
      }
    }
    if failure == .noSpace { throw .noSpace(self.path, needed: UInt64(bytes.count)) }
    if let failure { throw .unpacking(path, failure) }
  }

  /// Goes on behind so many zeros, for which the disk needs no room.
  func leaveHole(
    _ size: UInt64, in file: FileDescriptor, _ path: RootPath
  ) throws(ArchiveReadError) {
    do {
      let end = try file.seek(offset: Int64(clamping: size), from: .current)
      try file.resize(to: end)
    } catch {
      throw .unpacking(path, error as? Errno ?? .ioError)
    }
  }

  /// Removes whatever lies there, with all that is below it.
  func remove(_ path: RootPath) throws(ArchiveReadError) {
    // Its name may soon be another directory's.
    if let current, current.path.isInside(path) { leave() }
    let parent = try descriptor(of: path.parent)
    do {
      try DirectoryTree.remove(path.name, in: parent.rawValue)
    } catch {
      throw .unpacking(path, error)
    }
  }

  // MARK: Permissions, owner, time

  /// Gives a file what the archive says of it, so far as that is wanted.
  func finish(
    _ file: FileDescriptor, _ metadata: Metadata, _ path: RootPath
  ) throws(ArchiveReadError) {
    try finish(file.rawValue, metadata, path, readable: 0o400)
    try giveCapabilities(metadata, file, path)
    let time = timespec(tv_sec: Int(metadata.modificationTime), tv_nsec: 0)
    // A time that the file system can't hold isn't worth an error.
    _ = unsafe futimens(file.rawValue, [time, time])
  }

  /// What the kernel gives a program of the file, which a change of owner takes away.
  private func giveCapabilities(
    _ metadata: Metadata, _ file: FileDescriptor, _ path: RootPath
  ) throws(ArchiveReadError) {
    let name = ExtendedAttribute.capabilities
    guard keepsOwners, let value = metadata.attributes.first(where: { $0.name == name })?.value
    else { return }
    let result = unsafe name.withCString { name in
      unsafe value.withUnsafeBufferPointer {
        unsafe clinux_set_attribute(file.rawValue, name, $0.baseAddress, UInt($0.count))
      }
    }
    // Not every file system has attributes; then the entry alone tells of them.
    if result != 0, errno == ENOTSUP { return }
    try check(result, path)
  }

  /// Not before all is in it.
  func finishDirectory(_ path: RootPath, _ metadata: Metadata) throws(ArchiveReadError) {
    try finish(try descriptor(of: path).rawValue, metadata, path, readable: 0o700)
  }

  func finishLink(_ path: RootPath, _ metadata: Metadata) throws(ArchiveReadError) {
    guard keepsOwners else { return }
    let parent = try descriptor(of: path.parent)
    let owner = metadata.owner
    let result = unsafe path.name.withCString {
      unsafe fchownat(parent.rawValue, $0, owner.user, owner.group, AT_SYMLINK_NOFOLLOW)
    }
    try check(result, path)
  }

  /// - Parameter readable: what whoever reads the tree needs, if it is the owner.
  private func finish(
    _ descriptor: Int32, _ metadata: Metadata, _ path: RootPath, readable: UInt16
  ) throws(ArchiveReadError) {
    guard keepsOwners else {
      return try check(fchmod(descriptor, mode_t(metadata.permissions & 0o777 | readable)), path)
    }
    // Before the permissions: a change of owner takes the set-user-id bit away.
    try check(fchown(descriptor, metadata.owner.user, metadata.owner.group), path)
    try check(fchmod(descriptor, mode_t(metadata.permissions)), path)
  }

  // MARK: Directories

  /// An open directory, which stays open until another is asked for.
  private func descriptor(of path: RootPath) throws(ArchiveReadError) -> FileDescriptor {
    if path.isRoot { return root }
    if let current {
      if current.path == path { return current.descriptor }
      if !path.parent.isRoot, current.path == path.parent {
        let next = try openDirectory(path.name, in: current.descriptor, for: path)
        leave()
        self.current = (path, next)
        return next
      }
    }
    leave()
    let descriptor = try openDirectory(path)
    current = (path, descriptor)
    return descriptor
  }

  private func leave() {
    try? current?.descriptor.close()
    current = nil
  }

  /// Opens a directory name by name from the root, for who closes it.
  private func openDirectory(_ path: RootPath) throws(ArchiveReadError) -> FileDescriptor {
    var descriptor = try openDirectory(".", in: root, for: path)
    for name in path.names {
      let parent = descriptor
      defer { try? parent.close() }
      descriptor = try openDirectory(name, in: parent, for: path)
    }
    return descriptor
  }

  private func openDirectory(
    _ name: ByteString, in parent: FileDescriptor, for path: RootPath
  ) throws(ArchiveReadError) -> FileDescriptor {
    try open(name, in: parent, O_RDONLY | O_DIRECTORY, for: path)
  }

  private func open(
    _ name: ByteString, in parent: FileDescriptor, _ flags: Int32, for path: RootPath
  ) throws(ArchiveReadError) -> FileDescriptor {
    let descriptor = unsafe name.withCString {
      unsafe clinux_open_in(parent.rawValue, $0, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    try check(descriptor, path)
    return FileDescriptor(rawValue: descriptor)
  }

  // MARK: Errors

  /// Before the first byte, rather than when the disk is full for everyone.
  private func checkSpace(for size: UInt64) throws(ArchiveReadError) {
    var facts = statvfs()
    guard unsafe fstatvfs(root.rawValue, &facts) == 0 else { return }
    let (free, isHuge) = UInt64(facts.f_bavail)
      .multipliedReportingOverflow(by: UInt64(facts.f_frsize))
    guard isHuge || size <= free else { throw .noSpace(path, needed: size) }
  }

  private func check(_ result: Int32, _ path: RootPath) throws(ArchiveReadError) {
    guard result < 0 else { return }
    let cause = Errno(rawValue: errno)
    throw cause == .noSpace ? .noSpace(self.path, needed: 0) : .unpacking(path, cause)
  }
}
