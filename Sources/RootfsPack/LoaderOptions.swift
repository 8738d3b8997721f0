internal import ArgumentParser
internal import Discovery

/// Where libraries are looked for, and by what loader's surroundings; shared by all commands.
struct LoaderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this directory as the root.",
      discussion: "Libraries come from it. A FILE outside of it is looked at where it is.",
      valueName: "sysroot"))
  var root = "/"

  @Option(
    name: .customLong("library-path"),
    help: ArgumentHelp(
      "Search this directory first, as LD_LIBRARY_PATH would, but for set-user-id programs too. "
        + "Repeatable.", valueName: "dir"))
  var libraryPath: [String] = []

  @Option(
    help: ArgumentHelp(
      "The processor: baseline, native, or a level such as x86-64-v3.",
      discussion: "Without it, this machine's, and the baseline wherever that is different.",
      valueName: "level"))
  var cpu: String?

  @Option(
    help: ArgumentHelp(
      "Let LD_LIBRARY_PATH, LD_PRELOAD or LD_AUDIT count. Repeatable.",
      discussion: """
        Without a value, the one that it has in this environment. 'pack' takes any other variable \
        too, for the image.
        """,
      valueName: "name[=value]"))
  var env: [String] = []

  @Option(
    help: ArgumentHelp(
      "Load this too, as if the program (or OBJECT) had called dlopen. Repeatable.",
      valueName: "[object:]name"))
  var load: [String] = []

  @Option(
    help: ArgumentHelp(
      "Count this as there: the run time brings it, such as libcuda.so.1. Repeatable.",
      discussion: "A library by the name that it is asked for, or a file by its path.",
      valueName: "name"))
  var given: [String] = []

  func validate() throws {
    if given.contains("") { throw ValidationError("--given '': names nothing.") }
    for word in load where word.isEmpty || word.hasSuffix(":") {
      throw ValidationError("--load '\(word)': names no library.")
    }
  }

  func settings(_ rules: RuleSet?) -> LoaderSettings {
    LoaderSettings(
      root: root, libraryPath: libraryPath, cpu: cpu, env: env, load: load, given: given,
      rules: rules)
  }
}
