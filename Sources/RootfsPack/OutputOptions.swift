internal import ArgumentParser
internal import Bundle
internal import Image

/// What is written, where, and in which form.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write this; its end tells the format. Repeatable: all come from one read.",
      discussion: """
        .tar, .tar.gz, .tar.zst; NAME/ is a directory; .oci.tar is an image that docker load, \
        podman load, skopeo and containerd take, .oci/ the same as an image layout; .cpio and \
        .cpio.gz are an initramfs with /init; a name without an end is a .tar; - is standard \
        output. (default: runtime.tar)
        """, valueName: "path"))
  var output: [String] = []

  @Option(
    help: ArgumentHelp("The format of all outputs, whatever their names.", valueName: "format"))
  var format: OutputFormat?

  @Option(
    help: ArgumentHelp("How an image's layers are compressed. (default: gzip)", valueName: "kind"))
  var compression: Compression?

  @Option(
    help: ArgumentHelp(
      "How hard to compress: 1 to 12 for gzip (default: 6), 1 to 19 for zstd (default: 3).",
      valueName: "n"))
  var level: Int?

  @Option(
    help: ArgumentHelp(
      "An image's layers. (default: shared)",
      discussion: """
        shared: root links; C library and loader; other libraries; the application. Images of one \
        system have the lower ones in common. single: one for all.
        """, valueName: "kind"))
  var layers: Layering?

  @Option(
    help: ArgumentHelp(
      "The owner of all files; group 0 unless given. (default: 0:0)", valueName: "uid[:gid]"))
  var owner: String?

  @Flag(help: "Keep file capabilities and user.* attributes; never labels of the host's policy.")
  var keepXattrs = false

  @Flag(name: .customLong("keep-setid"), help: "Keep set-user-id and set-group-id bits.")
  var keepSetID = false

  @Flag(
    help: ArgumentHelp(
      "Leave /lib and its like to a base image, for ADD onto it.",
      discussion: """
        They are links into /usr there, as in most; with =split they are directories, as in Alpine's.
        """))
  var overlaySafe = false

  @Option(
    help: ArgumentHelp("What --overlay-safe=KIND says: merged or split.", valueName: "kind"))
  var overlaySafeBase: BaseLayout?

  @Flag(
    help: "Leave debugging data and tables of symbols out, by eu-strip or llvm-objcopy.")
  var strip = false

  @Option(
    help: ArgumentHelp(
      "With --strip: keep debugging data in this directory, by build id.", valueName: "dir"))
  var debugDir: String?
}

extension OutputFormat: ExpressibleByArgument {}
extension Compression: ExpressibleByArgument {}
extension Layering: ExpressibleByArgument {}
extension BaseLayout: ExpressibleByArgument {}
