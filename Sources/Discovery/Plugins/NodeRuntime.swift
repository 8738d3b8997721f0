internal import ELF
internal import FileTree

/// Parts of Node's own library that a distribution keeps outside of it.
///
/// Source: node `src/node_builtins.cc` (`AddExternalizedBuiltin`, with paths that are compiled in by
/// `configure --shared-builtin-NAME-path`).
struct NodeRuntime: NeedSource {
  private let topic = Topic("node")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    let name = object.real.name
    guard name.hasPrefix("libnode.so") || object.image?.isProgram == true && name == "node" else {
      return []
    }
    let paths = root.constantFacts(of: object).paths.map(\.text).filter {
      $0.hasSuffix(".js") && root.isFile($0)
    }
    guard !paths.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), paths.map { .path($0, at: nil) }, isEssential: true,
        purpose: "parts of Node's own library")
    ]
  }
}
