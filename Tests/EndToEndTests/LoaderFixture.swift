import Foundation
import TestSupport
import Testing

/// A folder of fixtures/loader: `build.sh` makes the files, `case.json` says what is to be loaded.
///
/// The folder's name is the rule that it shows.
struct LoaderFixture: CustomTestStringConvertible, Sendable {
  let name: String

  static let directory = Project.directory.appendingPathComponent("fixtures/loader")

  static let all: [LoaderFixture] = {
    let entries = (try? FileManager.default.subpathsOfDirectory(atPath: directory.path)) ?? []
    return entries.filter { $0.hasSuffix("/build.sh") }.sorted()
      .map { LoaderFixture(name: String($0.dropLast("/build.sh".count))) }
  }()

  var testDescription: String { name }

  private var folder: URL { Self.directory.appendingPathComponent(name) }

  func readCase() throws -> LoaderCase {
    let file = folder.appendingPathComponent("case.json")
    return try JSONDecoder().decode(LoaderCase.self, from: Data(contentsOf: file))
  }

  /// Compiles the fixture into an empty directory.
  func build(into output: TemporaryDirectory) throws {
    let script = folder.appendingPathComponent("build.sh").path
    let result = try Shell.run(["bash", script, output.path])
    try #require(result.status == 0, "build.sh: \(result.errors)")
  }
}

/// How the programs of a fixture are started, and what they load.
struct LoaderCase: Decodable {
  enum Libc: String, Decodable { case glibc, musl }

  enum Start: String, Decodable {
    /// The kernel starts the program, which starts its interpreter.
    case kernel
    /// The loader is run with the file's path as an argument.
    case loader
  }

  struct Subject: Decodable {
    let loader: Libc?
    /// The loader's path, where it isn't the usual one.
    let interpreter: String?
    /// What loads from the fixture, as the paths that are opened, in load order; those in the
    /// fixture's directory without it.
    let found: [String]
    let missing: [String]
    /// Names that nothing answers to, without harm: preloads, auxiliaries, audit libraries.
    let passedOver: [String]?
    let missingVersions: [MissingVersion]?
    /// What loads in namespaces of audit libraries, as `found`.
    let audit: [String]?
    /// Of what is found, that which demands a newer processor and so ends the program.
    let beyondProcessor: [String]?
    /// Whether the loader refuses a file and with it the program.
    let fatal: Bool?
    /// Whether the file is a set-user-id program.
    let secure: Bool?

    var libc: Libc { loader ?? .glibc }
    var isSecure: Bool { secure ?? false }

    /// Whether tracing doesn't tell what becomes of the program.
    var needsRun: Bool {
      passedOver != nil || missingVersions != nil || beyondProcessor != nil
    }

    var interpreterPath: String {
      switch libc {
      case .glibc: interpreter ?? "/lib64/ld-linux-x86-64.so.2"
      case .musl: interpreter ?? "/lib/ld-musl-x86_64.so.1"
      }
    }
  }

  struct MissingVersion: Decodable {
    /// As `found`; the subject itself by its key.
    let object: String
    let library: String
    let version: String
    let weak: Bool?
  }

  /// A call of dlopen.
  struct Opening: Decodable {
    /// Absent for the program, else an object's path as in `found`: its function `load` calls.
    let by: String?
    let name: String
  }

  /// By path in the fixture's directory.
  let subjects: [String: Subject]
  /// LD_LIBRARY_PATH: directories of the fixture, or empty for an empty element.
  let libraryPath: [String]?
  /// Variables of the loader; `{out}` stands for the fixture's directory.
  let environment: [String: String]?
  /// The processor's level for glibc, such as `x86-64-v3`; without it the baseline.
  let cpu: String?
  /// What each subject loads, once it runs.
  let load: [Opening]?
  /// A directory of the fixture; without it the fixture's directory itself.
  let workingDirectory: String?
  /// Whether the fixture's directory is the root.
  let root: Bool?
  /// Without it, the kernel for glibc and the loader for musl, whose loader traces in no other way.
  let start: Start?

  var isRoot: Bool { root ?? false }

  func libraryDirectories(in output: String) -> [String] {
    (libraryPath ?? []).map { $0.isEmpty ? "" : output + "/" + $0 }
  }

  /// NAME=VALUE, sorted.
  func variables(in output: String) -> [String] {
    (environment ?? [:])
      .map { $0 + "=" + $1.replacingOccurrences(of: "{out}", with: output) }.sorted()
  }

  /// NAME or OBJECT:NAME.
  func openings(in output: String) -> [String] {
    (load ?? []).map { opening in
      guard let object = opening.by else { return opening.name }
      return (isRoot ? object : output + "/" + object) + ":" + opening.name
    }
  }

  func workingDirectory(in output: String) -> URL {
    URL(fileURLWithPath: output).appendingPathComponent(workingDirectory ?? ".")
      .standardizedFileURL
  }
}
