import Foundation
import TestSupport

/// What a program of `fixtures/parity` says of the command and a real loader.
struct ParityReport {
  enum Subject: String {
    /// What is loaded.
    case closures = "compare.py"
    /// What is undefined, and what isn't used.
    case symbols = "compare_symbols.py"
  }

  let compared: Int
  let differences: Int
  /// One line for each file that differs: its path, a colon, and in what.
  let lines: [String]
  /// The last line.
  let totals: String

  /// - Parameter options: those of the program but for the command under test, then the places.
  init(of subject: Subject = .closures, _ options: String...) throws {
    try self.init(of: subject, options)
  }

  init(of subject: Subject, _ options: [String]) throws {
    let program = Project.directory.appendingPathComponent("fixtures/parity/" + subject.rawValue)
      .path
    let result = try Shell.run(["python3", program, "--tool", Project.command] + options)
    guard result.status == 0 else { throw Failure(text: result.errors) }
    lines = result.output.split(separator: "\n").dropLast().map(String.init)
    totals = result.output.split(separator: "\n").last.map(String.init) ?? ""
    guard let counts = totals.wholeMatch(of: #/(\d+) compared, .*, (\d+) differences/#),
      let compared = Int(counts.1), let differences = Int(counts.2)
    else { throw Failure(text: "no totals in '\(result.output)'") }
    self.compared = compared
    self.differences = differences
  }

  struct Failure: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }
}

/// Real files from elsewhere, which `scripts/test.sh` brings.
enum Corpora {
  static let directory = Project.directory.appendingPathComponent(".build/corpora")

  /// The roots of `scripts/test-roots.sh`.
  static func root(_ name: String) -> String { directory.path + "/roots/" + name }

  /// The root of `scripts/program-root.sh`.
  static let programs = directory.path + "/programs/root"

  /// The wheels of `scripts/test-wheels.sh`.
  static func wheels(_ name: String) -> String { directory.path + "/wheels/" + name }
}
