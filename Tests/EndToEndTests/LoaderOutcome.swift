import Foundation
import TestSupport
import Testing

/// What one program loads: the real loader's answer or the command's.
struct LoaderOutcome {
  struct Object: Hashable {
    /// As the loader opens it.
    let path: String
    /// With every link resolved, in the root.
    let realPath: String
  }

  /// Paths in the fixture's directory are without it.
  struct MissingVersion: Hashable {
    let object: String
    let library: String
    let version: String
    let isWeak: Bool
  }

  /// In load order, the interpreter included, each once.
  var objects: [Object] = []
  var missing: Set<String> = []
  /// What is missing without harm; of the loader's, that which it warns of.
  var passedOver: Set<String> = []
  var missingVersions: Set<MissingVersion> = []
  /// What audit libraries bring along, one after the other, each with its own.
  var audit: [String] = []
  /// What demands a newer processor; the loader names the first that it meets.
  var beyondProcessor: Set<String> = []
  /// Whether a file was found that ends the program.
  var isFatal = false

  var realPaths: Set<String> { Set(objects.map(\.realPath)) }

  /// Whether the program doesn't start, as the loader says once everything is found.
  var endsProgram: Bool {
    isFatal || !missing.isEmpty || !beyondProcessor.isEmpty
      || missingVersions.contains { !$0.isWeak }
  }

  static func path(_ path: String, in output: String) -> String {
    path.hasPrefix(output + "/") ? String(path.dropFirst(output.count + 1)) : path
  }
}

extension LoaderOutcome.MissingVersion {
  init(_ version: LoaderCase.MissingVersion) {
    self.init(
      object: version.object, library: version.library, version: version.version,
      isWeak: version.weak ?? false)
  }
}

/// Privileges that the fixtures are to do without.
enum Privileges {
  static let isRoot = geteuid() == 0

  /// Root reads every file, whatever its mode, unless it gives that up.
  static let withoutOverride =
    isRoot ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []

  /// Another user's, to whom a set-user-id program is one; takes root.
  static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

  static func changingRoot(to directory: String, asNobody: Bool) -> [String] {
    withoutOverride + (isRoot ? [] : ["unshare", "--map-root-user"]) + ["chroot"]
      + (asNobody ? ["--userspec=65534:65534", "--groups="] : []) + [directory]
  }
}

/// The loaders of this machine, asked to list what they load.
struct LoaderOracle {
  let loaderCase: LoaderCase
  /// The fixture's directory: absolute, no links.
  let output: String

  /// A CPU without any of the glibc-hwcaps levels, nor what glibc up to 2.36 has directories for.
  static let baseline = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512CD,-AVX2,-SSE4_2"

  func outcome(of path: String, _ subject: LoaderCase.Subject) throws -> LoaderOutcome {
    // Only a program that runs calls dlopen, and no set-user-id program is traced.
    if subject.libc == .musl || subject.isSecure || loaderCase.load != nil {
      return try run(path, subject)
    }
    var outcome = try trace(path, subject)
    guard subject.needsRun else { return outcome }
    // It ends at the first name that is missing.
    let run = try run(path, subject)
    outcome.passedOver.formUnion(outcome.missing.subtracting(run.missing))
    outcome.missing.formIntersection(run.missing)
    outcome.beyondProcessor = run.beyondProcessor
    #expect(run.endsProgram == outcome.endsProgram, "\(path)")
    #expect(outcome.endsProgram || run.objects == outcome.objects, "\(path)")
    return outcome
  }

  /// Has glibc list what it would load; it goes on where something is missing.
  private func trace(_ path: String, _ subject: LoaderCase.Subject) throws -> LoaderOutcome {
    let result = try start(
      path, subject,
      variables: ["LD_TRACE_LOADED_OBJECTS=1"] + (subject.audit == nil ? [] : ["LD_DEBUG=scopes"]))
    if result.status != 0 {
      let message = "error while loading shared libraries: "
      try #require(result.errors.contains(message), "\(result.status): \(result.errors)")
      return LoaderOutcome(isFatal: true)
    }
    var outcome = LoaderOutcome()
    readObjects(result.output, into: &outcome)
    readErrors(result.errors, into: &outcome)
    return outcome
  }

