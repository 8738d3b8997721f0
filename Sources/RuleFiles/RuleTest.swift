internal import Rules
internal import Toml

/// A small root, and what a rule must say of the objects in it.
package struct RuleTest: Equatable, Sendable {
  /// An ELF file, as a loader sees it, or a script.
  package struct Object: Equatable, Sendable {
    package let path: String
    /// Nil for a library without one, and for a program.
    package let soname: String?
    /// Whether it is started, not loaded.
    package let isProgram: Bool
    package let imports: [String]
    package let definitions: [String]
    package let constants: [String]
    /// The text of a script; nil for an ELF file.
    package let script: String?
  }

  /// The first is what the rule is asked of; the others belong to the same program.
  package let objects: [Object]
  /// By path: a text, or `-> PATH` for a link, `ELF` for an ELF file, `DIR` for a directory.
  package let files: [String: String]
  /// Each a kind and a value, such as `library /usr/lib/x.so`, with `hint` before it where the program
  /// does without, and `TOPIC:` where that isn't the rule's; `nothing` for something expected that isn't there.
  package let needs: [String]
  /// From 1 on.
  package let line: Int?
}

extension RuleTest {
  init(_ table: TableReader) throws(RuleFileError) {
    var table = table
    line = table.line
    var objects: [Object] = []
    for inner in try table.tables("object") { objects.append(try Object(inner)) }
    guard !objects.isEmpty else { throw table.error("is missing", at: "object") }
    self.objects = objects
    var files: [String: String] = [:]
    if var inner = try table.table("files") {
      for path in inner.keys {
        guard path.hasPrefix("/"), case .text(let text) = inner.node(path)?.value else {
          throw inner.error("must be an absolute path with a string", at: path)
        }
        files[path] = text
      }
    }
    self.files = files
    guard table.has("needs") else { throw table.error("is missing", at: "needs") }
    needs = try table.list("needs")
    try table.finish()
  }
}

extension RuleTest.Object {
  fileprivate init(_ table: TableReader) throws(RuleFileError) {
    var table = table
    path = try table.required("path")
    soname = try table.text("soname")
    isProgram = try table.flag("program")
    imports = try table.texts("imports")
    definitions = try table.texts("defines")
    constants = try table.texts("constants")
    script = try table.text("script")
    guard path.hasPrefix("/") else { throw table.error("must be absolute", at: "path") }
    try table.finish()
  }
}

extension TableReader {
  /// The same as ``texts(_:)``, but that the array may be empty.
  fileprivate mutating func list(_ key: String) throws(RuleFileError) -> [String] {
    if case .list(let elements) = node(key)?.value, elements.isEmpty { return [] }
    return try texts(key)
  }
}
