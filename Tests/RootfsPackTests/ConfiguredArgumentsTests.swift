import TestSupport
import Testing

@testable import RootfsPack

/// Which of a command line and a configuration file counts.
struct ConfiguredArgumentsTests {
  static func grammar(_ name: String) throws -> CommandGrammar {
    try #require(CommandGrammar.all.first { $0.command == name })
  }

  func words(
    _ command: String, _ arguments: [String], _ file: String, in directory: String = ""
  ) throws -> [String] {
    let grammar = try Self.grammar(command)
    let entries = try ConfigurationEntry.read(Array(file.utf8), tables: ["pack", "inspect", "why"])
    let settings = ConfigurationSettings(entries, for: grammar, of: CommandGrammar.all)
    #expect(settings.problems.isEmpty)
    return ConfiguredArguments(
      GivenOptions(arguments, grammar), settings.settings, in: directory, for: grammar
    ).words
  }

  static let packFile = """
    output = ["a.tar", "b.tar"]
    user = "app"
    level = 4
    strip = true
    quiet = true
    overlay-safe = false
    cmd = ["-v", "a b"]
    files = ["./server"]
    """

  static let lines: [(given: [String], gives: [String])] = [
    (
      [],
      [
        "pack", #"--cmd=["-v","a b"]"#, "--level=4", "--output=a.tar", "--output=b.tar", "--quiet",
        "--strip", "--user=app", "--", "./server",
      ]
    ),
    (
      ["x", "-o", "c", "-q", "--no-cmd", "--user=me", "--no-strip", "--level", "3"],
      ["pack", "x", "-o", "c", "-q", "--user=me", "--level", "3"]
    ),
    (
      ["-qo", "c", "--no-level", "--no-user", "--no-strip", "--no-cmd", "--", "-x"],
      ["pack", "-qo", "c", "--", "-x"]
    ),
    (
      ["-qo=c", "--no-level", "--no-user", "--no-strip", "--cmd", "--output", "--no-files"],
      ["pack", "-qo=c", "--cmd", "--output"]
    ),
    (
      [
        "--strip", "-qt", "n", "--no-strip", "--no-level", "--no-user", "--no-cmd", "-o", "-", "--",
      ],
      ["pack", "-qt", "n", "-o", "-", "--", "./server"]
    ),
    (
      ["--no-strip", "--strip", "-q", "--no-level", "--no-user", "--no-cmd", "-o=-", "-"],
      ["pack", "--strip", "-q", "-o=-", "-"]
    ),
    // What nobody knows is the parser's to refuse.
    (
      [
        "x", "--no-such", "--no-strip=1", "--level=", "--user", "--cmd", "-q", "--output", "-z",
      ],
      [
        "pack", "--quiet", "--strip", "x", "--no-such", "--no-strip=1", "--level=", "--user",
        "--cmd", "-q", "--output", "-z",
      ]
    ),
  ]

  @Test(arguments: lines)
  func `an option of the command line replaces the file's with all its values`(
    line: (given: [String], gives: [String])
  ) throws {
    #expect(try words("pack", line.given, Self.packFile) == line.gives)
  }

  static let inspectFile = """
    output = "a.tar"
    json = true
    format = "oci-archive"
    root = "/r"
    flat = true
    [inspect]
    sizes = true
    json-lines = true
    [why]
    json = true
    """

