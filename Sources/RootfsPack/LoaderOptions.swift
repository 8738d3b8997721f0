internal import ArgumentParser
internal import ELF
internal import FileTree
internal import Loader
internal import SystemPackage

/// Where libraries are looked for, and by what loader's surroundings; shared by all commands.
struct LoaderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take libraries from this directory as the root.",
      discussion: "A FILE outside of it is looked at where it is.", valueName: "sysroot"))
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
      discussion: "Without a value, the one that it has in this environment.",
      valueName: "name[=value]"))
  var env: [String] = []

  @Option(
    help: ArgumentHelp(
      "Load this too, as if the program (or OBJECT) had called dlopen. Repeatable.",
      valueName: "[object:]name"))
  var load: [String] = []

  /// The processor whose libraries are looked for.
  var processor: Processor {
    switch cpu {
    case nil, "native": .current()
    case "baseline": .baseline
    case .some(let level): Processor(level: ByteString(argument: level))
    }
  }

  func validate() throws {
    for word in load where word.isEmpty || word.hasSuffix(":") {
      throw ValidationError("--load '\(word)': names no library.")
    }
  }

  var openings: [Opening] {
    load.map { word in
      let bytes = ByteString(argument: word)
      guard let colon = bytes.bytes.firstIndex(of: UInt8(ascii: ":")) else {
        return Opening(name: bytes)
      }
      // Nobody before the colon is the program: so a name with a colon can be told.
      return Opening(
        name: ByteString(bytes.bytes[(colon + 1)...]),
        caller: colon == 0 ? nil : ByteString(bytes.bytes[..<colon]))
    }
  }

  func variables(_ environment: ProcessEnvironment) throws(Diagnostic) -> LoaderVariables {
    var variables = LoaderVariables()
    for word in env {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      let value =
        parts.count > 1
        ? ByteString(argument: String(parts[1])) : environment.loaderVariable(name)
      switch name {
      case "LD_LIBRARY_PATH": variables.libraryPath = value
      case "LD_PRELOAD": variables.preload = value
      case "LD_AUDIT": variables.audit = value
      default:
        throw Diagnostic(
          "--env \(ByteString(argument: word)): not a variable that decides what is loaded",
          remedy: "LD_LIBRARY_PATH, LD_PRELOAD and LD_AUDIT are", status: .usage)
      }
    }
    return variables
  }
}
