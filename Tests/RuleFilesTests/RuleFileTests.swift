import Rules
import Testing

@testable import RuleFiles

struct RuleFileTests {
  static let head = """
    source = "x(5)"
    [when]
    soname = "libx.so."

    """

  func rule(_ text: String, file: String = "dir/x.toml") throws -> Rule {
    try RuleFile(Array((Self.head + text).utf8), file: file).rule
  }

  @Test func `a file is read into a rule of its name`() throws {
    let rule = try rule(
      """
      [places]
      data = { first = [{ constant = "/*/x", is = "directory", except = "tmp" }, "/usr/share/x"] }
      [[read]]
      file = "{data}/*.conf"
      grammar = "ini"
      include = [{ key = "include", file = "{file.parent}/{value}" }]
      define = [{ name = "base", is = "{data}" }]
      [[read.take]]
      key = "module"
      having = { enabled = "yes" }
      library = { first = ["{data}/{value}", "{data}/{value}.so"] }
      hint = true
      purpose = "a module"
      [[take]]
      tree = "{data.parent}"
      except = ["doc", "*/test"]
      if = { program = true, imports = "x_init" }
      purpose = "its data"
      """)
    #expect(rule.name == "x" && rule.topic == "x" && rule.summary == nil)
    #expect(rule.signs == Signs(sonames: ["libx.so."]))
    #expect(
      rule.places == [
        Place(
          "data",
          Finding(
            .first([
              Finding(.constant(["/*/x"]), .init(kind: .directory, except: ["tmp"])),
              Finding(.path("/usr/share/x")),
            ])))
      ])
    let reading = try #require(rule.readings.first)
    #expect(reading.grammar == .ini && reading.isPacked && reading.purpose == nil)
    #expect(reading.includes.first?.selection == Selection(keys: ["include"]))
    #expect(reading.definitions.first?.target == .variable("base"))
    #expect(
      reading.takings == [
        Taking(
          [
            .init(
              .library,
              [
                Finding(
                  .first([
                    Finding(.path("{data}/{value}")), Finding(.path("{data}/{value}.so")),
                  ]))
              ])
          ],
          selection: Selection(keys: ["module"], having: [.init("enabled", "yes")]),
          isHint: true, purpose: "a module")
      ])
    #expect(rule.takings.first?.except == ["doc", "*/test"])
    #expect(rule.takings.first?.condition == Signs(imports: ["x_init"], ofPrograms: true))
  }

  @Test(
    arguments: [
      ("[[take]]\npath = 1\npurpose = \"p\"", 5, "take.path", "a string, a table"),
      ("[[take]]\npath = \"/x\"", 4, "take.purpose", "missing"),
      ("[[take]]\npath = \"{y}\"\npurpose = \"p\"", 5, "take.path", "{y}, which is no place"),
      ("[[take]]\npath = \"{value}\"\npurpose = \"p\"", 5, "take.path", "entries of a [[read]]"),
      ("[[take]]\npath = \"{object.up}\"\npurpose = \"p\"", 5, "take.path", ".parent, .name"),
      ("[[take]]\npath = \"{object\"\npurpose = \"p\"", 5, "take.path", "brace"),
      ("[[take]]\nway = \"/x\"\npurpose = \"p\"", 4, "take", "one of path, tree"),
      ("[[take]]\npath = \"/x\"\npurpose = \"p\"\nhunt = true", 7, "take.hunt", "isn't known"),
      ("[[take]]\npath = { is = \"file\" }\npurpose = \"p\"", 5, "take.path", "must have one of"),
      (
        "[[take]]\npath = { path = \"/x\", is = \"fish\" }\npurpose = \"p\"", 5, "take.path.is",
        "it can be text, file"
      ),
      (
        "[[take]]\npath = \"/x\"\nexcept = \"a\"\npurpose = \"p\"", 6, "take.except",
        "beside \"tree\""
      ),
      ("[places]\na = \"{b}/x\"\nb = \"{a}/y\"", 5, "places.a", "asks for itself"),
      ("[places]\nvalue = \"/x\"", 5, "places.value", "can't be a place's name"),
      ("[[read]]\nfile = \"/x\"\ngrammar = \"ini\"", 4, "read", "nothing would come of it"),
      ("[[read]]\nfile = \"/x\"\npurpose = \"p\"", 4, "read.grammar", "missing"),
      ("", nil, "", "neither [[take]] nor [[read]]"),
      ("other = 1", 4, "when.other", "isn't known"),
    ] as [(String, Int?, String, String)])
  func `what can't be meant is an error with its place`(
    text: String, line: Int?, key: String, says: String
  ) throws {
    let error = #expect(throws: RuleFileError.self) { try rule(text) }
    #expect(error?.file == "dir/x.toml" && error?.line == line && error?.key == key)
    #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
  }

  @Test(
    arguments: [
      ("soname = \"x\"", "is missing: where can the rule be looked up?"),
      ("source = \"x\"", "when is missing"),
      ("source = \"x\"\n[when]", "says nothing"),
      ("source = \"x\"\n[when]\ntext = \"x\"", "isn't looked for by itself"),
      ("source = \"x\"\n[when]\nconstant = \"*conf*\"", "plain letters behind it"),
      ("source = \n", "x.toml:1: error while parsing"),
    ])
  func `a rule needs a sign and a source`(text: String, says: String) throws {
    let error = #expect(throws: RuleFileError.self) {
      _ = try RuleFile(Array(text.utf8), file: "x.toml")
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["x.txt", "X.toml", ".toml", "a b.toml"])
  func `a file's name is the rule's`(file: String) throws {
    #expect(throws: RuleFileError.self) {
      try rule("[[take]]\npath = \"/x\"\npurpose = \"p\"", file: file)
    }
  }
}
