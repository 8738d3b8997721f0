import Foundation
import TestSupport
import Testing

/// Each way in which `inspect` shows closures, on one small program, and the wrong combinations.
struct InspectFormatTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void){return 0;}' > f.c
      echo 'int f(void); int main(void){return f();}' > m.c
      mkdir l; gcc -shared -Wl,-soname,libdeep.so -o l/libdeep.so f.c
      gcc -shared -Wl,--no-as-needed -Wl,-soname,libf.so -Wl,-rpath,'$ORIGIN' -o l/libf.so f.c \
        l/libdeep.so
      gcc -Wl,-rpath,'$ORIGIN/l' -o main m.c l/libf.so -Wl,-rpath-link,l; cp main other
      """, in: scratch.url)
  }

  func inspect(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "inspect"] + arguments, in: scratch.url)
  }

  static let formats = ["tree", "flat", "paths", "reverse", "dot", "mermaid", "json", "json-lines"]
  static let flags = ["flat", "paths", "reverse", "json", "json-lines"]

  @Test(arguments: formats)
  func `a format says nothing on standard error and ends well`(format: String) throws {
    let result = try inspect("--format", format, "main", "other")
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("/l/libf.so") && result.output.hasSuffix("\n"))
    #expect(result.output.contains(scratch.path + "/other"))
  }

  @Test(arguments: flags)
  func `a flag is short for its format`(flag: String) throws {
    #expect(
      try inspect("--" + flag, "main", "other").output
        == inspect("--format", flag, "main", "other").output)
  }

  @Test func `without a format it is a tree`() throws {
    #expect(try inspect("main").output == inspect("--format", "tree", "main").output)
  }

  @Test func `paths are one a line, each once, and can be read by other tools`() throws {
    let lines = try inspect("--paths", "main", "other").output.split(separator: "\n")
    let own = lines.filter { $0.hasPrefix(scratch.path) }
    #expect(
      own == ["main", "l/libf.so", "l/libdeep.so", "other"].map { "\(scratch.path)/\($0)" })
    #expect(Set(lines).count == lines.count)
    #expect(lines.allSatisfy { FileManager.default.fileExists(atPath: String($0)) })
  }

  @Test func `reverse shows who asks, over all subjects`() throws {
    let output = try inspect("--reverse", "main", "other").output
    #expect(
      output.contains(
        "\(scratch.path)/l/libf.so\n├── \(scratch.path)/main\n└── \(scratch.path)/other\n"))
    #expect(output.contains("\(scratch.path)/l/libdeep.so\n└── \(scratch.path)/l/libf.so\n"))
  }

  @Test func `depth and sizes change the tree`() throws {
    #expect(try !inspect("--depth", "1", "main").output.contains("libdeep.so"))
    #expect(try inspect("--depth", "2", "main").output.contains("libdeep.so"))
    for format in ["tree", "flat"] {
      #expect(try inspect("--sizes", "--format", format, "main").output.contains("retained"))
    }
  }

  @Test func `JSON lines are one document for each subject, complete or not`() throws {
    try Shell.bash("mkdir moved; cp main moved/", in: scratch.url)
    let result = try inspect("--json-lines", "main", "moved/main", "other")
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n")
    let documents = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(documents.map { $0["complete"] as? Bool } == [true, false, true])
    #expect(documents.allSatisfy { $0["schemaVersion"] as? Int == 1 })
    #expect(documents.allSatisfy { $0["root"] as? String == "/" })
  }

  static let wrongUsages: [(arguments: [String], says: String)] = [
    (["--flat", "--json", "main"], "--flat, --json: choose one"),
    (["--format", "dot", "--paths", "main"], "--dot, --paths: choose one"),
    (["--json", "--json-lines", "--reverse", "main"], "choose one"),
    (["--format", "svg", "main"], "--format svg: must be one of tree, flat"),
    (["--depth", "0", "main"], "--depth 0: must be a number from 1 on"),
    (["--depth", "-1", "main"], "--depth"), (["--depth", "x", "main"], "--depth x"),
    (["--depth", "2", "--flat", "main"], "only the tree has a depth"),
    (["--sizes", "--json", "main"], "--sizes"), (["--sizes", "--paths", "main"], "--sizes"),
    (["--cpu", "x86-64-v9", "main"], "it knows x86-64-v4, x86-64-v3, x86-64-v2 and baseline"),
    (["--env", "PATH=/x", "main"], "not a variable that decides what is loaded"),
    (["--env", "PATH", "main"], "not a variable that decides what is loaded"),
    (["--env", "", "main"], "names no variable"),
    (["--load", "libnone.so:libdeep.so", "main"], "the closure of"),
    (["--library-path", "none", "main"], "no such directory"), ([""], "FILE is empty"),
  ]

  @Test(arguments: wrongUsages)
  func `a wrong combination gets one clear message and exit code 2`(
    row: (arguments: [String], says: String)
  ) throws {
    let result = try Shell.run([Project.command, "inspect"] + row.arguments, in: scratch.url)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.first?.hasPrefix("rootfs-pack: ") == true)
    #expect(result.errors.contains(row.says), "\(result.errors)")
  }
}
