package import FileTree

/// One path of a bundle, told alike for every format: what is there, not how an archive says it.
///
/// Of several names of one file the first by path is the file and the others are links to it, whichever an
/// archive began with. The root itself is no entry.
package struct ArchiveEntry: Hashable, Sendable {
  package enum Node: Hashable, Sendable {
    case file(Content)
    case directory
    /// With the link's text.
    case symbolicLink(ByteString)
    /// Another name of the file at the path.
    case hardLink(of: RootPath, Content)
    /// A FIFO, a socket or a device, with its numbers; nothing of it is unpacked.
    case special(FileStatus.Kind, DeviceNumber?)
  }

  package struct Content: Hashable, Sendable {
    /// In bytes.
    package let size: UInt64
    package let digest: ContentDigest

    package init(size: UInt64, digest: ContentDigest) {
      self.size = size
      self.digest = digest
    }
  }

  package let path: RootPath
  package let node: Node
  /// The low twelve bits of the mode; 0777 for a symbolic link, which has none on Linux.
  package let permissions: UInt16
  package let owner: FileStatus.Owner
  /// Seconds since 1970, rounded down.
  package let modificationTime: Int64
  /// Capabilities and what users set, sorted by name (``ArchiveEntry/keeps(attribute:)``).
  package let attributes: [ExtendedAttribute]
  /// The layer of the image that it comes from, the lowest being 0; nil where there are none.
  package let layer: Int?

  package init(
    path: RootPath, node: Node, permissions: UInt16, owner: FileStatus.Owner = .root,
    modificationTime: Int64 = 0, attributes: [ExtendedAttribute] = [], layer: Int? = nil
  ) {
    self.path = path
    self.node = node
    self.permissions = permissions
    self.owner = owner
    self.modificationTime = modificationTime
    self.attributes = attributes
    self.layer = layer
  }

  /// Of a regular file, whatever name it has.
  package var content: Content? {
    switch node {
    case .file(let content), .hardLink(_, let content): content
    case .directory, .symbolicLink, .special: nil
    }
  }

  package var kind: FileStatus.Kind {
    switch node {
    case .file, .hardLink: .regular
    case .directory: .directory
    case .symbolicLink: .symbolicLink
    case .special(let kind, _): kind
    }
  }

  /// Whether the kernel gives whoever executes the file any rights.
  package var givesRights: Bool {
    guard kind == .regular else { return false }
    return permissions & 0o6000 != 0
      || attributes.contains { $0.name == ExtendedAttribute.capabilities }
  }

  /// Whether an extended attribute belongs to the content. Labels of SELinux, hashes of IMA and access lists
  /// belong to the system that a directory lies on, and would be a difference of every file.
  static func keeps(attribute name: ByteString) -> Bool {
    name == ExtendedAttribute.capabilities || name.hasPrefix("user.")
  }
}
