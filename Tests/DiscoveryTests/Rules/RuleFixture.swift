import ELF
import FileTree
import RuleFiles
import Rules
import SystemPackage
import TestSupport

@testable import Discovery

/// The small root of a rule's test, and what the rule says of the objects in it.
struct RuleFixture {
  private let tree: InMemoryTree
  private let objects: [RuleTest.Object]

  init(_ test: RuleTest) {
    var nodes: [RootPath: InMemoryTree.Node] = [:]
    for (path, text) in test.files {
      nodes[RootPath(normalising: ByteString(path))] = Self.node(text)
    }
    for object in test.objects {
      nodes[RootPath(normalising: ByteString(object.path))] = Self.node(object)
    }
    tree = InMemoryTree(nodes)
    objects = test.objects
  }

  private static func node(_ text: String) -> InMemoryTree.Node {
    if text == "ELF" { return .library() }
    if text == "DIR" { return .directory() }
    if text.hasPrefix("-> ") { return .link(ByteString(String(text.dropFirst(3)))) }
    return .text(text)
  }

  private static func node(_ object: RuleTest.Object) -> InMemoryTree.Node {
    if let script = object.script { return .text(script) }
    let soname = object.soname.map { ByteString($0) }
    return .elf(
      object.isProgram ? .program(soname: soname) : .library(soname: soname),
      symbols: ElfSymbols(
        defined: object.definitions.map { ByteString($0) },
        undefined: object.imports.map { ByteString($0) }),
      constants: object.constants.map { ByteString($0) })
  }

  /// The needs of the objects as one program's.
  func needs(by rules: RuleSet) -> [RuntimeNeed] {
    let store = RootFacts(tree: tree, rules: rules)
    var root = RootView(tree: tree, store: store)
    let objects = objects.compactMap { object -> ObservedObject? in
      let path = ByteString(object.path)
      guard let file = root.resolve(path) else { return nil }
      let image = try? ElfImage(reading: root.open(path))
      return ObservedObject(
        path: path, real: file.real, place: file.real, image: image,
        isProgram: object.isProgram, imports: store.imports(of: file.real))
    }
    return RuleNeeds.needs(of: objects, by: rules, in: &root)
  }

  /// The needs in the words of a rule's test, sorted.
  static func words(_ needs: [RuntimeNeed], of rule: Rule) -> [String] {
    Set(
      needs.flatMap { need in
        (need.wishes.isEmpty ? ["nothing"] : need.wishes.flatMap(words)).map {
          (need.isEssential ? "" : "hint ")
            + (need.topic.name == rule.topic ? "" : "\(need.topic.name): ") + $0
        }
      }
    ).sorted()
  }

  private static func words(_ wish: Wish) -> [String] {
    switch wish {
    case .library(let names, _):
      ["library " + names.map(\.description).joined(separator: " or ")]
    case .path(let path, _): ["path \(path)"]
    case .directory(let path, _, _): ["directory \(path)"]
    case .generated(let path, _): ["file \(path)"]
    case .lines("/etc/passwd", let lines): lines.map { "user \(name($0))" }
    case .lines("/etc/group", let lines): lines.map { "group \(name($0))" }
    case .lines(let path, _): ["lines \(path)"]
    }
  }

  private static func name(_ line: ByteString) -> ByteString {
    line.split { $0 == UInt8(ascii: ":") }[0]
  }
}
