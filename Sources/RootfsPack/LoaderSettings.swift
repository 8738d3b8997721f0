internal import ELF
internal import FileTree
internal import Loader

/// What ``LoaderOptions`` say, as plain values: what counts where none is given.
struct LoaderSettings {
  var root = "/"
  var libraryPath: [String] = []
  var cpu: String?
  var env: [String] = []
  var load: [String] = []

  /// The processor whose libraries are looked for.
  var processor: Processor {
    switch cpu {
    case nil, "native": .current()
    case "baseline": .baseline
    case .some(let level): Processor(level: ByteString(argument: level))
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
