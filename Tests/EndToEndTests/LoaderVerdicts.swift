import Foundation
import TestSupport

/// What a real loader makes of a program, as `fixtures/mutants/run.c` sees it.
enum LoaderVerdict: String {
  /// It ends with 0.
  case runs
  /// The kernel or the loader doesn't take it, or dies of it.
  case refused
  /// The loader has done its work, and what it loaded fails: no header tells what code does.
  case loaded

  /// - Parameters:
  ///   - loader: musl's, by which it is asked what is loaded; nil for glibc's.
  ///   - scratch: where the asking program is built.
  static func verdicts(
    on programs: [String], muslLoader loader: String? = nil, in scratch: TemporaryDirectory
  ) throws -> [String: LoaderVerdict] {
    let source = Project.directory.path + "/fixtures/mutants/run.c"
    try Shell.bash("[ -e run ] || gcc -O1 -o run '\(source)'", in: scratch.url)
    try scratch.write(programs.joined(separator: "\n") + "\n", to: "programs")
    let input = try FileHandle(forReadingFrom: scratch.url.appendingPathComponent("programs"))
    let result = try Shell.run(
      [scratch.path + "/run"] + (loader.map { [$0] } ?? []), environment: ["LC_ALL": "C"],
      input: input)
    var verdicts: [String: LoaderVerdict] = [:]
    for line in result.output.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 1).map(String.init)
      guard fields.count == 2 else { continue }
      verdicts[fields[1]] = LoaderVerdict(rawValue: fields[0])
    }
    return verdicts
  }
}

/// What the command says of many programs in one call each of `inspect` and `check`.
struct CommandVerdicts {
  private let complete: Set<String>
  private let broken: Set<String>
  /// By program, the rules that `check` has against it.
  let rules: [String: Set<String>]

  private struct Inspected: Decodable {
    let path: String
    let complete: Bool
  }

  private struct Checked: Decodable {
    struct Finding: Decodable {
      let rule: String
      let severity: String
      let programs: [String]
    }
    let findings: [Finding]
  }

  init(on programs: [String]) throws {
    let inspected = try Shell.run(
      [Project.command, "inspect", "--no-config", "--minimal", "--json-lines"] + programs)
    guard inspected.status < 4 else { throw Failure(text: inspected.errors) }
    let decoder = JSONDecoder()
    complete = Set(
      try inspected.output.split(separator: "\n")
        .map { try decoder.decode(Inspected.self, from: Data($0.utf8)) }
        .filter(\.complete).map(\.path))
    let checked = try Shell.run(
      [
        Project.command, "check", "--no-config", "--json", "--ignore", "unsafe-search-path",
      ] + programs)
    guard checked.status < 4 else { throw Failure(text: checked.errors) }
    var rules: [String: Set<String>] = [:]
    for finding in try decoder.decode(Checked.self, from: Data(checked.output.utf8)).findings
    where finding.severity == "fails" || finding.severity == "gate" {
      for program in finding.programs { rules[program, default: []].insert(finding.rule) }
    }
    self.rules = rules
    broken = Set(rules.keys).union(Self.refused(checked.errors))
  }

  /// The files that aren't looked at, one a line.
  private static func refused(_ errors: String) -> Set<String> {
    Set(
      errors.split(separator: "\n").compactMap { line in
        guard let text = line.wholeMatch(of: #/rootfs-pack: (/.*?): .*/#) else { return nil }
        return String(text.1)
      })
  }

  func inspectIsGreen(_ program: String) -> Bool { complete.contains(program) }
  func checkIsGreen(_ program: String) -> Bool { !broken.contains(program) }

  struct Failure: Error, CustomStringConvertible {
    let text: String
    var description: String { String(text.suffix(2000)) }
  }
}
