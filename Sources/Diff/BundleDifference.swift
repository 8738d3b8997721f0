/// What two bundles hold differently.
package struct BundleDifference: Sendable {
  package struct Change: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable { case added, removed, changed }

    package let kind: Kind
    package let old: BundleDescription.Entry?
    package let new: BundleDescription.Entry?

    package var path: String { (new ?? old)?.path ?? "" }
    package var isClosure: Bool { (old?.isClosure ?? false) || (new?.isClosure ?? false) }
    package var reason: String? { new?.reason ?? old?.reason }
  }

  /// A library by its soname, whatever its file is called. In bytes; nil where it isn't there.
  package struct Library: Hashable, Sendable {
    package let name: String
    package let oldSize: UInt64?
    package let newSize: UInt64?
  }

  package struct SettingChange: Hashable, Sendable {
    package let name: String
    package let old: String?
    package let new: String?
  }

  /// What the new image is called by, or else the old one; nil for what is none.
  package let image: String?
  /// Nil where it is the only one.
  package let platform: String?
  /// What is loaded first, each part sorted by path.
  package let changes: [Change]
  /// Those of another size, the largest difference first.
  package let libraries: [Library]
  package let settings: [SettingChange]
  /// Of all files. In bytes.
  package let oldSize: UInt64
  package let newSize: UInt64

  package var isEmpty: Bool { changes.isEmpty && settings.isEmpty }

  package init(from old: BundleDescription, to new: BundleDescription, platform: String? = nil) {
    self.platform = platform
    image = new.image ?? old.image
    let changes = Self.changes(from: old.entries, to: new.entries)
    self.changes = changes.filter(\.isClosure) + changes.filter { !$0.isClosure }
    libraries = Self.libraries(from: old.entries, to: new.entries)
    settings = Self.settings(from: old.settings, to: new.settings)
    oldSize = old.size
    newSize = new.size
  }

  /// The differences of several platforms or images, each with the one of the same name; of one on each
  /// side, these.
  package static func all(
    from old: [BundleDescription], to new: [BundleDescription]
  ) -> [BundleDifference] {
    if old.count == 1, new.count == 1 { return [BundleDifference(from: old[0], to: new[0])] }
    return pairs(old, new).map { old, new in
      let side = new ?? old
      let none = BundleDescription(entries: [], settings: side?.settings == nil ? nil : [])
      return BundleDifference(
        from: old ?? none, to: new ?? none, platform: side?.platform ?? "another platform")
    }
  }

  /// What belongs together: by name and platform, by the name without its tag, or by the platform alone.
  private static func pairs(
    _ old: [BundleDescription], _ new: [BundleDescription]
  ) -> [(BundleDescription?, BundleDescription?)] {
    let keys: [(BundleDescription) -> [String?]] = [
      { [$0.image, $0.platform] }, { [$0.image.map(repository), $0.platform] }, { [$0.platform] },
    ]
    var partners: [Int: Int] = [:]
    for key in keys {
      for (index, description) in old.enumerated() where partners[index] == nil {
        let taken = Set(partners.values)
        partners[index] = new.indices.first {
          !taken.contains($0) && key(new[$0]) == key(description)
        }
      }
    }
    let taken = Set(partners.values)
    return old.enumerated().map { index, description in
      (description, partners[index].map { new[$0] })
    } + new.indices.filter { !taken.contains($0) }.map { (nil, new[$0]) }
  }

  /// An image's name without its tag; a colon before the last slash is a port's.
  private static func repository(of name: String) -> String {
    guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return name }
    return String(name[..<colon])
  }

  private static func changes(
    from old: [BundleDescription.Entry], to new: [BundleDescription.Entry]
  ) -> [Change] {
    let before = Dictionary(old.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    let after = Dictionary(new.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    return Set(before.keys).union(after.keys).sorted().compactMap { path in
      switch (before[path], after[path]) {
      case (let old?, nil): Change(kind: .removed, old: old, new: nil)
      case (nil, let new?): Change(kind: .added, old: nil, new: new)
      case (let old?, let new?) where !old.isSame(as: new):
        Change(kind: .changed, old: old, new: new)
      default: nil
      }
    }
  }

  private static func libraries(
    from old: [BundleDescription.Entry], to new: [BundleDescription.Entry]
  ) -> [Library] {
    func sizes(_ entries: [BundleDescription.Entry]) -> [String: UInt64] {
      entries.reduce(into: [:]) { sizes, entry in
        if let library = entry.library { sizes[library, default: 0] += entry.size ?? 0 }
      }
    }
    let (before, after) = (sizes(old), sizes(new))
    let libraries = Set(before.keys).union(after.keys).map {
      Library(name: $0, oldSize: before[$0], newSize: after[$0])
    }
    return libraries.filter { $0.oldSize != $0.newSize }.sorted {
      ($1.difference, $0.name) < ($0.difference, $1.name)
    }
  }

  /// Whether something is an image is no difference of what it holds.
  private static func settings(
    from old: [BundleDescription.Setting]?, to new: [BundleDescription.Setting]?
  ) -> [SettingChange] {
    guard let old, let new else { return [] }
    var names: [String] = []
    for name in (old + new).map(\.name) where !names.contains(name) { names.append(name) }
    return names.compactMap { name in
      let before = old.first { $0.name == name }?.value
      let after = new.first { $0.name == name }?.value
      return before == after ? nil : SettingChange(name: name, old: before, new: after)
    }
  }
}

extension BundleDifference.Library {
  fileprivate var difference: UInt64 {
    let (old, new) = (oldSize ?? 0, newSize ?? 0)
    return max(old, new) - min(old, new)
  }
}

extension BundleDescription.Entry {
  /// Why something is there is no difference, and neither is what one side doesn't say.
  fileprivate func isSame(as other: Self) -> Bool {
    kind == other.kind && mode == other.mode && size == other.size && digest == other.digest
      && target == other.target && (owner == nil || other.owner == nil || owner == other.owner)
      && (attributes == nil || other.attributes == nil || attributes == other.attributes)
  }
}
