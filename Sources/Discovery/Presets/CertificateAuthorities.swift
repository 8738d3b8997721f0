internal import ELF
internal import FileTree

/// The certificates of authorities that a TLS library trusts, where it looks for them.
enum CertificateAuthorities {
  /// Where distributions keep all of them in one file: Debian and Alpine, Fedora, openSUSE, and what
  /// BSD and Alpine call it.
  private static let bundles: [ByteString] = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ]

  /// - Parameter object: the library that looks for them; nil for any.
  static func wishes(for object: ObservedObject?, in root: inout RootView) -> [Wish] {
    guard let bundle = bundles.first(where: { root.isFile($0) }) else { return [] }
    var wishes: [Wish] = [.path(bundle, at: nil)]
    for place in places(of: object, in: &root) where place != bundle {
      // A file of its own there counts; a directory that leads to it is found through the link.
      wishes.append(
        root.isFile(place)
          ? .path(place, at: nil) : .path(bundle, at: RootPath(normalising: place)))
    }
    return wishes
  }

  /// The files that stand as plain text in the library that opens them: a bundle's usual path, or
  /// `cert.pem` in OpenSSL's directory (include/internal/cryptlib.h, X509_CERT_FILE).
  private static func places(
    of object: ObservedObject?, in root: inout RootView
  ) -> [ByteString] {
    guard let directory = object?.real.parent else { return [] }
    // OpenSSL tells its directory in libcrypto, which lies beside libssl.
    let files =
      object.map { [$0.real.name] + ($0.image?.dynamic?.needed ?? []) } ?? []
    var places: [ByteString] = []
    for name in files where name == object?.real.name || name.hasPrefix("libcrypto.so") {
      for segment in root.constants(at: directory.appending(name).text) {
        for path in bundles where holds(path, segment.bytes) && !places.contains(path) {
          places.append(path)
        }
        if let path = opensslFile(in: segment.bytes), !places.contains(path) { places.append(path) }
      }
    }
    return places
  }

  private static func holds(_ text: ByteString, _ bytes: [UInt8]) -> Bool {
    find([0] + text.bytes + [0], in: bytes) != nil
  }

  private static func opensslFile(in bytes: [UInt8]) -> ByteString? {
    let name = Array("/cert.pem\0".utf8)
    guard let place = find(name, in: bytes) else { return nil }
    let start = bytes[..<place].lastIndex(of: 0).map { $0 + 1 } ?? 0
    let path = ByteString(bytes[start..<(place + name.count - 1)])
    return path.hasPrefix("/") && path.count < PathResolver.textLimit ? path : nil
  }
}
