internal import FileTree
internal import FoundationEssentials

extension RunConfiguration {
  /// What stands before the configuration, in the words of the OCI image-spec, in a comment for all entries
  /// of a tar archive.
  private static let mark: ByteString = "rootfs-pack "

  /// How a tar archive's program is started, if its comment says that; nil for any other comment.
  init?(comment: ByteString) {
    guard comment.hasPrefix(Self.mark),
      let document = try? JSONDecoder().decode(
        ConfigurationDocument.Execution.self,
        from: Data(comment.bytes.dropFirst(Self.mark.count)))
    else { return nil }
    self.init(document)
  }

  /// What the kernel starts of an initramfs; nil if that isn't there.
  ///
  /// Source: Linux `init/main.c` (`kernel_init`): `/init`, without arguments.
  init?(initramfs entries: [ArchiveEntry]) {
    guard entries.contains(where: { $0.path == "/init" }) else { return nil }
    self.init()
    entrypoint = ["/init"]
  }
}
