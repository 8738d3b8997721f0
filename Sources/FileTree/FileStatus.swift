/// What `lstat` says of one file, as far as the loader and an archive care.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case regular, directory, symbolicLink, fifo, socket, characterDevice, blockDevice, unknown
  }

  /// Device and inode: two paths with the same identity are the same file.
  package struct Identity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  /// The numbers of the user and the group that a file belongs to.
  package struct Owner: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32

    package init(user: UInt32, group: UInt32) {
      self.user = user
      self.group = group
    }

    package static let root = Owner(user: 0, group: 0)
  }

  package var kind: Kind
  /// The low twelve bits of `st_mode`: permissions, set-user-id, set-group-id, sticky.
  package var permissions: UInt16
  /// In bytes; the length of the text for a symbolic link.
  package var size: UInt64
  package var identity: Identity
  package var owner: Owner
  /// Of the last change of the content, in nanoseconds since 1970.
  package var modificationTime: Int64
  /// Nil for what is no device.
  package var device: DeviceNumber?

  package init(
    kind: Kind, permissions: UInt16, size: UInt64, identity: Identity, owner: Owner = .root,
    modificationTime: Int64 = 0
  ) {
    self.kind = kind
    self.permissions = permissions
    self.size = size
    self.identity = identity
    self.owner = owner
    self.modificationTime = modificationTime
  }
}

extension FileStatus.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .regular: "regular file"
    case .directory: "directory"
    case .symbolicLink: "symbolic link"
    case .fifo: "FIFO"
    case .socket: "socket"
    case .characterDevice: "character device"
    case .blockDevice: "block device"
    case .unknown: "file of an unknown kind"
    }
  }
}
