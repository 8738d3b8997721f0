internal import Crypto
internal import FileTree

/// Files that a package brought, and that are still what it brought: whoever has the package has them, so
/// that a key in one is no secret.
///
/// Source: deb-md5sums(5): each line is a digest, two blanks, and a path without its first slash; dpkg-query(1),
/// `Conffiles`: of what an administrator may change, each line is a blank, the path, a blank and a digest.
enum PackagedFile {
  private static let records: RootPath = "/var/lib/dpkg/info"
  private static let suffix: ByteString = ".md5sums"
  private static let status: RootPath = "/var/lib/dpkg/status"
  private static let configuration: RootPath = "/etc"
  /// In bytes; no list of a package is longer.
  private static let limit = 64 << 20
  /// Of a digest in text.
  private static let digestSize = 32

  /// - Parameter path: physical, of a file of not too many bytes.
  static func isUnchanged(_ path: RootPath, in tree: any FileTree) -> Bool {
    if path.isInside(configuration) { return isUnchangedConfiguration(path, in: tree) }
    guard let names = try? tree.names(in: records) else { return false }
    let places = recordedPaths(of: path)
    var digest: [UInt8]?
    for name in names where name.hasSuffix(suffix) {
      guard let list = content(of: records.appending(name), in: tree) else { continue }
      for line in places {
        guard let end = find(line, in: list), end >= digestSize else { continue }
        guard let known = digest ?? self.digest(of: path, in: tree) else { return false }
        digest = known
        if list[end - digestSize..<end].elementsEqual(known) { return true }
      }
    }
    return false
  }

  private static func isUnchangedConfiguration(_ path: RootPath, in tree: any FileTree) -> Bool {
    let line = Array("\n ".utf8) + path.text.bytes + Array(" ".utf8)
    guard let list = content(of: status, in: tree), let place = find(line, in: list),
      let digest = digest(of: path, in: tree)
    else { return false }
    return list[(place + line.count)...].starts(with: digest)
  }

  /// As a line ends that is about it. On a system with a merged `/usr` packages may know it by its old place.
  private static func recordedPaths(of path: RootPath) -> [[UInt8]] {
    let text = path.text.bytes.dropFirst()
    let old = text.starts(with: "usr/".utf8) ? [text.dropFirst(4)] : []
    return ([text] + old).map { Array("  ".utf8) + $0 + [0x0A] }
  }

  private static func digest(of path: RootPath, in tree: any FileTree) -> [UInt8]? {
    guard let bytes = content(of: path, in: tree) else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    return Insecure.MD5.hash(data: bytes).flatMap {
      [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
    }
  }

  private static func content(of path: RootPath, in tree: any FileTree) -> [UInt8]? {
    (try? tree.open(path).readAll(limit: limit)) ?? nil
  }
}
