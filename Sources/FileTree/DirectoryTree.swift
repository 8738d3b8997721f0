internal import CLinux
package import Glibc
package import SystemPackage

/// The files below a directory of the host: `/` itself or a sysroot.
package struct DirectoryTree: FileTree {
  /// The root's place on the host.
  package let root: FilePath
  private let prefix: ByteString

  package init(root: FilePath) {
    self.root = root
    let text = ByteString(root)
    prefix = text == "/" ? "" : text
  }

  /// Where a path of this tree lies on the host.
  package func hostPath(_ path: RootPath) -> ByteString {
    path.isRoot && !prefix.isEmpty ? prefix : prefix + path.text
  }

  package func status(of path: RootPath) throws(Errno) -> FileStatus {
    var status = stat()
    let result = unsafe hostPath(path).withCString { unsafe lstat($0, &status) }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return FileStatus(status)
  }

  package func hasCapabilities(_ path: RootPath) -> Bool {
    unsafe hostPath(path).withCString { unsafe clinux_has_capabilities($0) } == 1
  }

  package func extendedAttributes(
    of path: RootPath, where isWanted: (ByteString) -> Bool
  ) throws(Errno) -> [ExtendedAttribute] {
    let hostPath = hostPath(path)
    let names = try unsafe Self.attributeBytes { buffer in
      unsafe hostPath.withCString { file in
        unsafe clinux_list_attributes(file, buffer.baseAddress, UInt(buffer.count))
      }
    }
    var attributes: [ExtendedAttribute] = []
    for name in (names ?? []).split(separator: 0).map({ ByteString($0) }).sorted()
    where isWanted(name) {
      let value = try unsafe Self.attributeBytes { buffer in
        unsafe hostPath.withCString { file in
          unsafe name.withCString { name in
            unsafe clinux_read_attribute(file, name, buffer.baseAddress, UInt(buffer.count))
          }
        }
      }
      if let value { attributes.append(ExtendedAttribute(name: name, value: value)) }
    }
    return attributes
  }

  /// What a system call tells of extended attributes; nil if there are none of that name or at all.
  private static func attributeBytes(
    _ read: (UnsafeMutableBufferPointer<UInt8>) -> Int
  ) throws(Errno) -> [UInt8]? {
    // The kernel's limit for a list of names and for a value (XATTR_LIST_MAX, XATTR_SIZE_MAX; Linux
    // include/uapi/linux/limits.h): nothing that changes meanwhile outgrows it.
    let limit = 65_536
    var failure: Errno?
    let bytes = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: limit) { buffer in
      let count = unsafe read(buffer)
      if count < 0 { failure = Errno(rawValue: errno) }
      return unsafe Array(buffer[..<max(0, count)])
    }
    switch failure {
    case nil: return bytes
    case .noData?, .notSupported?: return nil
    case let failure?: throw failure
    }
  }

  package func linkText(of path: RootPath) throws(Errno) -> ByteString {
    // PATH_MAX bounds what symlink(2) accepts.
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe hostPath(path).withCString { path in
      unsafe readlink(path, &buffer, buffer.count)
    }
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return ByteString(buffer[..<count].map { UInt8(bitPattern: $0) })
  }

  private func openDescriptor(_ path: RootPath) throws(Errno) -> Int32 {
    // Without O_NONBLOCK a FIFO would block for ever before it can be seen that it is one.
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = unsafe hostPath(path).withCString { unsafe Glibc.open($0, flags) }
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return descriptor
  }

  package func head(of path: RootPath, count: Int) throws(Errno) -> [UInt8] {
    // Asked of every file of a tree: nothing more than it takes.
    let descriptor = try openDescriptor(path)
    defer { close(descriptor) }
    var failure: Errno?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let got = unsafe pread(descriptor, buffer.baseAddress, count, 0)
      if got < 0 { failure = Errno(rawValue: errno) }
      filled = max(0, got)
    }
    if let failure { throw failure }
    return bytes
  }

  package func open(_ path: RootPath) throws(Errno) -> OpenFile {
    let descriptor = try openDescriptor(path)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let cause = Errno(rawValue: errno)
      close(descriptor)
      throw cause
    }
    let opened = FileStatus(status)
    guard opened.kind == .regular else {
      close(descriptor)
      throw opened.kind == .directory ? .isDirectory : .invalidArgument
    }
    return OpenFile(descriptor: FileDescriptor(rawValue: descriptor), status: opened)
  }

  package func names(in directory: RootPath) throws(Errno) -> [ByteString] {
    try read(directory) { name, _ in name }.sorted()
  }

  package func entries(in directory: RootPath) throws(Errno) -> [DirectoryEntry] {
    let found = try read(directory) { name, type in
      DirectoryEntry(name: name, kind: FileStatus.Kind(directoryEntryType: type))
    }
    var entries: [DirectoryEntry] = []
    for entry in found.sorted(by: { $0.name < $1.name }) {
      // Some file systems don't tell the kind.
      guard entry.kind == .unknown else {
        entries.append(entry)
        continue
      }
      let kind = try status(of: directory.appending(entry.name)).kind
      entries.append(DirectoryEntry(name: entry.name, kind: kind))
    }
    return entries
  }

  private func read<Entry>(
    _ directory: RootPath, _ entry: (ByteString, UInt8) -> Entry
  ) throws(Errno) -> [Entry] {
    guard let stream = unsafe hostPath(directory).withCString({ unsafe opendir($0) }) else {
      throw Errno(rawValue: errno)
    }
    defer { unsafe closedir(stream) }
    return try unsafe Self.read(stream, entry)
  }

  /// All that is in an open directory but itself and its parent.
  static func read<Entry>(
    _ stream: OpaquePointer, _ entry: (ByteString, UInt8) -> Entry
  ) throws(Errno) -> [Entry] {
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let found = unsafe readdir(stream) else {
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return entries
      }
      let name = unsafe withUnsafeBytes(of: &found.pointee.d_name) { bytes in
        let count = unsafe bytes.firstIndex(of: 0) ?? bytes.count
        return unsafe ByteString(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      }
      if name != "." && name != ".." { entries.append(entry(name, unsafe found.pointee.d_type)) }
    }
  }
}

