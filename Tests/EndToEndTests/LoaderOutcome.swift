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

  /// In load order, the interpreter included, each once.
  var objects: [Object] = []
  var missing: Set<String> = []
  /// Whether a file was found that ends the program.
  var isFatal = false

  var realPaths: Set<String> { Set(objects.map(\.realPath)) }
}

/// Privileges that the fixtures are to do without.
enum Privileges {
  static let isRoot = geteuid() == 0

  /// Root reads every file, whatever its mode, unless it gives that up.
  static let withoutOverride =
    isRoot ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []

  static func changingRoot(to directory: String) -> [String] {
    withoutOverride + (isRoot ? [] : ["unshare", "--map-root-user"]) + ["chroot", directory]
  }
}

/// The loaders of this machine, asked to list what they load.
struct LoaderOracle {
  let loaderCase: LoaderCase
  /// The fixture's directory: absolute, no links.
  let output: String

  /// A CPU without any of the glibc-hwcaps levels.
  private static let baseline = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-SSE4_2"

  func outcome(of path: String, _ subject: LoaderCase.Subject) throws -> LoaderOutcome {
    let result = try Shell.run(
      command(for: path, subject), in: loaderCase.workingDirectory(in: output))
    switch subject.libc {
    case .glibc:
      if result.status != 0 {
        let message = "error while loading shared libraries: "
        try #require(result.errors.contains(message), "\(result.status): \(result.errors)")
        return LoaderOutcome(isFatal: true)
      }
      return parse(result.output)
    case .musl:
      var outcome = parse(result.output)
      outcome.missing = Set(
        result.errors.matches(of: #/Error loading shared library (.+?): /#).map { String($0.1) })
      try #require(
        result.status == 0 || !outcome.missing.isEmpty, "\(result.status): \(result.errors)")
      return outcome
    }
  }

  private func command(for path: String, _ subject: LoaderCase.Subject) -> [String] {
    let start = loaderCase.start ?? (subject.libc == .glibc ? .kernel : .loader)
    let program = (loaderCase.isRoot ? "" : output) + "/" + path
    let list = subject.libc == .musl ? ["--list"] : []
    let traced = (start == .loader ? [subject.interpreterPath] + list : []) + [program]
    let directories = loaderCase.libraryDirectories(in: output)
    let libraryPath =
      directories.isEmpty ? [] : ["LD_LIBRARY_PATH=" + directories.joined(separator: ":")]
    let environment = ["env", "-u", "LD_LIBRARY_PATH", "-u", "LD_PRELOAD", "LC_ALL=C"]
    guard loaderCase.isRoot else {
      // musl knows no such variable: a program that the kernel starts there prints its own list.
      return Privileges.withoutOverride + environment
        + [Self.baseline, "LD_TRACE_LOADED_OBJECTS=1"] + libraryPath + traced
    }
    let trace = subject.libc == .glibc ? ["/trace"] : []
    return environment + [Self.baseline] + libraryPath
      + Privileges.changingRoot(to: output) + trace + traced
  }

  /// Reads lines of the forms `name => path (address)`, `path (address)` and `name => not found`.
  private func parse(_ text: String) -> LoaderOutcome {
    var outcome = LoaderOutcome()
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
    return outcome
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

/// The command's document, so far as it is compared.
struct InspectedSubject: Decodable {
  struct Document: Decodable { let subjects: [InspectedSubject] }

  struct Object: Decodable {
    struct Request: Decodable { let rule: String }

    let path: String
    let realPath: String
    let requests: [Request]

    /// The kernel maps the interpreter; glibc lists it only if an object needs it.
    var isListed: Bool { requests.contains { $0.rule != "interpreter" } }
  }

  struct Missing: Decodable {
    struct Attempt: Decodable { let outcome: String }

    let name: String
    let tried: [Attempt]
  }

  let loader: String
  let objects: [Object]
  let missing: [Missing]

  static func inspect(
    _ path: String, of loaderCase: LoaderCase, in output: String
  ) throws -> InspectedSubject {
    var command =
      Privileges.withoutOverride + [Project.command, "inspect", "--json", "--cpu", "baseline"]
    for directory in loaderCase.libraryDirectories(in: output) {
      command += ["--library-path", directory]
    }
    if loaderCase.isRoot { command += ["--root", output] }
    let result = try Shell.run(
      command + [output + "/" + path], in: loaderCase.workingDirectory(in: output))
    try #require(result.status == 0 || result.status == 1, "\(result.errors)")
    let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
    return try #require(document.subjects.first)
  }

  var outcome: LoaderOutcome {
    LoaderOutcome(
      objects: objects.filter { loader == "musl" || $0.isListed }
        .map { .init(path: $0.path, realPath: $0.realPath) },
      missing: Set(missing.map(\.name)),
      isFatal: missing.contains { $0.tried.last?.outcome.hasPrefix("unusable") == true })
  }
}
