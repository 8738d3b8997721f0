package import FileTree

/// What a user asks for, before anything else is looked for.
package struct DiscoveryInputs: Sendable {
  /// In the order in which they were asked for.
  package internal(set) var programs: [FoundProgram] = []
  /// ELF programs and libraries among them, and what reads their scripts.
  package internal(set) var subjects: [NeededSubject] = []
  /// How each script is started.
  package internal(set) var scripts: [ByteString: ScriptChain] = [:]
  var inclusions: [Inclusion] = []
  var files: [ObservedFile] = []
  var additions: [Addition] = []

  /// A file or tree that the user names.
  struct Addition: Sendable {
    /// In-root, links unresolved.
    let source: ByteString
    let file: ResolvedPath
    let destination: RootPath?

    var order: PlaceOrder { PlaceOrder(source: source, destination: destination) }
  }

  package init() {}
}

/// What decides the order in which inputs are taken: where they come from and where they go.
struct PlaceOrder: Comparable {
  let source: ByteString
  let destination: RootPath?

  static func < (left: PlaceOrder, right: PlaceOrder) -> Bool {
    if left.source != right.source { return left.source < right.source }
    guard let other = right.destination else { return false }
    return left.destination.map { $0 < other } ?? true
  }
}

extension NeededSubject {
  var order: PlaceOrder { PlaceOrder(source: path, destination: destination) }
}

extension Inclusion {
  var order: PlaceOrder { PlaceOrder(source: source, destination: destination) }
}
