internal import Archive
internal import Discovery
internal import ELF
internal import FileTree
internal import Sandbox
internal import SystemPackage

/// What is started for a request, in one bundle.
struct RunPlan {
  let request: SandboxRequest
  let stopSignal: Int32
  /// As the image says, `8080/tcp`.
  let exposedPorts: [String]

  enum Problem: Error, Hashable {
    /// No program is named, and these could be meant.
    case ambiguous([RootPath])
    case noProgram
    /// The image's user isn't in its passwd(5) or group(5).
    case unknownUser(String)
    /// No system has the image's stop signal.
    case unknownSignal(String)
    /// A text of the image has a byte in it that ends every text; by the setting.
    case zeroByte(setting: String)
    /// It is for another machine, and nothing here runs its programs.
    case noEmulator(machine: String)
  }

  /// What engines set where an image says nothing.
  private static let path =
    ByteString("PATH=")
    + ByteString(Array(ScriptChain.searchPath.map(\.bytes).joined(separator: [UInt8(ascii: ":")])))
  /// In directories: mounts of a run.
  private static let writableLimit = 4096

  init(_ asked: RunRequest, of bundle: ReadBundle) throws(Problem) {
    let image = bundle.configuration ?? RunConfiguration()
    try Self.refuseZeroBytes(in: image)
    let words = try Self.words(asked, image, bundle)
    let environment = Self.environment(asked, image)
    let program = Self.search(words[0], environment, image, in: bundle.tree)
    var request = SandboxRequest(root: bundle.directory, program: program, arguments: words)
    request.environment = environment
    request.directory = RootPath(normalising: ByteString(image.workingDirectory ?? "/"))
    guard let numbers = Accounts(tree: bundle.tree).numbers(of: image.user ?? "") else {
      throw .unknownUser(image.user ?? "")
    }
    (request.user, request.group) = numbers
    request.writable = Self.writable(asked, image, bundle)
    request.isCopy = bundle.isUnpacked
    request.mounts = asked.mounts
    request.listens = asked.asksServer || !image.exposedPorts.isEmpty
    request.grantsRights = bundle.entries.contains(where: \.givesRights)
    request.capabilities = Self.capabilities(of: program, in: bundle.tree)
    request.has32BitPrograms = HostProcessor.has32BitPrograms(in: bundle)
    if let run = try Emulator.run(of: program, in: bundle.tree, asked.searchPath) {
      request.emulator = run.emulator
      request.program = "/.emulator"
      request.arguments =
        ["/.emulator", "-0", run.program == program ? words[0] : run.program] + [run.program]
        + run.arguments + words.dropFirst()
    }
    self.request = request
    exposedPorts = image.exposedPorts
    let signal = image.stopSignal ?? ""
    guard let number = signal.isEmpty ? StopSignal.terminate : StopSignal.number(of: signal) else {
      throw .unknownSignal(signal)
    }
    stopSignal = number
  }

  private static func refuseZeroBytes(in image: RunConfiguration) throws(Problem) {
    let settings = [
      ("Entrypoint", image.entrypoint), ("Cmd", image.command), ("Env", image.environment),
      ("WorkingDir", [image.workingDirectory ?? ""]), ("Volumes", image.volumes),
      ("User", [image.user ?? ""]),
    ]
    for (setting, texts) in settings where texts.contains(where: { $0.utf8.contains(0) }) {
      throw .zeroByte(setting: setting)
    }
  }

  // MARK: What is started

  static func words(
    _ asked: RunRequest, _ image: RunConfiguration, _ bundle: ReadBundle
  ) throws(Problem) -> [ByteString] {
    let entrypoint = image.entrypoint.map { ByteString($0) }
    let command = image.command.map { ByteString($0) }
    if let program = asked.program { return [program] + (asked.arguments ?? []) }
    if !entrypoint.isEmpty { return entrypoint + (asked.arguments ?? command) }
    if !command.isEmpty { return [command[0]] + (asked.arguments ?? Array(command.dropFirst())) }
    let programs = StartedProgram.candidates(in: bundle)
    guard programs.count <= 1 else { throw .ambiguous(programs) }
    guard let program = programs.first else { throw .noProgram }
    return [program.text] + (asked.arguments ?? [])
  }

  static func environment(
    _ asked: RunRequest, _ image: RunConfiguration
  ) -> [ByteString] {
    var variables: [(name: ByteString, text: ByteString)] = []
    for text in [path] + image.environment.map({ ByteString($0) }) + asked.environment {
      let name = ByteString(text.bytes.prefix { $0 != UInt8(ascii: "=") })
      variables.removeAll { $0.name == name }
      variables.append((name, text))
    }
    return variables.map(\.text)
  }

  /// As an engine finds it; a name that it doesn't find stays as it is.
  private static func search(
    _ word: ByteString, _ environment: [ByteString], _ image: RunConfiguration,
    in tree: any FileTree
  ) -> ByteString {
    guard !word.contains(UInt8(ascii: "/")) else { return word }
    var view = RootView(tree: tree)
    let start = ProgramStart(
      word, environment: environment,
      workingDirectory: RootPath(normalising: ByteString(image.workingDirectory ?? "/")))
    return start.path(in: &view) ?? word
  }

  /// Of a script, what reads it counts.
  private static func capabilities(
    of program: ByteString, in tree: any FileTree
  ) -> FileCapabilities? {
    var view = RootView(tree: tree)
    let started = (try? ScriptChain(of: program, in: &view))?.interpreter ?? program
    return view.resolve(started).flatMap { tree.capabilities(of: $0.real) }
  }

  // MARK: Where it may write

  /// Volumes, places for temporary files, and directories that are there to be filled: they are empty.
  private static func writable(
    _ asked: RunRequest, _ image: RunConfiguration, _ bundle: ReadBundle
  ) -> [RootPath] {
    let parents = Set(bundle.entries.map(\.path.parent))
    let empty = bundle.entries.filter { entry in
      if case .directory = entry.node { !parents.contains(entry.path) } else { false }
    }.map(\.path).filter { !$0.isInside("/etc") }
    let own: [RootPath] = ["/dev", "/proc", "/sys"]
    let volumes = image.volumes.map { RootPath(normalising: ByteString($0)) }
    var view = RootView(tree: bundle.tree)
    var seen: Set<RootPath> = []
    let all = asked.writable + volumes + ["/tmp", "/run", "/var/tmp"] + empty
    return Array(
      all.filter { path in
        !path.isRoot && !own.contains { path.isInside($0) } && seen.insert(path).inserted
          && view.isDirectory(path.text)
      }.prefix(writableLimit))
  }
}
