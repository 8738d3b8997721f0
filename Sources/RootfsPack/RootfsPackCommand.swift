internal import ArgumentParser
internal import Glibc
internal import SystemPackage

struct RootfsPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rootfs-pack",
    abstract: "From a binary to a running FROM scratch image.",
    discussion: """
      'pack' is the default: rootfs-pack ./server writes runtime.tar.

      Examples:
        rootfs-pack ./server
        rootfs-pack ./server --output server.oci.tar
        rootfs-pack inspect ./server
        rootfs-pack why ./server libz.so.1
        rootfs-pack check ./server
        rootfs-pack verify server.oci.tar --http :8080/health
        rootfs-pack diff old.tar new.tar
        rootfs-pack presets
      """,
    version: "0.1.0",
    subcommands: [
      PackCommand.self, InspectCommand.self, WhyCommand.self, CheckCommand.self,
      VerifyCommand.self, DiffCommand.self,
      PresetsCommand.self,
    ],
    defaultSubcommand: PackCommand.self)

  /// The command that parses the arguments, and those that are left for it.
  ///
  /// A subcommand that is named first is parsed as a root of its own: the parser then leaves out its
  /// search for a completion request, which is half of its time.
  static func entry(for arguments: [String]) -> (any ParsableCommand.Type, [String]) {
    let named = configuration.subcommands.first { $0._commandName == arguments.first }
    guard let named else { return (RootfsPackCommand.self, arguments) }
    let rest = Array(arguments.dropFirst())
    return (named, rest)
  }

  /// What `inspect` with files and nothing else asks for: the parser takes twice as long as the rest of
  /// that run, and has nothing to parse.
  static func plainInspection(_ arguments: [String]) -> Inspection? {
    guard arguments.first == "inspect", arguments.count > 1,
      !arguments.contains(where: { $0.hasPrefix("-") })
    else { return nil }
    return Inspection(files: Array(arguments.dropFirst()))
  }
}

/// Runs the command line and ends the process with its exit code.
package func runRootfsPack() -> Never {
  Terminal.reserveStreams()
  // A write to a closed pipe shall be an error that can be told apart, not the end.
  _ = signal(SIGPIPE, SIG_IGN)
  let configuration = configure()
  let arguments = configuration.arguments
  if let inspection = RootfsPackCommand.plainInspection(arguments) {
    end(configuration) { try inspection.run() }
  }
  let (entry, rest) = RootfsPackCommand.entry(for: arguments)
  end(configuration) {
    var command = try entry.parseAsRoot(rest)
    try command.run()
  } orElse: { error in
    if entry.exitCode(for: error) == .success { endTelling(entry.fullMessage(for: error)) }
    if entry.exitCode(for: error) == .validationFailure {
      let command = entry == RootfsPackCommand.self ? "" : " " + entry._commandName
      Terminal.warn(
        configuration.locating(Diagnostic(usage: entry.message(for: error), of: command)))
      exit(ExitStatus.usage.rawValue)
    }
    entry.exit(withError: error)
  }
}

/// Ends with what the argument parser has to tell: help, a version, a script for completion.
private func endTelling(_ text: String) -> Never {
  do {
    try Terminal.write(text + "\n", to: .standardOutput)
    exit(ExitStatus.done.rawValue)
  } catch {
    Terminal.warn(error)
    exit(error.status.rawValue)
  }
}

/// The arguments, with what a configuration file says; a file that can't be taken ends the process.
private func configure() -> Configuration {
  do {
    return try Configuration(RawArguments.current())
  } catch {
    Terminal.warn(error)
    exit(error.status.rawValue)
  }
}

/// Runs to the end of the process, with the exit code that an error stands for.
///
/// - Parameter orElse: ends the process for errors of the argument parser.
private func end(
  _ configuration: Configuration, _ body: () throws -> Void,
  orElse: (any Error) -> Never = { _ in exit(ExitStatus.failure.rawValue) }
) -> Never {
  do {
    try body()
    exit(ExitStatus.done.rawValue)
  } catch let diagnostic as Diagnostic {
    Terminal.warn(configuration.locating(diagnostic))
    exit(diagnostic.status.rawValue)
  } catch let code as ExitCode {
    exit(code.rawValue)
  } catch {
    orElse(error)
  }
}
