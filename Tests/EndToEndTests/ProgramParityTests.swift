import Foundation
import TestSupport
import Testing

/// A program of the root of `scripts/program-root.sh` that can say itself what it reads.
struct TellingProgram: CustomTestStringConvertible, Sendable {
  /// What is packed, with the options for it.
  let packed: [String]
  /// What it is asked with; it names a file or directory with every word of its answer that begins with
  /// a slash.
  let question: [String]
  /// What a bundle leaves out on purpose: a regular expression on paths below the directories.
  var leftOut = "^$"
  /// How many files there are to compare, at least.
  let files: Int

  static let all = [
    TellingProgram(
      packed: ["/usr/bin/python3"],
      question: ["python3", "-c", "import sys; print(*sys.path[1:])"],
      leftOut:
        "^/usr/lib/python3[.][0-9]+/(test|idlelib|turtledemo|config-[^/]*|[^/]*/tests?)/|/__pycache__/",
      files: 400),
    TellingProgram(
      packed: ["/usr/bin/perl"], question: ["perl", "-e", "print qq(@INC)"], leftOut: "/CORE/",
      files: 1000),
    TellingProgram(
      packed: ["/usr/bin/ruby"], question: ["ruby", "-e", "puts $:, Gem.path"], files: 500),
    TellingProgram(
      packed: ["/usr/bin/lua5.4"],
      question: [
        "lua5.4", "-e", "print(((package.path .. ';' .. package.cpath):gsub('/?[?][^;]*;?', ' ')))",
      ], files: 2),
    TellingProgram(
      packed: ["/usr/bin/java"],
      question: [
        "sh", "-c",
        "java -XshowSettings:properties -version 2>&1 | sed -n 's/.*java[.]home = //p'",
      ], leftOut: "/jmods/|/man/|/docs$|/src[.]zip$|/ct[.]sym$", files: 40),
    TellingProgram(
      packed: ["/usr/bin/erl"],
      question: ["erl", "-noshell", "-eval", "io:put_chars(code:root_dir()), halt()."],
      leftOut:
        "^/usr/lib/erlang/(man/|lib/[^/]*/(src|include|examples|doc)/|erts-[^/]*/(src|include|doc|man)/)",
      files: 200),
    TellingProgram(
      packed: ["/usr/bin/git", "--with", "git"], question: ["git", "--exec-path"], files: 150),
    TellingProgram(
      packed: ["/usr/bin/openssl", "--with", "openssl"],
      question: ["sh", "-c", "openssl version -d | sed 's/.*\"\\(.*\\)\"/\\1\\/openssl.cnf/'"],
      files: 1),
    TellingProgram(
      packed: ["/usr/sbin/nginx"],
      question: ["sh", "-c", "nginx -T 2>&1 | sed -n 's/^# configuration file \\(.*\\):$/\\1/p'"],
      files: 3),
    TellingProgram(
      packed: ["/usr/bin/iconv", "--with", "gconv"],
      question: ["sh", "-c", "echo /usr/lib/*/gconv"],
      files: 200),
  ]

  var testDescription: String { packed[0] }
}

/// What is packed of a program, against what the program says of itself.
@Suite(.serialized)
struct ProgramParityTests {
  private let asRoot = getuid() == 0 ? [] : ["sudo", "--non-interactive"]

  /// What a command says that is run in the root.
  private func ask(_ command: [String]) throws -> String {
    let result = try Shell.run(
      asRoot + ["scripts/programs/in-root.sh", Corpora.programs] + command, in: Project.directory)
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test(arguments: TellingProgram.all)
  func `all that a program says it reads is packed`(program: TellingProgram) throws {
    let places = try ask(program.question).split { $0 == " " || $0 == "\n" }.map(String.init)
      .filter { $0.hasPrefix("/") }
    #expect(!places.isEmpty)
    // The files of each place that is there, by their real paths.
    let list = try ask(
      [
        "sh", "-c",
        """
        for place; do
          [ ! -e "$place" ] || find "$(readlink -f "$place")" ! -type d
        done | sort -u
        """, "sh",
      ] + places)
    let leftOut = try Regex(program.leftOut)
    let files = list.split(separator: "\n").map(String.init).filter {
      !$0.contains(leftOut)
    }
    #expect(files.count >= program.files)
    let plan = try Shell.run(
      asRoot + [Project.command, "--root", Corpora.programs, "--dry-run", "--json"]
        + program.packed, in: Project.directory)
    #expect(plan.status == 0, "\(plan.errors)")
    let document = try JSONDecoder().decode(Plan.self, from: Data(plan.output.utf8))
    let missing = Set(files).subtracting(document.entries.map(\.path)).sorted()
    #expect(missing.isEmpty, "\(missing.count): \(missing.prefix(20))")
  }

  private struct Plan: Decodable {
    struct Entry: Decodable { let path: String }

    let entries: [Entry]
  }
}
