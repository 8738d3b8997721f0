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
    abstract: "Pack programs with everything that their loader loads.",
    discussion: """
      A program from a system directory (/usr, /bin, /sbin, /lib*, /opt) keeps its path; any other \
      goes to /NAME. What it finds through $ORIGIN moves with it. Before anything is written, the \
      loader rules run again inside the planned tree and must find the same files.

      Examples:
        rootfs-pack ./server
        rootfs-pack /usr/bin/git --output git.tar
        rootfs-pack ./server --add plugin.so --add app.conf:/etc/app.conf --dry-run
        rootfs-pack ./server --install /srv/bin/server
        rootfs-pack ./server -o server.oci.tar --tag server:1.0 --user app
        rootfs-pack ./server -o root/ -o server.tar.zst --level 19
        rootfs-pack ./server -o - | docker import - server
        rootfs-pack ./server -o server.oci.tar --platform SYSROOT:arm/server
        rootfs-pack ./server --with ca-certificates,timezone --lock server.lock

      Exit code: 0 packed, 1 a library is missing or the lock differs, 2 wrong usage, 3 unreadable input or system error.
      """)

  @Argument(
    help: ArgumentHelp("A program, or a shared library, to pack.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  @OptionGroup(title: "Image") var imageOptions: ImageOptions

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

  @Option(
    help: ArgumentHelp(
      "Make a directory, with this mode (default: 755) and owner. Repeatable.",
      discussion: "One that something else is added to gets the mode and the owner too.",
      valueName: "path[:mode[:uid[:gid]]]"))
  var mkdir: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pack nothing that this matches, and nothing below it, such as '*/test'. Repeatable.",
      discussion: "Of whole paths of the root; * stands for slashes too. What asks for it is told.",
      valueName: "glob"))
  var exclude: [String] = []

  @OptionGroup(title: "Run time") var needsOptions: NeedsOptions

  @OptionGroup(title: "Run time") var guessOptions: GuessOptions

  @OptionGroup(title: "Loader") var loaderOptions: LoaderOptions

  @Flag(
    help: ArgumentHelp(
      "Pack secrets too, where --add brings them; with =PATH, only what is there.",
      discussion: """
        Private keys, tokens, password files, credentials of users, /run/secrets, and homes, but for the \
        working directory and that of FILE. What programs only ask for and not everybody may read is \
        packed with =PATH alone.
        """))
  var allowSensitive = false

  @Option(
    help: ArgumentHelp(
      "What --allow-sensitive=PATH says. Repeatable.",
      discussion: "A file, or a directory with all that is below.", valueName: "path"))
  var allowSensitivePath: [String] = []

  @Flag(help: "Pack although libraries are missing.")
  var allowMissing = false

  @Option(
    help: ArgumentHelp(
      "Keep what the bundle holds in this file, with digests; fail if it holds something else.",
      discussion: "They are those before --strip. Remove the file to accept what changed.",
      valueName: "file"))
  var lock: String?

  @Flag(help: "Show the plan and write nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: show the plan as JSON.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false

  @OptionGroup var configurationOptions: ConfigurationOptions

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
    if files.count > 1, let install, !install.hasSuffix("/") {
      throw ValidationError(
        "--install \(install): several files need a directory; end it with a slash.")
    }
  }

  func run() throws {
    let variables = ProcessEnvironment.current()
    let outputs = try outputOptions.outputs
    try outputOptions.check()
    let isImage = outputs.contains(where: \.format.isImage)
    try checkImageOptions(outputs)
    let modificationTime = try modificationTime(variables)
    var settings = loaderOptions.settings(try needsOptions.ruleSet())
    settings.allowsImageVariables = true
    settings.excluded = ExcludedPaths(globs: exclude.map { ByteString(argument: $0) })
    let images = ImageAssembly(
      settings: try imageOptions.settings, environment: try settings.imageVariables(variables),
      created: modificationTime,
      owner: try outputOptions.ownership.map { .init(user: $0.owner, group: $0.group) } ?? .root)
    let planned = try plans(settings, outputs, images.settings)
    let bundles = try planned.map { try images.bundle($0, isImage: isImage) }
    if isImage { try checkPlatforms(bundles) }
    let lockFile = try lock.map { word throws(Diagnostic) in try LockFile(word) }
    let newLock = try lockFile?.check(
      bundles, WriteOptions(), Terminal.style(of: .standardOutput, environment: variables),
      isQuiet: quiet)
    if dryRun {
      if outputOptions.strip && !quiet {
        Terminal.warn(Diagnostic("the sizes are those before --strip, which a dry run doesn't do"))
      }
      try showPlans(bundles, outputs, variables)
    } else {
      let run = PackRun(
        outputs: outputs, options: try writeOptions(modificationTime, variables),
        reference: images.settings.reference,
        stripping: outputOptions.strip
          ? PackRun.Stripping(
            debugDirectory: outputOptions.debugDir.map { FilePath(ByteString(argument: $0)) })
          : nil, needsBase: outputOptions.base != nil, isQuiet: quiet, environment: variables)
      try run.write(bundles)
      if let newLock { try lockFile?.write(newLock) }
      if !quiet { planned.compactMap(\.hint).forEach(Terminal.warn) }
    }
    if planned.contains(where: \.isIncomplete) { throw ExitStatus.findings.code }
  }

  // MARK: What goes in

  /// The plan of each platform, that of the named files first.
  private func plans(
    _ settings: LoaderSettings, _ outputs: [Output], _ image: ImageSettings
  ) throws -> [PackPlanner.Result] {
    var planner = PackPlanner(
      install: install,
      additions: try add.map { word throws(Diagnostic) in try AdditionRequest(word) },
      allowsMissing: allowMissing, allowsSensitive: allowSensitive,
      allowedSensitive: allowSensitivePath,
      options: try planOptions(outputs, image),
      policy: needsOptions.policy(guesses: guessOptions.guess, given: settings.givenNames))
    var results = [try planner.plan(files, settings)]
    for word in imageOptions.platform {
      let request = try PlatformRequest(word)
      var settings = settings
      settings.root = request.sysroot
      planner.label = "\(ByteString(argument: request.sysroot)): "
      let result = try planner.plan([request.program], settings)
      try request.check(result.plan.programHeader.flatMap { Platform($0) })
      results.append(result)
    }
    return results
  }

  private func planOptions(
    _ outputs: [Output], _ image: ImageSettings
  ) throws(Diagnostic) -> PlanOptions {
    var options = PlanOptions()
    options.keepsSetID = outputOptions.keepSetID
    options.keepsExtendedAttributes = outputOptions.keepXattrs
    options.base = outputOptions.base
    options.user = image.user?.planned
    options.volumeOwner = image.user.map { FileStatus.Owner(user: $0.uid, group: $0.gid ?? 0) }
    if let directory = image.workingDirectory {
      options.directories.append(
        PlannedDirectory(path: RootPath(normalising: ByteString(directory)), purpose: .work))
    }
    options.directories += image.volumes.map {
      PlannedDirectory(path: RootPath(normalising: ByteString($0)), purpose: .volume)
    }
    // Last: what the user says of a directory counts.
    for word in mkdir { options.directories.append(try DirectoryRequest(word).directory) }
    return options
  }

  /// What no output can say isn't passed over in silence.
  private func checkImageOptions(_ outputs: [Output]) throws(Diagnostic) {
    let image = "name an image with --output, as in server.oci.tar"
    func refuse(_ options: [(String, Bool)], _ reason: String, _ remedy: String) throws(Diagnostic)
    {
      for (option, isUsed) in options where isUsed {
        throw Diagnostic("\(option): \(reason)", remedy: remedy, status: .usage)
      }
    }
    let options = imageOptions
    if !outputs.contains(where: \.format.isImage) {
      try refuse(
        [
          ("--annotation", !options.annotation.isEmpty), ("--platform", !options.platform.isEmpty),
          ("--created", options.created != nil), ("--stop-signal", options.stopSignal != nil),
        ], "no output is an image", image)
    }
    if let plain = outputs.first(where: { !$0.format.isImage }), !options.platform.isEmpty {
      throw Diagnostic(
        "--platform: a \(plain.format.rawValue) holds one platform",
        remedy: "write only images, or this one in a run of its own", status: .usage)
    }
    // A tar archive's import takes these; a directory and an initramfs have no place for them.
    if outputs.allSatisfy({ $0.format == .directory || $0.format.isInitramfs }) {
      try refuse(
        [
          ("--entrypoint", options.entrypoint != nil), ("--cmd", options.cmd != nil),
          ("--expose", !options.expose.isEmpty), ("--label", !options.label.isEmpty),
          ("--tag", options.tag != nil),
        ], "no output has a place for it", image)
    }
  }

  private func checkPlatforms(_ bundles: [ImageBundle]) throws(Diagnostic) {
    var known: [Platform] = []
    for bundle in bundles {
      guard let platform = bundle.platform else {
        let machine = bundle.plan.programHeader?.machine.description ?? "nothing known"
        throw Diagnostic(
          "\(bundle.plan.programs.first?.description ?? "the program") is for \(machine), for which "
            + "images have no name", remedy: "write a .tar")
      }
      guard !known.contains(platform) else {
        throw Diagnostic(
          "--platform: \(platform) comes twice", remedy: "give each program another platform",
          status: .usage)
      }
      known.append(platform)
    }
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

  private func writeOptions(
    _ modificationTime: UInt64, _ variables: ProcessEnvironment
  ) throws(Diagnostic) -> WriteOptions {
    let ownership = try outputOptions.ownership
    var options = WriteOptions()
    options.metadata = EntryMetadata(
      modificationTime: modificationTime, owner: ownership?.owner ?? 0,
      group: ownership?.group ?? 0)
    options.changesOwner = ownership != nil
    options.areLayers = outputOptions.base != nil
    options.compression = outputOptions.compression ?? .gzip
    options.level = outputOptions.level
    options.layering = outputOptions.layers ?? .shared
    options.temporaryDirectory = variables.temporaryDirectory
    return options
  }

  private func showPlans(
    _ bundles: [ImageBundle], _ outputs: [Output], _ variables: ProcessEnvironment
  ) throws {
    let hasInit = outputs.contains(where: \.format.isInitramfs)
    let plans = bundles.map { hasInit ? $0.plan.initramfs : $0.plan }
    let style = Terminal.style(of: .standardOutput, environment: variables)
    var text = ""
    if json {
      text = try renderJSON(PlanDocument(plans))
    } else {
      for (bundle, plan) in zip(bundles, plans) {
        if bundles.count > 1, let platform = bundle.platform { text += "\(platform):\n" }
        text += renderPlanTable(plan, style: style)
      }
    }
    try Terminal.write(text, to: .standardOutput)
  }
}
