internal import ArgumentParser
internal import FileTree
internal import Loader
internal import SystemPackage

/// Where libraries are looked for; shared by all commands.
struct RootOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take libraries from this directory as the root.",
      discussion: "A FILE outside of it is looked at where it is.", valueName: "sysroot"))
  var root = "/"

  @Option(
    name: .customLong("library-path"),
    help: ArgumentHelp(
      "Search this directory first, as LD_LIBRARY_PATH would. Repeatable.", valueName: "dir"))
  var libraryPath: [String] = []
}
