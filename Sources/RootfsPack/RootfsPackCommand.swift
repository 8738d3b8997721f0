internal import ArgumentParser
internal import Glibc

struct RootfsPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rootfs-pack",
    abstract: "From a binary to a running FROM scratch image.",
    subcommands: [InspectCommand.self])
}

/// Runs the command line and ends the process with its exit code.
package func runRootfsPack() -> Never {
  // A write to a closed pipe shall be an error that can be told apart, not the end.
  _ = signal(SIGPIPE, SIG_IGN)
  do {
    var command = try RootfsPackCommand.parseAsRoot()
    try command.run()
    exit(ExitStatus.done.rawValue)
  } catch let diagnostic as Diagnostic {
    Terminal.warn(diagnostic.line)
    exit(diagnostic.status.rawValue)
  } catch {
    let code = RootfsPackCommand.exitCode(for: error)
    if code == .validationFailure {
      Terminal.warn(RootfsPackCommand.fullMessage(for: error))
      exit(ExitStatus.usage.rawValue)
    }
    RootfsPackCommand.exit(withError: error)
  }
}
