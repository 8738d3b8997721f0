package import Discovery
package import FileTree
package import Loader

/// One program or library that is to be packed, with its closure in the root.
package struct PackSubject: Sendable {
  package let graph: ClosureGraph
  /// Where it goes; nil keeps its path.
  package let destination: RootPath?
  package let reason: InclusionReason
  /// The needs behind the libraries that it opens, by the name that is opened.
  package let openings: [ByteString: Int]

  package init(
    graph: ClosureGraph, destination: RootPath?, reason: InclusionReason = .program,
    openings: [ByteString: Int] = [:]
  ) {
    self.graph = graph
    self.destination = destination
    self.reason = reason
    self.openings = openings
  }

  /// Whether it is started, by a user or by a script that he starts.
  package var isStarted: Bool {
    switch reason {
    case .program, .interpreter, .command: true
    case .addition, .need: false
    }
  }

  /// Whether a need brought it, and nobody asked for it by name.
  package var isForNeed: Bool { reason.need != nil }
}

/// A file, link or directory that is packed beside the programs.
package struct Addition: Sendable {
  package let tree: any FileTree
  /// In `tree`, links unresolved.
  package let source: ByteString
  /// Nil keeps the source's path, with every link on the way to it.
  package let destination: RootPath?
  /// Nil for what the user adds.
  package let reason: InclusionReason?

  package init(
    tree: any FileTree, source: ByteString, destination: RootPath?, reason: InclusionReason? = nil
  ) {
    self.tree = tree
    self.source = source
    self.destination = destination
    self.reason = reason
  }

  var isForNeed: Bool { reason?.need != nil }

  var taker: SecretGate.Taker {
    switch reason {
    case nil, .addition: .addition
    case .program, .interpreter: .program
    case .need, .command: .need
    }
  }
}

/// A program as it was asked for.
package struct PackProgram: Sendable {
  /// In-root, links unresolved.
  package let path: ByteString
  /// Nil keeps its path.
  package let destination: RootPath?
  /// What has to be started with the program as its argument; nil if a kernel starts it by itself.
  package let launcher: ByteString?
  /// Where its file lies in the bundle, if the destination is a link to it.
  package let file: RootPath?

  package init(
    path: ByteString, destination: RootPath?, launcher: ByteString? = nil, file: RootPath? = nil
  ) {
    self.file = file
    self.path = path
    self.destination = destination
    self.launcher = launcher
  }
}

/// What a plan is made from.
package struct PlanContents: Sendable {
  /// In the order in which they were asked for.
  package var programs: [PackProgram] = []
  package var subjects: [PackSubject] = []
  package var additions: [Addition] = []
  package var content: [NeededContent] = []
  package var needs: [FoundNeed] = []

  package init() {}

  /// Closures and additions alone; those of programs are what was asked for.
  package init(_ subjects: [PackSubject], additions: [Addition] = []) {
    self.subjects = subjects
    self.additions = additions
    programs = subjects.filter { $0.reason == .program }.map {
      PackProgram(path: $0.graph.subject.openedPath, destination: $0.destination)
    }
  }
}
