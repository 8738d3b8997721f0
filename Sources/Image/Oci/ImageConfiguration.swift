/// How an image's program is started, and what the image says of itself.
///
/// Source: OCI image-spec, config.md, "Properties".
package struct ImageConfiguration: Sendable {
  package var entrypoint: [String] = []
  package var command: [String] = []
  /// `NAME=VALUE`, in order.
  package var environment: [String] = []
  /// Numeric: `UID` or `UID:GID`.
  package var user: String?
  package var workingDirectory: String?
  /// `PORT/PROTOCOL`.
  package var exposedPorts: [String] = []
  /// Absolute paths.
  package var volumes: [String] = []
  package var labels: [String: String] = [:]
  /// Of the manifest, not of the configuration (annotations.md).
  package var annotations: [String: String] = [:]
  package var stopSignal: String?
  /// Seconds since 1970.
  package var created: UInt64 = 0

  package init() {}
}

extension ImageConfiguration {
  /// In bytes; Go's archive/tar, and with it every engine, takes no archive with a larger header.
  private static let commentLimit = 1 << 19

  /// How the program is started, for a tar archive's comment: what reads the archive back knows it by that.
  /// Nil for what isn't started, or takes more than a header holds.
  var tarComment: [UInt8]? {
    guard !entrypoint.isEmpty else { return nil }
    var start = self
    start.labels = [:]
    let text =
      Array("rootfs-pack ".utf8)
      + OciDocuments.render(ConfigurationDocument.Execution(start))
    return text.count <= Self.commentLimit ? text : nil
  }
}
