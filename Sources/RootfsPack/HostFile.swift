internal import SystemPackage

/// A file of the host that a user names beside what is packed.
enum HostFile {
  /// All of what a descriptor gives, which may be a pipe's; nil if that is more than `limit` bytes.
  static func bytes(of descriptor: FileDescriptor, limit: Int) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = try unsafe piece.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
    return nil
  }
}
