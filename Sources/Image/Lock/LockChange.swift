/// One path that two locks tell different things of.
package struct LockChange: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case added, removed, changed }

  package let kind: Kind
  /// Nil where there is one platform only.
  package let platform: String?
  package let old: BundleLock.Entry?
  package let new: BundleLock.Entry?

  package var path: String { (new ?? old)?.path ?? "" }
  package var isClosure: Bool { (old?.isClosure ?? false) || (new?.isClosure ?? false) }

  /// What changed, the closure first; why something ships is no change.
  package static func all(from old: BundleLock, to new: BundleLock) -> [LockChange] {
    let names = (old.platforms + new.platforms).map(\.platform)
    var changes: [LockChange] = []
    var seen: Set<String?> = []
    for name in names where seen.insert(name).inserted {
      changes += Self.changes(
        from: old.entries(of: name), to: new.entries(of: name),
        platform: Set(names).count > 1 ? name ?? "another platform" : nil)
    }
    return changes.filter(\.isClosure) + changes.filter { !$0.isClosure }
  }

  private static func changes(
    from old: [BundleLock.Entry], to new: [BundleLock.Entry], platform: String?
  ) -> [LockChange] {
    let before = Dictionary(old.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    let after = Dictionary(new.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    return Set(before.keys).union(after.keys).sorted().compactMap { path in
      switch (before[path], after[path]) {
      case (let old?, nil): LockChange(kind: .removed, platform: platform, old: old, new: nil)
      case (nil, let new?): LockChange(kind: .added, platform: platform, old: nil, new: new)
      case (let old?, let new?) where !old.isSame(as: new):
        LockChange(kind: .changed, platform: platform, old: old, new: new)
      default: nil
      }
    }
  }
}

extension BundleLock {
  fileprivate func entries(of platform: String?) -> [Entry] {
    platforms.first { $0.platform == platform }?.entries ?? []
  }
}

extension BundleLock.Entry {
  fileprivate func isSame(as other: BundleLock.Entry) -> Bool {
    type == other.type && mode == other.mode && size == other.size && sha256 == other.sha256
      && target == other.target
  }
}
