package import Diff

/// The JSON of `diff`; same rules as for ``InspectDocument``.
package struct DifferenceDocument: Encodable {
  let schemaVersion: Int
  let old: String
  let new: String
  let equal: Bool
  let platforms: [Platform]
  /// What is wrong with either, or why it can't be read.
  let faults: [String]

  struct Platform: Encodable {
    /// What the new image is called by, or else the old one.
    @Nullable var image: String?
    @Nullable var platform: String?
    let changes: [Change]
    let libraries: [Library]
    let settings: [Setting]
    /// In bytes, of all files.
    let oldSize: UInt64
    let newSize: UInt64
  }

  struct Change: Encodable {
    /// `added`, `removed` or `changed`.
    let kind: String
    let path: String
    /// Whether a kernel or a loader loads it.
    let closure: Bool
    @Nullable var reason: String?
    @Nullable var old: Entry?
    @Nullable var new: Entry?
  }

  struct Entry: Encodable {
    let type: String
    let mode: String
    @Nullable var owner: String?
    @Nullable var size: UInt64?
    @Nullable var sha256: String?
    @Nullable var target: String?
    /// By name, in hexadecimal digits.
    @Nullable var attributes: [String: String]?
    @Nullable var library: String?
  }

  struct Library: Encodable {
    let name: String
    @Nullable var oldSize: UInt64?
    @Nullable var newSize: UInt64?
  }

  struct Setting: Encodable {
    let name: String
    @Nullable var old: String?
    @Nullable var new: String?
  }

  /// - Parameter differences: nil if either can't be read, for which the faults say why.
  package init(
    _ differences: [BundleDifference]?, names: (old: String, new: String), faults: [String] = []
  ) {
    self.faults = faults
    schemaVersion = InspectDocument.schemaVersion
    old = names.old
    new = names.new
    equal = differences?.isEmpty ?? false
    platforms = differences?.map { Platform($0) } ?? []
  }
}

extension DifferenceDocument.Platform {
  fileprivate init(_ difference: BundleDifference) {
    _image = Nullable(wrappedValue: difference.image.map { escape($0) })
    _platform = Nullable(wrappedValue: difference.platform)
    changes = difference.changes.map { change in
      DifferenceDocument.Change(
        kind: change.kind.rawValue, path: change.path, closure: change.isClosure,
        reason: Nullable(wrappedValue: change.reason),
        old: Nullable(wrappedValue: change.old.map { DifferenceDocument.Entry($0) }),
        new: Nullable(wrappedValue: change.new.map { DifferenceDocument.Entry($0) }))
    }
    libraries = difference.libraries.map {
      DifferenceDocument.Library(
        name: $0.name, oldSize: Nullable(wrappedValue: $0.oldSize),
        newSize: Nullable(wrappedValue: $0.newSize))
    }
    settings = difference.settings.map {
      DifferenceDocument.Setting(
        name: $0.name, old: Nullable(wrappedValue: $0.old), new: Nullable(wrappedValue: $0.new))
    }
    oldSize = difference.oldSize
    newSize = difference.newSize
  }
}

extension DifferenceDocument.Entry {
  fileprivate init(_ entry: BundleDescription.Entry) {
    type = entry.kind.rawValue
    mode = String(entry.mode, radix: 8)
    _owner = Nullable(wrappedValue: entry.owner)
    _size = Nullable(wrappedValue: entry.size)
    _sha256 = Nullable(wrappedValue: entry.digest)
    _target = Nullable(wrappedValue: entry.target)
    _attributes = Nullable(wrappedValue: entry.attributes)
    _library = Nullable(wrappedValue: entry.library)
  }
}
