/// What a bundle holds, told alike for an archive, an image, a directory and a lock.
package struct BundleDescription: Sendable {
  package struct Entry: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
      case file, directory, symlink, hardlink, fifo, socket
      case characterDevice = "character-device"
      case blockDevice = "block-device"
    }

    package let path: String
    package let kind: Kind
    package let mode: UInt16
    /// `UID:GID`; nil where nobody says.
    package let owner: String?
    /// In bytes, of a file.
    package let size: UInt64?
    /// Of a file: SHA-256 in lower-case digits.
    package let digest: String?
    /// The text of a symbolic link, the path that a hard link repeats, or a device's numbers.
    package let target: String?
    /// Extended attributes by name, their values in hexadecimal; nil where nobody says.
    package let attributes: [String: String]?
    /// Why it is there; nil where that can't be told.
    package let reason: String?
    /// Whether a kernel or a loader loads it.
    package let isClosure: Bool
    /// The soname, of a library.
    package let library: String?

    package init(
      path: String, kind: Kind, mode: UInt16, owner: String? = nil, size: UInt64? = nil,
      digest: String? = nil, target: String? = nil, attributes: [String: String]? = nil,
      reason: String? = nil, isClosure: Bool = false, library: String? = nil
    ) {
      self.path = path
      self.kind = kind
      self.mode = mode
      self.owner = owner
      self.size = size
      self.digest = digest
      self.target = target
      self.attributes = attributes
      self.reason = reason
      self.isClosure = isClosure
      self.library = library
    }
  }

  /// One thing that an image says of how it is run.
  package struct Setting: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What an image is called by; nil for what is none.
  package let image: String?
  /// As in `linux/amd64`; nil where nobody says.
  package let platform: String?
  /// Each path once.
  package let entries: [Entry]
  /// Nil for what is no image.
  package let settings: [Setting]?

  package init(
    image: String? = nil, platform: String? = nil, entries: [Entry], settings: [Setting]? = nil
  ) {
    self.image = image
    self.platform = platform
    self.entries = entries
    self.settings = settings
  }

  /// The bytes of all files.
  package var size: UInt64 { entries.reduce(0) { $0 + ($1.kind == .file ? $1.size ?? 0 : 0) } }
}
