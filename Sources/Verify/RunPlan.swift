internal import Archive
internal import ELF
internal import FileTree
internal import Sandbox
internal import SystemPackage

/// What is started for a request, in one bundle.
struct RunPlan {
  let request: SandboxRequest
  let stopSignal: Int32

  enum Problem: Error, Hashable {
    /// No program is named, and these could be meant.
    case ambiguous([RootPath])
    case noProgram
    /// The image's user isn't in its passwd(5) or group(5).
    case unknownUser(String)
    /// It is for another machine, and nothing here runs its programs.
    case noEmulator(machine: String)
  }

  /// What engines set where an image says nothing.
  private static let path: ByteString =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// Signals by the numbers that they have on nearly every machine of Linux; signal(7).
  private static let signals: [String: Int32] = [
    "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
    "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "CHLD": 17, "CONT": 18,
    "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
    "PROF": 27, "WINCH": 28, "IO": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
  ]
  /// In directories: mounts of a run.
  private static let writableLimit = 256

  init(_ asked: RunRequest, of bundle: ReadBundle) throws(Problem) {
    let image = bundle.image?.configuration ?? RunConfiguration()
    let words = try Self.words(asked, image, bundle)
    let environment = Self.environment(asked, image)
    let program = Self.search(words[0], environment, in: bundle.tree)
    var request = SandboxRequest(root: bundle.directory, program: program, arguments: words)
    request.environment = environment
    request.directory = RootPath(normalising: ByteString(image.workingDirectory ?? "/"))
    (request.user, request.group) = try Self.user(image.user ?? "", in: bundle.tree)
    request.writable = Self.writable(asked, image, bundle)
    request.listens = !asked.requests.isEmpty || !image.exposedPorts.isEmpty
    if let emulator = try Emulator.find(for: program, in: bundle.tree, asked.searchPath) {
      request.emulator = emulator
      request.program = "/.emulator"
      request.arguments = ["/.emulator", "-0", words[0], program] + words.dropFirst()
    }
    self.request = request
    stopSignal = Self.signal(image.stopSignal)
  }

  // MARK: What is started

  private static func words(
    _ asked: RunRequest, _ image: RunConfiguration, _ bundle: ReadBundle
  ) throws(Problem) -> [ByteString] {
    let entrypoint = image.entrypoint.map { ByteString($0) }
    let command = image.command.map { ByteString($0) }
    if let program = asked.program { return [program] + (asked.arguments ?? []) }
    if !entrypoint.isEmpty { return entrypoint + (asked.arguments ?? command) }
    if !command.isEmpty { return [command[0]] + (asked.arguments ?? Array(command.dropFirst())) }
    let programs = programs(of: bundle)
    guard programs.count <= 1 else { throw .ambiguous(programs) }
    guard let program = programs.first else { throw .noProgram }
    return [program.text] + (asked.arguments ?? [])
  }

  /// What could be started: executable files that no other program loads.
  private static func programs(of bundle: ReadBundle) -> [RootPath] {
    bundle.entries.compactMap { entry in
      guard case .file = entry.node, entry.permissions & 0o111 != 0,
        let head = try? bundle.tree.head(of: entry.path, count: 4)
      else { return nil }
      if head.starts(with: "#!".utf8) { return entry.path }
      guard head == ElfHeader.magic, let file = try? bundle.tree.open(entry.path),
        let image = try? ElfImage(reading: file), image.isProgram, image.dynamic?.soname == nil
      else { return nil }
      return entry.path
    }
  }

  private static func environment(
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

  /// As execvp(3) finds it.
  private static func search(
    _ word: ByteString, _ environment: [ByteString], in tree: any FileTree
  ) -> ByteString {
    guard !word.contains(UInt8(ascii: "/")) else { return word }
    let list = environment.first { $0.hasPrefix("PATH=") }.map { $0.bytes.dropFirst(5) } ?? []
    var resolver = PathResolver(tree: tree)
    for directory in ByteString(list).split(on: { $0 == UInt8(ascii: ":") }) {
      let candidate = directory + "/" + word
      if (try? resolver.resolve(candidate))?.status.kind == .regular { return candidate }
    }
    return word
  }

  // MARK: As whom, and where

  /// Numbers, or names that the image's own files tell (OCI image-spec, config.md, "User").
  private static func user(
    _ text: String, in tree: any FileTree
  ) throws(Problem) -> (UInt32, UInt32) {
    guard !text.isEmpty else { return (0, 0) }
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let accounts = Accounts(tree: tree)
    guard let first = parts.first, let account = accounts.user(first) else {
      throw .unknownUser(text)
    }
    guard parts.count > 1 else { return account }
    guard let group = accounts.group(parts[1]) else { throw .unknownUser(text) }
    return (account.0, group)
  }

  /// Volumes, places for temporary files, and directories that are there to be filled: they are empty.
  private static func writable(
    _ asked: RunRequest, _ image: RunConfiguration, _ bundle: ReadBundle
  ) -> [RootPath] {
    var parents: Set<RootPath> = []
    for entry in bundle.entries { parents.insert(entry.path.parent) }
    let empty = bundle.entries.filter { entry in
      if case .directory = entry.node { !parents.contains(entry.path) } else { false }
    }.map(\.path).filter { !$0.isInside("/etc") }
    let own: Set<RootPath> = ["/dev", "/proc", "/sys"]
    let volumes = image.volumes.map { RootPath(normalising: ByteString($0)) }
    var seen: Set<RootPath> = []
    let all = asked.writable + volumes + ["/tmp", "/run", "/var/tmp"] + empty
    return Array(
      all.filter { path in
        !path.isRoot && !own.contains { path.isInside($0) } && seen.insert(path).inserted
          && (try? bundle.tree.status(of: path))?.kind == .directory
      }.prefix(writableLimit))
  }

  private static func signal(_ text: String?) -> Int32 {
    guard let text else { return 15 }
    if let number = Int32(text) { return number }
    let word = text.hasPrefix("SIG") ? text.dropFirst(3) : text[...]
    let name = word.prefix { $0 != "+" && $0 != "-" }
    // As in RTMIN+3.
    let distance = Int32(word.dropFirst(name.count)) ?? 0
    return signals[String(name)].map { $0 + distance } ?? 15
  }
}

/// The users and groups that a bundle knows; passwd(5), group(5).
private struct Accounts {
  let tree: any FileTree

  func user(_ name: String) -> (UInt32, UInt32)? {
    let fields = entry(of: name, in: "/etc/passwd", numberAt: 2)
    if let fields, fields.count > 3, let user = UInt32(fields[2]), let group = UInt32(fields[3]) {
      return (user, group)
    }
    // A number needs no entry; its group is then root's.
    return UInt32(name).map { ($0, 0) }
  }

  func group(_ name: String) -> UInt32? {
    if let number = UInt32(name) { return number }
    return entry(of: name, in: "/etc/group", numberAt: 2).flatMap { UInt32($0[2]) }
  }

  private func entry(
    of name: String, in path: ByteString, numberAt column: Int
  ) -> [String]? {
    var resolver = PathResolver(tree: tree)
    guard let file = try? resolver.resolve(path),
      let bytes = (try? tree.open(file.real).readAll(limit: 1 << 20)) ?? nil
    else { return nil }
    for line in ByteString(bytes).split(on: { $0 == UInt8(ascii: "\n") }) {
      let fields = line.split { $0 == UInt8(ascii: ":") }.map(\.description)
      if fields.count > column, fields[0] == name || fields[column] == name { return fields }
    }
    return nil
  }
}
