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
    guard let object else { return [] }
    var paths = root.constantFacts(of: object).paths
    // OpenSSL tells its directory in libcrypto, which lies beside libssl.
    for name in object.image?.dynamic?.needed ?? [] where name.hasPrefix("libcrypto.so") {
      paths += root.constantFacts(at: object.real.parent.appending(name)).paths
    }
    var seen: Set<ByteString> = []
    return paths.map(\.text).filter { path in
      (bundles.contains(path) || path.hasSuffix("/cert.pem")) && seen.insert(path).inserted
    }
  }
}
