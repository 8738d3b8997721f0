package import Discovery
package import FileTree
package import Loader

/// Why a path is in the bundle.
package enum Provenance: Hashable, Sendable {
  case program
  /// A library, with the name that was asked for, who asked and the rule that found it.
  case library(name: ByteString, by: ByteString, rule: SearchRule)
  case interpreter(of: ByteString)
  /// A library that a need says somebody opens.
  case opened(name: ByteString, by: ByteString, rule: SearchRule, need: NeedReason)
  /// A file that a need asks for, or that is made for it.
  case need(NeedReason)
  /// It reads a script.
  case scriptInterpreter(of: ByteString)
  /// A symbolic link on the way to a path.
  case link(to: ByteString)
  /// `/lib` and its like on a system whose directories were merged into `/usr`.
  case rootLink
  case parent
  /// A directory that a `..` in a search path passes through.
  case detour(on: ByteString)
  case addition(of: ByteString)
  case loaderConfiguration
  /// A file that tells the name of the user that the program runs as.
  case user(ByteString)
  case workingDirectory
  /// Where a volume is mounted.
  case volume
  /// A directory that the user wants.
  case madeDirectory
  /// What a kernel starts.
  case initProgram
}

extension Provenance: CustomStringConvertible {
  package var description: String {
    switch self {
    case .program: "program"
    case .library(let name, let requester, let rule): "\(name) for \(requester) (\(rule.rawValue))"
    case .interpreter(let program): "interpreter of \(program)"
    case .opened(let name, let requester, let rule, let need):
      "\(name) for \(requester) (\(rule.rawValue)), \(need)"
    case .need(let need): need.description
    case .scriptInterpreter(let script): "interpreter of \(script)"
    case .link(let path): "link on the way to \(path)"
    case .rootLink: "merged /usr"
    case .parent: "parent directory"
    case .detour(let path): "on the way of \(path)"
    case .addition(let source): "added from \(source)"
    case .loaderConfiguration: "tells the loader where the libraries are"
    case .user(let name): "user \(name)"
    case .workingDirectory: "working directory"
    case .volume: "volume"
    case .madeDirectory: "directory that was asked for"
    case .initProgram: "started by the kernel"
    }
  }
}

extension Provenance {
  /// The same in words that say nothing of the machine that it was packed on.
  package var summary: String {
    switch self {
    case .library(let name, _, let rule): "\(name) (\(rule.rawValue))"
    case .interpreter: "interpreter"
    case .opened(let name, _, let rule, let need):
      "\(name) (\(rule.rawValue)), \(need.topic.name): \(need.grade)"
    case .need(let need): "\(need.topic.name): \(need.grade)"
    case .scriptInterpreter: "interpreter of a script"
    case .link: "link on the way"
    case .detour: "on the way"
    case .addition: "added"
    case .program, .rootLink, .parent, .loaderConfiguration, .user, .workingDirectory, .volume,
      .madeDirectory, .initProgram:
      description
    }
  }

  /// Whether a loader or a kernel loads it.
  package var isClosure: Bool {
    switch self {
    case .program, .library, .interpreter, .opened, .scriptInterpreter: true
    case .need, .link, .rootLink, .parent, .detour, .addition, .loaderConfiguration, .user,
      .workingDirectory, .volume, .madeDirectory, .initProgram:
      false
    }
  }
}

/// The need that something ships for, and where it was seen first.
package struct NeedReason: Hashable, Sendable, CustomStringConvertible {
  package let topic: Topic
  package let grade: Grade
  package let evidence: Evidence?

  package init(_ need: FoundNeed) {
    topic = need.topic
    grade = need.grade
    evidence = need.evidence.first
  }

  package var description: String {
    "\(topic.name): \(grade)" + (evidence.map { " by \($0)" } ?? "")
  }
}
