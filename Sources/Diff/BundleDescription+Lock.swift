package import Image

extension BundleDescription {
  /// What a lock says of one platform.
  package init(_ lock: BundleLock.Platform) {
    self.init(
      platform: lock.platform,
      entries: lock.entries.map { entry in
        Entry(
          // A lock that was read has no others.
          path: entry.path, kind: Entry.Kind(rawValue: entry.type) ?? .file,
          mode: UInt16(entry.mode, radix: 8) ?? 0, size: entry.size, digest: entry.sha256,
          target: entry.target, attributes: entry.attributes, reason: entry.reason,
          isClosure: entry.isClosure,
          library: entry.library)
      })
  }
}
