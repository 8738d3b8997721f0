internal import ArgumentParser
internal import Discovery
internal import FileTree
internal import Loader
internal import Report
internal import SystemPackage

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    _superCommandName: "rootfs-pack",
    abstract: "Show why a library is loaded, or isn't: every chain, every place tried.",
    discussion: """
      An offline LD_DEBUG=libs: nothing is executed. A path or the name of a preset works too: what \
      points to it, and whether it would be packed.

      Examples:
        rootfs-pack why /usr/bin/git libz.so.1
        rootfs-pack why ./server libmissing.so.2
        rootfs-pack why --load libplugin.so ./server libplugin.so
        rootfs-pack why /usr/bin/git timezone
        rootfs-pack why --json ./server /usr/lib/x86_64-linux-gnu/libc.so.6

      Exit code: 0 it is loaded or packed, 1 it isn't, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(help: ArgumentHelp("A program or shared library.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("A soname, a file's name or a path.", valueName: "library"))
  var library: String

  @OptionGroup var needsOptions: NeedsOptions

  @OptionGroup var guessOptions: GuessOptions

  @OptionGroup var loaderOptions: LoaderOptions

  @Flag(help: "Write one JSON document.")
  var json = false

  @OptionGroup var configurationOptions: ConfigurationOptions

  func validate() throws {
    if library.isEmpty { throw ValidationError("LIBRARY is empty: name one.") }
  }

  func run() throws {
    let settings = loaderOptions.settings(try needsOptions.ruleSet())
    let context = try ResolutionContext(settings, files: [file])
    let library = context.libraryWord(library)
    let policy = needsOptions.policy(guesses: guessOptions.guess, given: settings.givenNames)
    var finder = NeedsFinder(context.scope(policy, descends: true))
    var inputs = DiscoveryInputs()
    do {
      try finder.add(program: context.programPath(file), destination: nil, to: &inputs)
    } catch let error as NeedsError {
      throw Diagnostic(error)
    }
    let report = WhyReport(finder.discover(inputs), library: library) { path in
      try? context.closure(of: path, opening: library)
    }
    let style = Terminal.style(of: .standardOutput, environment: context.variables)
    try Terminal.write(
      json ? renderJSON(report.document) : report.render(style), to: .standardOutput)
    if !report.isLoaded { throw ExitStatus.findings.code }
  }
}
