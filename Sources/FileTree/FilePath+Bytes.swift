package import SystemPackage

extension ByteString {
  /// The bytes of a host path, whatever their encoding.
  package init(_ path: FilePath) {
    self = unsafe path.withPlatformString { unsafe ByteString(cString: $0) }
  }
}

extension FilePath {
  /// A host path of these bytes; the kernel's separators and roots are found in them.
  package init(_ bytes: ByteString) {
    self = unsafe bytes.withCString { unsafe FilePath(platformString: $0) }
  }
}
