package import FileTree

/// The release that an object raises a closure's floor to.
package struct ReleaseFloor: Hashable, Sendable {
  package let package: ReleasePackage
  package let release: Release
  package let version: ByteString
  /// As DT_NEEDED names it.
  package let library: ByteString
  /// Symbols that carry the version; of a mark such as GLIBC_ABI_DT_RELR there are none.
  package let symbols: [ByteString]
}

/// A floor with the object that raises it.
package struct FloorRaise: Hashable, Sendable {
  package let floor: ReleaseFloor
  package let object: FoundObject
  package let chain: [ByteString]
}
