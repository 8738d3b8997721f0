internal import CLinux
internal import FileTree
internal import Glibc
internal import SystemPackage

/// What proves whose a directory is that isn't complete yet, and whether its maker still lives: a file beside
/// it, which is locked until then and says which directory it means.
///
/// The file is there, locked and written, before the directory is. However its maker ends, the kernel takes the
/// lock back (flock(2)): whoever gets it then knows that nobody works there any more.
final class PartialClaim {
  /// Names the directory, beside this file.
  let directory: FilePath
  private let path: FilePath
  private let descriptor: FileDescriptor

  private static let begin = ".rootfs-pack."
  private static let partialEnd = ".partial"
  private static let claimEnd = ".claim"
  /// In bytes.
  private static let sizeLimit = 256

  static func partialName(of number: UInt64) -> String {
    begin + String(number, radix: 16) + partialEnd
  }

  /// - Parameter target: the host path that the directory is for.
  init?(beside target: FilePath) {
    let number = UInt64.random(in: .min ... .max)
    let parent = target.directory
    directory = parent.appending(Self.partialName(of: number))
    path = parent.appending(Self.begin + String(number, radix: 16) + Self.claimEnd)
    guard let descriptor = Self.file(at: path, in: parent) else { return nil }
    self.descriptor = descriptor
  }

  deinit {
    _ = unsafe path.withPlatformString { unsafe unlink($0) }
    try? descriptor.close()
  }

  /// The directory was made: says which it is.
  func names(_ identity: FileStatus.Identity) {
    _ = try? descriptor.writeAll("\(identity.device) \(identity.inode)\n".utf8)
  }

  /// A new file, locked and with its first line; nil where the file system has no locks or no room.
  private static func file(at path: FilePath, in parent: FilePath) -> FileDescriptor? {
    let nameless = unsafe parent.withPlatformString { unsafe clinux_open_nameless($0, 0o600) }
    let isNameless = nameless >= 0
    let descriptor =
      isNameless
      ? FileDescriptor(rawValue: nameless)
      : try? FileDescriptor.open(
        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
    guard let descriptor else { return nil }
    let line = (path.lastComponent?.string ?? "") + "\n"
    if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0,
      (try? descriptor.writeAll(line.utf8)) == line.utf8.count,
      !isNameless || link(descriptor, to: path)
    {
      return descriptor
    }
    if !isNameless { _ = unsafe path.withPlatformString { unsafe unlink($0) } }
    try? descriptor.close()
    return nil
  }

  /// Giving it a name goes through /proc, which a bare chroot lacks.
  private static func link(_ descriptor: FileDescriptor, to path: FilePath) -> Bool {
    let source = FilePath("/proc/self/fd/\(descriptor.rawValue)")
    return unsafe source.withPlatformString { from in
      unsafe path.withPlatformString { to in
        unsafe linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW)
      }
    } == 0
  }

  // MARK: Clearing up

  /// Removes directories that claims beside them prove to be this tool's, and their makers dead. What can't be
  /// proved or removed stays.
  ///
  /// - Parameter place: the host directory that they lie in.
  static func clear(_ place: FilePath) {
    let options: FileDescriptor.OpenOptions = [.directory, .closeOnExec]
    guard let parent = try? FileDescriptor.open(place, .readOnly, options: options) else { return }
    defer { try? parent.close() }
    let names = (try? DirectoryTree(root: place).names(in: .root)) ?? []
    for name in names where name.hasPrefix(ByteString(begin)) {
      if let number = number(of: name) { clear(name, number, in: parent.rawValue) }
    }
  }

  private static func number(of name: ByteString) -> UInt64? {
    guard name.hasSuffix(ByteString(claimEnd)) else { return nil }
    let digits = name.bytes.dropFirst(begin.utf8.count).dropLast(claimEnd.utf8.count)
    return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  private static func clear(_ name: ByteString, _ number: UInt64, in parent: Int32) {
    let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let claim = unsafe name.withCString { unsafe clinux_open_in(parent, $0, flags, 0) }
    guard claim >= 0 else { return }
    defer { close(claim) }
    guard isOwn(claim), flock(claim, LOCK_EX | LOCK_NB) == 0,
      // Its maker may have ended well just now.
      identity(of: claim) == identity(of: name, in: parent),
      let lines = lines(of: claim), lines.first == name
    else { return }
    let partial = ByteString(partialName(of: number))
    do {
      try remove(partial, lines.dropFirst().first, in: parent)
    } catch .noSuchFileOrDirectory {
      // It was never made, or is where it was to go.
    } catch {
      return
    }
    _ = unsafe name.withCString { unsafe unlinkat(parent, $0, 0) }
  }

  /// - Parameter words: what the claim says of the directory; nil if its maker didn't get so far.
  private static func remove(
    _ partial: ByteString, _ words: ByteString?, in parent: Int32
  ) throws(Errno) {
    guard let words else {
      // Nothing was put into it, then.
      guard unsafe partial.withCString({ unsafe unlinkat(parent, $0, AT_REMOVEDIR) }) == 0 else {
        throw Errno(rawValue: errno)
      }
      return
    }
    let numbers = words.split { $0 == UInt8(ascii: " ") }.compactMap { UInt64($0.description) }
    guard numbers.count == 2 else { throw .invalidArgument }
    try DirectoryTree.remove(
      directory: partial, in: parent,
      identity: FileStatus.Identity(device: numbers[0], inode: numbers[1]))
  }

  /// Whether it is a file that nobody but this user can have written.
  private static func isOwn(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode == S_IFREG | 0o600
      && status.st_uid == geteuid() && status.st_nlink == 1
  }

  private static func identity(of descriptor: Int32) -> FileStatus.Identity? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? FileStatus(status).identity : nil
  }

  private static func identity(
    of name: ByteString, in parent: Int32
  ) -> FileStatus.Identity? {
    var status = stat()
    let result = unsafe name.withCString {
      unsafe fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW)
    }
    return result == 0 ? FileStatus(status).identity : nil
  }

  /// All lines that are complete.
  private static func lines(of descriptor: Int32) -> [ByteString]? {
    let content = OpenFile.Content.descriptor(FileDescriptor(rawValue: descriptor))
    guard let bytes = try? content.read(at: 0, count: sizeLimit), bytes.last == 0x0A else {
      return nil
    }
    return ByteString(bytes.dropLast()).split { $0 == 0x0A }
  }
}