  /// Has the program list what is loaded, or musl's loader.
  private func run(_ path: String, _ subject: LoaderCase.Subject) throws -> LoaderOutcome {
    let result = try start(path, subject, variables: [])
    var outcome = LoaderOutcome()
    readObjects(result.output, into: &outcome)
    readErrors(result.errors, into: &outcome)
    try #require(
      result.status == 0 || outcome.endsProgram, "\(path) \(result.status): \(result.errors)")
    return outcome
  }

  private func start(
    _ path: String, _ subject: LoaderCase.Subject, variables: [String]
  ) throws -> Shell.Result {
    let directories = loaderCase.libraryDirectories(in: output)
    let libraryPath =
      directories.isEmpty ? [] : ["LD_LIBRARY_PATH=" + directories.joined(separator: ":")]
    let own = variables + libraryPath + loaderCase.variables(in: output)
    let environment =
      ["env", "-u", "LD_LIBRARY_PATH", "-u", "LD_PRELOAD", "LC_ALL=C", Self.baseline]
    let program = programCommand(path, subject)
    let command =
      loaderCase.isRoot
      ? environment + Privileges.changingRoot(to: output, asNobody: subject.isSecure)
        + ["/start"] + own + program
      : (subject.isSecure ? Privileges.nobody : Privileges.withoutOverride) + environment + own
        + program
    return try Shell.run(command, in: loaderCase.workingDirectory(in: output))
  }

  /// The program with its arguments, or its loader with both.
  private func programCommand(_ path: String, _ subject: LoaderCase.Subject) -> [String] {
    let openings = loaderCase.openings(in: output)
    let program = [(loaderCase.isRoot ? "" : output) + "/" + path] + openings
    switch subject.libc {
    case .glibc:
      guard let level = loaderCase.cpu else {
        return (loaderCase.start == .loader ? [subject.interpreterPath] : []) + program
      }
      // To the baseline, as if the CPU had them.
      let levels = ["x86-64-v4", "x86-64-v3", "x86-64-v2"].drop { $0 != level }
      return [subject.interpreterPath, "--glibc-hwcaps-prepend", levels.joined(separator: ":")]
        + program
    case .musl:
      // Its loader lists without running; what runs prints its own list.
      let isRun = !openings.isEmpty || subject.isSecure || loaderCase.start == .kernel
      return (isRun ? [] : [subject.interpreterPath, "--list"]) + program
    }
  }

  /// Reads lines of the forms `name => path (address)`, `path (address)` and `name => not found`.
  private func readObjects(_ text: String, into outcome: inout LoaderOutcome) {
    for line in text.split(separator: "\n") {
      let entry = line.trimmingCharacters(in: .whitespaces)
        .replacing(#/\s*\(0x[0-9a-f]+\)$/#, with: "")
      if let missing = entry.wholeMatch(of: #/(.+) => not found/#) {
        outcome.missing.insert(String(missing.1))
        continue
      }
      let path = String(entry.wholeMatch(of: #/.+ => (.+)/#)?.1 ?? entry[...])
      // The kernel's own object has no file.
      guard !path.isEmpty, !path.hasPrefix("linux-vdso") else { continue }
      let object = LoaderOutcome.Object(path: path, realPath: realPath(path))
      if !outcome.objects.contains(object) { outcome.objects.append(object) }
    }
  }

  private func readErrors(_ text: String, into outcome: inout LoaderOutcome) {
    var scopes = AuditScopes()
    for line in text.split(separator: "\n") {
      if scopes.read(line) { continue }
      if let match = line.wholeMatch(of: #/ERROR: ld\.so: object '(.+)' from .+ preloaded .+/#) {
        outcome.passedOver.insert(String(match.1))
      } else if let match = line.wholeMatch(
        of: #/ERROR: ld\.so: object '(.+)' cannot be loaded as audit interface: (.+)/#)
      {
        outcome.passedOver.insert(String(match.1))
        // It was loaded, and is unloaded.
        if match.2.contains("la_version") { _ = scopes.groups.popLast() }
      } else if let match = line.firstMatch(
        of: #/(\S+): (weak )?version `(.+)' not found \(required by (.+)\)$/#)
      {
        outcome.missingVersions.insert(
          .init(
            object: relative(match.4), library: relative(match.1), version: String(match.3),
            isWeak: match.2 != nil))
      } else if let match = line.wholeMatch(of: #/(.+): CPU ISA level is lower than required/#) {
        outcome.beyondProcessor.insert(relative(match.1))
      } else if let match = line.wholeMatch(of: #/Error loading shared library (.+?): .+/#) {
        outcome.missing.insert(String(match.1))
      } else if let match = line.wholeMatch(
        of: #/(?:.+ shared libraries: )?(.+): cannot open shared object file.*/#)
      {
        outcome.missing.insert(String(match.1))
      } else if line.contains("error while loading shared libraries: ") {
        outcome.isFatal = true
      }
    }
    outcome.audit = scopes.groups.flatMap { $0 }
  }

  private func relative(_ path: Substring) -> String {
    LoaderOutcome.path(String(path), in: output)
  }

  private func realPath(_ path: String) -> String {
    let prefix = loaderCase.isRoot ? output : ""
    let absolute =
      path.hasPrefix("/")
      ? prefix + path : loaderCase.workingDirectory(in: output).path + "/" + path
    guard let resolved = realpath(absolute, nil) else { return "no file: " + path }
    defer { free(resolved) }
    return String(String(cString: resolved).dropFirst(prefix.count))
  }
}

/// What glibc says with LD_DEBUG=scopes of namespaces that aren't the program's: the list of a
/// namespace's first object has them all.
private struct AuditScopes {
  var groups: [[String]] = []
  private var isAudit = false

  /// Returns whether it is a line of that kind.
  mutating func read(_ line: Substring) -> Bool {
    guard let text = line.wholeMatch(of: #/\s*[0-9]+:\t(.*)/#)?.1 else { return false }
    if let object = text.wholeMatch(of: #/object=.* \[([0-9]+)\]/#) {
      isAudit = object.1 != "0"
    } else if isAudit, let scope = text.wholeMatch(of: #/ *scope 0: (.+)/#) {
      isAudit = false
      let group = scope.1.split(separator: " ").map(String.init)
      // The objects that came along have the same.
      if groups.last != group { groups.append(group) }
    }
    return true
  }
}

/// The command's document, so far as it is compared.
struct InspectedSubject: Decodable {
  struct Document: Decodable { let subjects: [InspectedSubject] }

  struct Object: Decodable {
    struct Request: Decodable { let rule: String }

    let path: String
    let realPath: String
    let namespace: String
    let requests: [Request]

    /// The kernel maps the interpreter; glibc lists it only if an object needs it.
    var isListed: Bool { requests.contains { $0.rule != "interpreter" } }
  }

  struct Missing: Decodable {
    struct Attempt: Decodable { let outcome: String }

    let name: String
    let tried: [Attempt]
  }

  struct MissingVersion: Decodable {
    let version: String
    let object: String
    let library: String
    let weak: Bool
  }

  struct ProcessorNeed: Decodable { let object: String }

  let loader: String
  let objects: [Object]
  let missing: [Missing]
  let passedOver: [Missing]
  let missingVersions: [MissingVersion]
  let beyondProcessor: [ProcessorNeed]

  static func inspect(
    _ path: String, of loaderCase: LoaderCase, _ subject: LoaderCase.Subject, in output: String
  ) throws -> InspectedSubject {
    var command = Privileges.withoutOverride + [Project.command, "inspect", "--json"]
    for directory in loaderCase.libraryDirectories(in: output) {
      command += ["--library-path", directory]
    }
    for variable in loaderCase.variables(in: output) { command += ["--env", variable] }
    for opening in loaderCase.openings(in: output) { command += ["--load", opening] }
    if subject.libc == .glibc { command += ["--cpu", loaderCase.cpu ?? "baseline"] }
    if loaderCase.isRoot { command += ["--root", output] }
    let result = try Shell.run(
      command + [output + "/" + path], in: loaderCase.workingDirectory(in: output))
    try #require(result.status == 0 || result.status == 1, "\(result.errors)")
    let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
    return try #require(document.subjects.first)
  }

  /// - Parameter output: the fixture's directory.
  func outcome(in output: String) -> LoaderOutcome {
    LoaderOutcome(
      objects:
        objects
        .filter { $0.namespace != "audit" && (loader == "musl" || $0.isListed) }
        .map { .init(path: $0.path, realPath: $0.realPath) },
      missing: Set(missing.map(\.name)),
      passedOver: Set(passedOver.map(\.name)),
      missingVersions: Set(
        missingVersions.map {
          .init(
            object: LoaderOutcome.path($0.object, in: output),
            library: LoaderOutcome.path($0.library, in: output), version: $0.version,
            isWeak: $0.weak)
        }),
      audit: objects.filter { $0.namespace == "audit" }.map(\.path),
      beyondProcessor: Set(beyondProcessor.map { LoaderOutcome.path($0.object, in: output) }),
      isFatal: missing.contains { $0.tried.last?.outcome.hasPrefix("unusable") == true })
  }
}
