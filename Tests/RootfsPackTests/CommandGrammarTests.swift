import ArgumentParser
import Foundation
import Testing

@testable import RootfsPack

/// What a configuration file relies on, held against what the commands declare.
struct CommandGrammarTests {
  @Test func `every command is known with its options`() throws {
    let grammars = CommandGrammar.all
    #expect(
      grammars.map(\.command)
        == RootfsPackCommand.configuration.subcommands.map { $0._commandName })
    #expect(grammars.first?.command == "pack")
    let pack = try #require(grammars.first)
    #expect(pack.takesFiles)
    #expect(
      pack.option(short: "o")
        == CommandGrammar.Option(
          name: "output", shortNames: ["o"], kind: .value, isRepeating: true, takesAnyWord: false))
    #expect(pack.option(named: "strip")?.kind == .flag)
    #expect(pack.option(named: "cmd")?.kind == .words)
    #expect(pack.option(named: "cmd")?.takesAnyWord == true)
  }

  @Test func `every command can be told not to take a file`() {
    for grammar in CommandGrammar.all {
      #expect(grammar.option(named: "config")?.kind == .value, "\(grammar.command)")
      #expect(grammar.option(named: "no-config")?.kind == .flag, "\(grammar.command)")
    }
  }

  /// Values that are no path of the host, or one that a file's place has nothing to do with.
  static let noPaths: Set<String> = [
    "format", "compression", "level", "layers", "owner", "tag", "entrypoint", "cmd", "user",
    "workdir", "mkdir", "overlay-safe-base",
    "expose", "volume", "label", "annotation", "stop-signal", "created", "install", "cpu", "env",
    "load", "given", "exclude", "depth", "dlopen", "with", "without", "image-platform",
    "http", "tcp", "program", "writable", "expect-exit", "expect-output", "timeout", "until",
    "explain", "image", "max-glibc", "max-gcc", "max-cpu", "require", "ignore",
  ]

  @Test func `of every option it is known whether it holds a path`() {
    for grammar in CommandGrammar.all {
      for option in grammar.options
      where option.kind != .flag && !CommandGrammar.commandLineOnly.contains(option.name) {
        #expect(
          (ConfigurationPaths.forms[option.name] != nil) != Self.noPaths.contains(option.name),
          "--\(option.name): name it in ConfigurationPaths.forms if it is a path, else here")
      }
    }
  }

  struct Declaration: Decodable, Equatable {
    struct Name: Decodable, Equatable { let name: String }
    let kind: String
    let names: [Name]?
    let abstract: String?
    let valueName: String?
  }

  /// A key at the top of a file is for all commands that know it, so it must mean the same to them.
  @Test func `an option that several commands know is one, or a table decides`() throws {
    var known: [String: (command: String, declaration: Declaration)] = [:]
    struct Tool: Decodable {
      struct Command: Decodable { let arguments: [Declaration]? }
      let command: Command
    }
    var ambiguous: Set<String> = []
    for command in RootfsPackCommand.configuration.subcommands {
      let tool = try JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8))
      for declaration in tool.command.arguments ?? [] {
        guard let name = declaration.names?.last?.name else { continue }
        guard let first = known[name] else {
          known[name] = (command._commandName, declaration)
          continue
        }
        guard first.declaration != declaration else { continue }
        ambiguous.insert(name)
        #expect(
          CommandGrammar.ambiguousNames.contains(name),
          "--\(name) of \(first.command) and \(command._commandName) differ: name it in CommandGrammar.ambiguousNames"
        )
      }
    }
    #expect(ambiguous == CommandGrammar.ambiguousNames)
  }

  @Test func `what excludes what names options that there are`() {
    for grammar in CommandGrammar.all {
      for name in CommandGrammar.alternatives[grammar.command, default: []].flatMap(\.self) {
        #expect(grammar.option(named: name) != nil, "\(grammar.command): \(name)")
      }
    }
    #expect(
      CommandGrammar.alternatives.keys.allSatisfy { name in
        CommandGrammar.all.contains { $0.command == name }
      })
  }

  @Test func `no option's name begins as those that leave another one out`() {
    for grammar in CommandGrammar.all {
      for option in grammar.options where option.name != "no-config" {
        #expect(!option.name.hasPrefix("no-"), "\(grammar.command) --\(option.name)")
      }
    }
  }
}
