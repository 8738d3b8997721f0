internal import ArgumentParser

/// How the image's program is started, and what the image says of itself.
struct ImageOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The image's name; completed as docker does. (default: the program's name)",
      valueName: "name[:tag]"))
  var tag: String?

  @Option(
    help: ArgumentHelp(
      "Make an image for this platform too, with this root and program. Repeatable.",
      discussion: "All other options hold for each platform. An image's first is that of FILE.",
      valueName: "[linux/arch=]sysroot:program"))
  var platform: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What is started: words, or a JSON array. (default: the first program)", valueName: "words"))
  var entrypoint: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The entrypoint's arguments: words, or a JSON array.", valueName: "words"))
  var cmd: String?

  @Option(
    help: ArgumentHelp(
      "Who runs it: numbers, or a name, for which /etc/passwd and /etc/group are made.",
      discussion: "A name's number is 65532 unless given; NAME:8 is user 8.",
      valueName: "uid[:gid]|name[:uid[:gid]]")
  )
  var user: String?

  @Option(
    help: ArgumentHelp("The directory that it starts in, made if need be.", valueName: "path"))
  var workdir: String?

  @Option(
    help: ArgumentHelp("A port that it listens on. Repeatable.", valueName: "port[/protocol]"))
  var expose: [String] = []

  @Option(
    help: ArgumentHelp(
      "A directory for data that outlives the container, made if need be. Repeatable.",
      valueName: "path"))
  var volume: [String] = []

  @Option(help: ArgumentHelp("A label of the image. Repeatable.", valueName: "name=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp(
      "An annotation of the image's manifest. Repeatable.", valueName: "name=value"))
  var annotation: [String] = []

  @Option(help: ArgumentHelp("The signal that asks it to end.", valueName: "signal"))
  var stopSignal: String?

  @Option(
    help: ArgumentHelp(
      "When the image was made. (default: SOURCE_DATE_EPOCH, or 1970)",
      discussion: "Seconds since 1970, or as in 2026-01-31T12:00:00Z.", valueName: "time"))
  var created: String?
}