extension FileStatus.Kind {
  /// - Parameter type: `d_type` of `readdir(3)`.
  init(directoryEntryType type: UInt8) {
    self =
      switch Int(type) {
      case DT_REG: .regular
      case DT_DIR: .directory
      case DT_LNK: .symbolicLink
      case DT_FIFO: .fifo
      case DT_SOCK: .socket
      case DT_CHR: .characterDevice
      case DT_BLK: .blockDevice
      default: .unknown
      }
  }
}

extension FileStatus {
  package init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: .unknown
      }
    self.init(
      kind: kind, permissions: UInt16(status.st_mode & 0o7777),
      size: UInt64(max(0, status.st_size)),
      identity: Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
      owner: Owner(user: status.st_uid, group: status.st_gid),
      // Overflow is no matter: it is only compared.
      modificationTime: Int64(status.st_mtim.tv_sec) &* 1_000_000_000
        &+ Int64(status.st_mtim.tv_nsec))
    if kind == .characterDevice || kind == .blockDevice {
      device = DeviceNumber(UInt64(status.st_rdev))
    }
  }
}

extension DeviceNumber {
  /// As glibc packs both into one number (bits/sysmacros.h).
  fileprivate init(_ number: UInt64) {
    self.init(
      major: UInt32(truncatingIfNeeded: number >> 8 & 0xFFF | number >> 32 & ~0xFFF),
      minor: UInt32(truncatingIfNeeded: number & 0xFF | number >> 12 & ~0xFF))
  }
}

extension ByteString {
  /// Copies a NUL-terminated C string.
  package init(cString: UnsafePointer<CChar>) {
    let length = unsafe strlen(cString)
    unsafe self.init(UnsafeRawBufferPointer(start: cString, count: length))
  }
}
