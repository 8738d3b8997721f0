/// What an input is, told by its content.
package struct ArchiveFormat: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case tar, cpio, directory
    /// An OCI image layout: a directory, or a tar archive of one, which may be docker's as well.
    case imageLayout, imageArchive
    /// What `docker save` wrote before it knew OCI, and podman still writes.
    case dockerArchive
  }

  package let kind: Kind
  /// Of the input as a whole; nil for none.
  package let compression: ArchiveCompression?

  package init(kind: Kind, compression: ArchiveCompression? = nil) {
    self.kind = kind
    self.compression = compression
  }
}

/// What isn't read, as far as its first bytes tell.
package enum ForeignFormat: String, Hashable, Sendable {
  case empty, xz, bzip2, lz4, lzip, zip, oldCpio, ar, squashfs, elf
}

/// The first bytes by which formats are told.
enum Magic {
  /// In bytes: one block of tar, which has its magic near the end.
  static let headSize = 512

  static func compression(_ head: ArraySlice<UInt8>) -> ArchiveCompression? {
    if head.starts(with: [0x1F, 0x8B]) { return .gzip }
    if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
    // A skippable frame (RFC 8878, section 3.1.2).
    if let first = head.first, first & 0xF0 == 0x50,
      head.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
    {
      return .zstd
    }
    return nil
  }

  static func kind(_ head: ArraySlice<UInt8>) -> ArchiveFormat.Kind? {
    if CpioReader.begins(with: head) { return .cpio }
    return TarHeader.begins(with: head) ? .tar : nil
  }

  static func foreign(_ head: ArraySlice<UInt8>) -> ForeignFormat? {
    if head.isEmpty { return .empty }
    let known: [(ForeignFormat, [UInt8])] = [
      (.xz, [0xFD] + Array("7zXZ".utf8)), (.bzip2, Array("BZh".utf8)),
      (.lz4, [0x04, 0x22, 0x4D, 0x18]), (.lz4, [0x02, 0x21, 0x4C, 0x18]),
      (.lzip, Array("LZIP".utf8)), (.zip, Array("PK\u{3}\u{4}".utf8)),
      (.oldCpio, Array("070707".utf8)), (.oldCpio, [0xC7, 0x71]), (.oldCpio, [0x71, 0xC7]),
      (.ar, Array("!<arch>\n".utf8)), (.squashfs, Array("hsqs".utf8)),
      (.elf, [0x7F] + Array("ELF".utf8)),
    ]
    return known.first { head.starts(with: $0.1) }?.0
  }
}
