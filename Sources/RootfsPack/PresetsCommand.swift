internal import ArgumentParser
internal import Discovery
internal import FileTree
internal import Report
internal import SystemPackage

struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    _superCommandName: "rootfs-pack",
    abstract: "List what --with and --without know, and what each would add here.",
    discussion: """
      The sizes are those of the files of this root, without what their libraries need in turn.

      Examples:
        rootfs-pack presets
        rootfs-pack presets --root /srv/debian
        rootfs-pack presets --json

      Exit code: 0 listed, 2 wrong usage, 3 system error.
      """)

  // In the words of LoaderOptions: to a configuration file, it's one option.
  @Option(
    help: ArgumentHelp(
      "Use this directory as the root.", valueName: "sysroot"))
  var root = "/"

  @Flag(help: "Write one JSON document.")
  var json = false

  @OptionGroup var configurationOptions: ConfigurationOptions

  func run() throws {
    let context = try ResolutionContext(LoaderSettings(root: root), files: [])
    let contents = PresetContents.all(in: context.tree)
    let style = Terminal.style(of: .standardOutput, environment: context.variables)
    try Terminal.write(
      json ? renderJSON(PresetDocument(contents)) : renderPresets(contents, style),
      to: .standardOutput)
  }
}
