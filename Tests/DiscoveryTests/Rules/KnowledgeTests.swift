import Foundation
import RuleFiles
import Rules
import TestSupport
import Testing

@testable import Discovery

/// What the files in Knowledge say of themselves.
struct KnowledgeTests {
  static let directory = Project.directory.appendingPathComponent("Sources/Discovery/Knowledge")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter {
      $0.hasSuffix(".toml")
    }.sorted()

  static func file(_ name: String) throws -> RuleFile {
    try RuleFile(
      Array(Data(contentsOf: directory.appendingPathComponent(name))), file: name)
  }

  @Test(arguments: names)
  func `every rule passes its own tests, and has some`(name: String) throws {
    let file = try Self.file(name)
    #expect(!file.tests.isEmpty, "\(name) has no [[test]]")
    let rules = RuleSet(own: [file.rule], [])
    for test in file.tests {
      let needs = RuleFixture.words(RuleFixture(test).needs(by: rules), of: file.rule)
      #expect(needs == test.needs.sorted(), "\(name):\(test.line ?? 0)")
    }
  }

  @Test func `what is compiled in is what the files say`() throws {
    #expect(!Self.names.isEmpty)
    let rules = try Self.names.map { try Self.file($0).rule }
    #expect(RuleSet.compiledIn.all == rules.sorted { $0.name < $1.name })
  }

  @Test func `a topic is described by one rule, or by the tool itself`() throws {
    let rules = try Self.names.map { try Self.file($0).rule }
    for (topic, rules) in Dictionary(grouping: rules, by: \.topic) {
      let isKnown = Preset.isKnown(Topic(topic), to: RuleSet(own: [], []))
      #expect(rules.count { $0.summary != nil } == (isKnown ? 0 : 1), "\(topic)")
    }
  }
}