  @Test func `a command takes what it knows, its own table first`() throws {
    #expect(
      try words("inspect", ["x"], Self.inspectFile)
        == ["inspect", "--json-lines", "--sizes", "--root=/r", "x"])
    #expect(
      try words("why", ["x", "y"], Self.inspectFile) == ["why", "--json", "--root=/r", "x", "y"])
    #expect(
      try words("pack", ["x"], Self.inspectFile)
        == ["pack", "--format=oci-archive", "--json", "--output=a.tar", "--root=/r", "x"])
  }

  @Test(arguments: ["--paths", "--format=dot", "--json", "--no-json-lines"])
  func `a way to show closures leaves out the file's other ways`(word: String) throws {
    let words = try words("inspect", ["x", word], Self.inspectFile)
    #expect(!words.contains("--json-lines") && !words.contains("--flat"))
  }

  @Test func `why takes no files`() throws {
    #expect(try words("why", [], "files = ['a']") == ["why"])
    #expect(try words("inspect", [], "files = 'a'") == ["inspect", "--", "a"])
  }

  @Test func `what stands before it is cancelled, whatever lies between`() throws {
    let grammar = try Self.grammar("pack")
    let given = GivenOptions(
      ["--add", "a", "--strip", "--add=b", "x", "--no-add", "--add", "c", "--no-strip", "-q"],
      grammar)
    #expect(given.words == ["x", "--add", "c", "-q"])
    #expect(given.names == ["add", "strip", "quiet"])
  }

  static let sources: [(words: [String], source: GivenOptions.Source)] = [
    ([], .workingDirectory), (["--config", "f"], .file("f")), (["--config=f"], .file("f")),
    (["--config=f", "--config=g"], .file("g")), (["--config=f", "--no-config"], .none),
    (["--cmd", "--no-config"], .workingDirectory), (["--", "--no-config"], .workingDirectory),
  ]

  @Test(arguments: sources)
  func `the last word about the file counts`(words: (words: [String], source: GivenOptions.Source))
    throws
  {
    #expect(GivenOptions(words.words, try Self.grammar("pack")).source == words.source)
  }

  static let questions: [[String]] = [
    ["--help"], ["-h"], ["--version"], ["--generate-completion-script", "bash"], ["x", "-qh"],
    ["--experimental-dump-help"], ["---completion", "--", "x"], ["--help-hidden"],
  ]

  @Test(arguments: questions) func `help needs no file`(words: [String]) throws {
    #expect(GivenOptions(words, try Self.grammar("pack")).asksForDescription)
  }

  @Test func `help as a value isn't asked for`() throws {
    #expect(!GivenOptions(["--cmd", "--help"], try Self.grammar("pack")).asksForDescription)
    #expect(!GivenOptions(["--", "--help"], try Self.grammar("pack")).asksForDescription)
  }

  // MARK: What is wrong with a file

  static let wrong: [(text: String, says: String, remedy: String?)] = [
    ("outptu = 1", "unknown key 'outptu'", "did you mean 'output'?"),
    ("o = 'x'", "unknown key 'o'", "did you mean 'output'?"),
    ("inspect = 1", "unknown key 'inspect'", nil),
    ("config = 'x'", "unknown key 'config'", nil),
    ("no-strip = true", "unknown key 'no-strip'", nil),
    ("[inspct]", "unknown table [inspct]", "did you mean [inspect]?"),
    ("[inspect]\nuser = 'x'", "unknown key 'user' in [inspect]", nil),
    ("[inspect]\nsize = true", "unknown key 'size' in [inspect]", "did you mean 'sizes'?"),
    ("strip = 'yes'", "'strip' is true or false, not a string", nil),
    ("strip = [true]", "'strip' is true or false, not an array", nil),
    ("level = [1]", "'level' is one string or number, not an array", nil),
    ("level = 1.5", "'level' is one string or number, not a number with a fraction", nil),
    ("created = 2026-01-31", "'created' is a string in quotes, not a date without quotes", nil),
    ("add = true", "'add' is a string, or an array of strings, not true or false", nil),
    ("add = ['a', true]", "'add' is an array of strings, and holds something else", nil),
    ("cmd = [['a']]", "'cmd' is an array of strings, and holds something else", nil),
    ("sizes = 3", "'sizes' is true or false, not a number", nil),
    ("user = { a = 1 }", "'user' is one string or number, not a table", nil),
  ]

  @Test(arguments: wrong)
  func `unknown keys and wrong types are told with their line`(
    wrong: (text: String, says: String, remedy: String?)
  ) throws {
    let entries = try ConfigurationEntry.read(
      Array(("\n" + wrong.text).utf8), tables: ["pack", "inspect", "why"])
    let settings = ConfigurationSettings(
      entries, for: try Self.grammar("pack"), of: CommandGrammar.all)
    let problem = try #require(settings.problems.first)
    #expect(settings.problems.count == 1)
    #expect(problem.message == wrong.says)
    #expect(problem.line == (wrong.text.contains("\n") ? 3 : 2))
    if let remedy = wrong.remedy { #expect(problem.remedy == remedy) }
  }

  // MARK: Paths

  static let paths: [(key: String, value: String, gives: String)] = [
    ("output", "a.tar", "sub/a.tar"), ("output", "/a.tar", "/a.tar"), ("output", "-", "-"),
    ("root", "r", "sub/r"), ("files", "./server", "sub/./server"), ("lock", "l", "sub/l"),
    ("add", "x:/y", "sub/x:/y"), ("add", "x", "sub/x"), ("add", "/x:/y", "/x:/y"),
    ("platform", "r:p", "sub/r:sub/p"), ("platform", "linux/arm64=/r:p", "linux/arm64=/r:sub/p"),
    ("platform", "nonsense", "nonsense"), ("user", "app", "app"), ("workdir", "/w", "/w"),
    ("env", "A=b", "A=b"), ("root", "", ""),
  ]

  @Test(arguments: paths)
  func `paths are relative to the file`(path: (key: String, value: String, gives: String)) {
    #expect(
      ConfigurationPaths.resolve(path.value, of: path.key, in: "sub/") == path.gives)
    #expect(ConfigurationPaths.resolve(path.value, of: path.key, in: "") == path.value)
  }

  @Test func `an addition keeps its place when the file is named by an absolute path`() throws {
    let scratch = try TemporaryDirectory()
    try scratch.write("", to: "a:b")
    let directory = scratch.path + "/"
    func resolve(_ value: String) -> String {
      ConfigurationPaths.resolve(value, of: "add", in: directory)
    }
    #expect(resolve("app.conf") == directory + "app.conf:/app.conf")
    #expect(resolve("etc/app.conf") == directory + "etc/app.conf:/app.conf")
    #expect(resolve("app.conf:/etc/") == directory + "app.conf:/etc/")
    #expect(resolve("/etc/hosts") == "/etc/hosts")
    #expect(resolve("a:b") == directory + "a:b")
  }
}
