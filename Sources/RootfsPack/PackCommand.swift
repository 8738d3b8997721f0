internal import ArgumentParser
internal import Bundle
internal import ELF
internal import FileTree
internal import Glibc
internal import Image
internal import Loader
internal import Report
internal import SystemPackage

struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    _superCommandName: "rootfs-pack",
    abstract: "Pack programs with everything that their loader loads into a tar archive.",
    discussion: """
      A program from a system directory (/usr, /bin, /sbin, /lib*, /opt) keeps its path; any other \
      goes to /NAME. What it finds through $ORIGIN moves with it. Before anything is written, the \
      loader rules run again inside the planned tree and must find the same files.

      Examples:
        rootfs-pack ./server
        rootfs-pack /usr/bin/git --output git.tar
        rootfs-pack ./server --add plugin.so --add app.conf:/etc/app.conf --dry-run
        rootfs-pack ./server --install /srv/bin/server

      Exit code: 0 packed, 1 a library is missing, 2 wrong usage, 3 unreadable input or system error.
      """)

  @Argument(
    help: ArgumentHelp("A program, or a shared library, to pack.", valueName: "file"))
  var files: [String]

  @Option(name: [.short, .long], help: ArgumentHelp("The archive to write.", valueName: "path"))
  var output = "runtime.tar"

  @Option(
    help: ArgumentHelp(
      "Where the program goes in the image; ending in /, the directory for several.",
      valueName: "path"))
  var install: String?

  @Option(
    help: ArgumentHelp(
      "Add a file or tree of the host, with the closure of the ELF files in it. Repeatable.",
      discussion: "Without DST, an absolute SRC keeps its path and a relative one goes to /NAME.",
      valueName: "src[:dst]"))
  var add: [String] = []

  @OptionGroup var loaderOptions: LoaderOptions

  @Flag(help: "Pack although libraries are missing.")
  var allowMissing = false

  @Flag(help: "Show the plan and write nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: show the plan as JSON.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false

  func validate() throws {
    if json && !dryRun { throw ValidationError("--json shows the plan: it needs --dry-run.") }
    if let install, !install.hasPrefix("/") {
      throw ValidationError("--install \(install): must be an absolute path in the image.")
    }
    if let install, RootPath(normalising: ByteString(argument: install)).isRoot,
      !install.hasSuffix("/")
    {
      throw ValidationError("--install \(install): names no file.")
    }
    if output.isEmpty || output == "-" || output.hasSuffix("/") {
      throw ValidationError("--output '\(output)': name a file to write.")
    }
    if files.count > 1, let install, !install.hasSuffix("/") {
      throw ValidationError(
        "--install \(install): several files need a directory; end it with a slash.")
    }
  }

  func run() throws {
    let additions = try add.map { word throws(Diagnostic) in try AdditionRequest(word) }
    let context = try ResolutionContext(
      loaderOptions.settings, files: files, additions: additions.map(\.source))
    let modificationTime = try modificationTime(context.variables)
    var collector = SubjectCollector(context: context)
    for file in files {
      try collector.addProgram(file, destination: destination(of: file, context))
    }
    for addition in additions { try collector.add(addition) }
    let isIncomplete = try reportFindings(collector.subjects)
    var builder = PlanBuilder(
      tree: context.tree, subjects: collector.subjects, additions: collector.additions)
    let plan: BundlePlan
    do { plan = try builder.build() } catch { throw Diagnostic(error) }
    for warning in plan.warnings { Terminal.warn(warning.diagnostic) }
    if dryRun {
      try showPlan(plan, context)
    } else {
      try write(plan, modificationTime: modificationTime, context)
    }
    if isIncomplete { throw ExitStatus.findings.code }
  }

  // MARK: What goes in

  private func destination(of file: String, _ context: ResolutionContext) -> RootPath? {
    let location = context.locate(file)
    let path = context.physicalPath(location.path)
    if let install {
      let target = RootPath(normalising: ByteString(argument: install))
      return install.hasSuffix("/") ? target.appending(path.name) : target
    }
    guard location.isOutside || !SystemDirectories.contain(path) else { return nil }
    return RootPath.root.appending(path.name)
  }

  /// Names everything that keeps a program from starting; whether there is anything.
  private func reportFindings(_ subjects: [PackSubject]) throws(Diagnostic) -> Bool {
    let findings = PackFindings(subjects)
    for line in findings.lines { Terminal.warn(Diagnostic(line)) }
    guard !findings.lines.isEmpty else { return false }
    guard allowMissing else {
      throw Diagnostic(
        "\(findings.summary), nothing was written",
        remedy: "install what provides them, name their directory with --library-path, "
          + "or pack without them with --allow-missing", status: .findings)
    }
    return true
  }

  private func modificationTime(
    _ variables: ProcessEnvironment
  ) throws(Diagnostic) -> UInt64 {
    guard let text = variables.sourceDateEpoch else { return 0 }
    // Eleven octal digits are what a tar header holds.
    guard let value = UInt64(text), value <= 0o777_7777_7777 else {
      throw Diagnostic(
        "SOURCE_DATE_EPOCH=\(ByteString(text)): not a number of seconds that an archive can hold",
        remedy: "set it to seconds since 1970 or unset it", status: .usage)
    }
    return value
  }

  // MARK: What comes out

  private func showPlan(_ plan: BundlePlan, _ context: ResolutionContext) throws {
    let style = Terminal.style(of: .standardOutput, environment: context.variables)
    try Terminal.write(
      json ? renderJSON(PlanDocument(plan)) : renderPlanTable(plan, style: style),
      to: .standardOutput)
  }

  private func write(
    _ plan: BundlePlan, modificationTime: UInt64, _ context: ResolutionContext
  ) throws {
    let progress = ProgressLine(
      total: plan.contentSize, isShown: !quiet, environment: context.variables)
    let signals = SignalMask()
    let archive = TarArchive(
      modificationTime: modificationTime, interruption: { signals.pending },
      progress: { progress.show($0) })
    let size: UInt64
    do {
      size = try signals.holding { () throws(ArchiveError) in
        try archive.write(plan, to: FilePath(ByteString(argument: output)))
      }
      progress.clear()
    } catch {
      progress.clear()
      throw Diagnostic(error, contentSize: plan.contentSize)
    }
    if !quiet {
      try Terminal.write(summary(plan, size: size), to: .standardOutput)
    }
  }

  private func summary(_ plan: BundlePlan, size: UInt64) -> String {
    let place = ByteString(argument: output).description
    return "\(place): \(renderSize(size)), \(count(plan.entries.count, "entry", "entries")); "
      + "next: \(ImportHint(archive: place, program: plan.programs.first))\n"
  }
}
