internal import Archive
internal import ArgumentParser
internal import FileTree
internal import Glibc
internal import Report
internal import Sandbox
internal import SystemPackage
internal import Verify

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    _superCommandName: "rootfs-pack",
    abstract: "Prove that what is in a bundle runs.",
    discussion: """
      BUNDLE is an archive, an image or a directory. It is held against one thing after the other:

        structure  it is read back: digests are right, links are confined
        loader     what its programs load, and ask for at run time, is there
        run        its program runs without a network, in a read-only root: to its end, or \
      for two seconds
        tcp        it takes connections at the ports of --tcp
        http       it answers the requests of --http
        stop       it ends when it is asked to as process 1
        missed     what it looked for and didn't find

      A program for another machine is run by qemu-user-static, if that is installed.

      Examples:
        rootfs-pack verify runtime.tar
        rootfs-pack verify server.oci.tar --http :8080/health
        rootfs-pack verify database.oci.tar --tcp :5432 --mount ./seed:/docker-entrypoint.d:ro
        rootfs-pack verify tool.oci.tar --expect-output '^tool 2\\.' --run --version
        rootfs-pack verify --until loader --image-platform linux/arm64 server.oci.tar

      Exit code: 0 it runs, 1 something is wrong with it, 2 wrong usage, 3 it can't be read, or \
      can't be run here.
      """)

  @Argument(help: ArgumentHelp("What was packed.", valueName: "bundle"))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "The program to run. (default: the image's, or the only one)", valueName: "path"))
  var program: String?

  @Option(
    help: ArgumentHelp(
      "Ask this of the server, and expect the status, or 200. Repeatable.",
      discussion: "A query that ends like a status, as in ?id=404, needs one behind it.",
      valueName: ":port/path[=status]"))
  var http: [String] = []

  @Option(
    help: ArgumentHelp("Expect the server to take a connection. Repeatable.", valueName: ":port"))
  var tcp: [String] = []

  @Option(
    help: ArgumentHelp(
      "Expect this exit code of what ends by itself. (default: 0)", valueName: "code"))
  var expectExit: UInt8?

  @Option(
    help: ArgumentHelp(
      "Expect a line of what it writes to match, as grep -E does.", valueName: "regex"))
  var expectOutput: String?

  @Option(
    help: ArgumentHelp(
      "How long it may take to end, or to answer all of --tcp and --http.", valueName: "seconds"))
  var timeout: UInt16 = 30

  @Option(
    help: ArgumentHelp(
      "Let it write to this directory. Repeatable.",
      discussion: "It may write to volumes, /tmp and empty directories.", valueName: "path"))
  var writable: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give it a file or directory of the host. Repeatable.",
      discussion: "It may change it unless :ro follows.", valueName: "host:path[:ro]"))
  var mount: [String] = []

  @Option(
    help: ArgumentHelp(
      "Climb no further: structure, loader or run.", valueName: "rung"),
    completion: .list(["structure", "loader", "run"]))
  var until: String?

  // The next five in the words of other commands: to a configuration file, each is one option.
  @Option(
    help: ArgumentHelp(
      "Let LD_LIBRARY_PATH, LD_PRELOAD or LD_AUDIT count. Repeatable.",
      discussion: "Any other variable too, over those of the image.", valueName: "name[=value]"))
  var env: [String] = []

  @Option(
    help: ArgumentHelp(
      "Use this directory as the root.",
      discussion: "The one that was packed from: what a run missed is looked for in it.",
      valueName: "sysroot"))
  var root = "/"

  @Option(
    help: ArgumentHelp(
      "The processor: baseline, native, or a level such as x86-64-v3.",
      discussion: "Without it, this machine's, and the baseline wherever that is different.",
      valueName: "level"))
  var cpu: String?

  @Option(
    help: ArgumentHelp(
      "Count this as there: the run time brings it, such as libcuda.so.1. Repeatable.",
      discussion: "A library by the name that it is asked for, or a file by its path.",
      valueName: "name"))
  var given: [String] = []

  @Option(
    help: ArgumentHelp(
      "Which image of an input with several. (default: all of the platform)",
      discussion: "By its name, tag, digest or id.", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "The platform of an input with several. (default: this machine's, or the first)",
      valueName: "os/arch[/variant]"))
  var imagePlatform: String?

  @OptionGroup var needsOptions: NeedsOptions

  @Flag(help: "Write one JSON document.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false

  @Option(
    name: .customLong("run"), parsing: .remaining,
    help: ArgumentHelp(
      "Run it with these arguments; everything behind --run is for the program.",
      valueName: "argument"))
  var runArguments: [String] = []

  @OptionGroup var configurationOptions: ConfigurationOptions

  /// Where the ladder may end, by the words of `--until`.
  private static let ends: [String: Rung] = [
    "structure": .structure, "loader": .loader, "run": .missed,
  ]

  func validate() throws {
    if let until, Self.ends[until] == nil {
      throw ValidationError("--until \(until): must be one of structure, loader, run.")
    }
    if !http.isEmpty || !tcp.isEmpty, expectExit != nil {
      throw ValidationError(
        "--\(http.isEmpty ? "tcp" : "http"), --expect-exit: a server is asked to end, and its exit code has to be 0."
      )
    }
    if until != nil, until != "run", asksForRun {
      throw ValidationError(
        "--until \(until ?? ""): nothing is run, so leave out what the run is for.")
    }
    for word in http where HttpExpectation(word) == nil {
      throw ValidationError("--http '\(word)': must be as in :8080/path or :8080/path=404.")
    }
    for word in tcp where TcpExpectation(word) == nil {
      throw ValidationError("--tcp '\(word)': must be as in :5432.")
    }
    for word in mount {
      if let fault = MountArgument.fault(of: word) {
        throw ValidationError("--mount '\(word)': \(fault).")
      }
    }
    if mount.count > SandboxMount.limit {
      throw ValidationError("--mount: more than \(SandboxMount.limit) can't be given.")
    }
    if let expectOutput, Self.pattern(expectOutput) == nil {
      throw ValidationError("--expect-output '\(expectOutput)': isn't a regular expression.")
    }
  }

  private static func pattern(_ text: String) -> RunRequest.Expectation? {
    RunRequest.Expectation(lineMatching: ByteString(argument: text))
  }

  private var asksForRun: Bool {
    program != nil || !http.isEmpty || !tcp.isEmpty || !mount.isEmpty || expectExit != nil
      || expectOutput != nil
      || !runArguments.isEmpty
  }

  func run() throws {
    let rules = try needsOptions.ruleSet()
    let context = try ResolutionContext(settings, files: [])
    let signals = SignalMask()
    let request = try request(context.variables, signals)
    var options = try ReadOptions.of(imagePlatform, image: image, context.variables)
    // Only root can give files to their owners, and only then the image's user meets their modes.
    options.keepsOwners = geteuid() == 0
    options.interruption = { signals.pending }
    let ladder = Ladder(
      request, policy: needsOptions.policy(given: settings.givenNames), rules: rules,
      source: context.tree,
      words: Ladder.Words(violation: { $0.words }, error: { Diagnostic($0).message }))
    let last = Self.ends[until ?? "run"] ?? .missed
    let result = try signals.holding { () throws(Diagnostic) in
      let result: VerifiedBundle
      do throws(Diagnostic) {
        result = try VerifiedBundle(
          bundle, options, ladder, in: context.environment, to: last, isForOne: asksForRun)
      } catch {
        if json, error.status == .failure { try tell(error) }
        throw error
      }
      if let signal = signals.pending { throw Diagnostic(interruptedBy: signal) }
      return result
    }
    try show(result, context.variables)
  }

  private var settings: LoaderSettings {
    var settings = LoaderSettings(root: root, cpu: cpu, env: env, given: given)
    settings.allowsImageVariables = true
    return settings
  }

  private func request(
    _ variables: ProcessEnvironment, _ signals: SignalMask
  ) throws(Diagnostic) -> RunRequest {
    var request = RunRequest()
    request.program = program.map { ByteString(argument: $0) }
    request.arguments = runArguments.isEmpty ? nil : runArguments.map { ByteString(argument: $0) }
    request.environment = try settings.programVariables(variables).map { ByteString($0) }
    request.writable = writable.map { RootPath(normalising: ByteString(argument: $0)) }
    request.expectedExit = expectExit.map { Int32($0) }
    request.expectedOutput = expectOutput.flatMap { Self.pattern($0) }
    request.requests = http.compactMap { HttpExpectation($0) }
    request.ports = tcp.compactMap { TcpExpectation($0) }
    request.mounts = try mount.map { (word) throws(Diagnostic) in try MountArgument.mount(word) }
    request.startLimit = .seconds(Int(timeout))
    request.searchPath = variables.searchPath.split { $0 == UInt8(ascii: ":") }
      .map { FilePath($0) }
    request.interruption = { signals.pending }
    return request
  }

  /// Why nothing can be verified: a reader of JSON reads nothing else.
  private func tell(_ reason: Diagnostic) throws(Diagnostic) {
    let content = VerifiedContent(
      Verification([RungResult(.structure, .impossible(reason.text))]))
    let name = ByteString(argument: bundle).description
    guard let text = try? renderJSON(VerificationDocument([content], of: name)) else { return }
    try Terminal.write(text, to: .standardOutput)
  }

  private func show(_ result: VerifiedBundle, _ variables: ProcessEnvironment) throws {
    if json {
      try Terminal.write(
        renderJSON(VerificationDocument(result.contents, of: result.name)), to: .standardOutput)
    } else if !quiet || !result.isVerified {
      let style = Terminal.style(of: .standardOutput, environment: variables)
      try Terminal.write(
        renderVerifications(result.contents, of: result.name, style), to: .standardOutput)
    }
    if !quiet, !json, let hint = result.otherPlatforms { Terminal.warn(hint) }
    if result.hasFailed { throw ExitStatus.findings.code }
    if result.isOutOfReach { throw ExitStatus.failure.code }
  }
}
