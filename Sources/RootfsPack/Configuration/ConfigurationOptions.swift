internal import ArgumentParser

/// Where options come from beside the command line; shared by all commands.
///
/// ``ConfiguredArguments`` answers them before the parser runs; they stand here for it to know them.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take options from this file. (default: rootfs-pack.toml, if there is one)",
      discussion: """
        Its keys are the options' long names, and files for the arguments. What is given here counts \
        instead of what the file says; --no-NAME leaves out what it says of --NAME.
        """, valueName: "file"))
  var config: String?

  @Flag(help: "Take no options from a file.")
  var noConfig = false
}
