internal import ArgumentParser
internal import Glibc

struct RootfsPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rootfs-pack",
    abstract: "From a binary to a running FROM scratch image.",
    discussion: """
      'pack' is the default: rootfs-pack ./server writes runtime.tar.

      Examples:
        rootfs-pack ./server
        rootfs-pack inspect ./server
      """,
    version: "0.1.0",
    subcommands: [PackCommand.self, InspectCommand.self, WhyCommand.self],
    defaultSubcommand: PackCommand.self)
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
    Terminal.warn(diagnostic)
    exit(diagnostic.status.rawValue)
  } catch {
    let code = RootfsPackCommand.exitCode(for: error)
    if code == .validationFailure {
      Terminal.warn(Diagnostic(usage: RootfsPackCommand.fullMessage(for: error)))
      exit(ExitStatus.usage.rawValue)
    }
    RootfsPackCommand.exit(withError: error)
  }
}
