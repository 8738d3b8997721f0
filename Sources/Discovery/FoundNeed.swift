package import FileTree
package import Loader

/// A need with all that was seen of it, and what came of it.
package struct FoundNeed: Sendable {
  package let topic: Topic
  package let wishes: [Wish]
  package internal(set) var purpose: String
  /// The surest of all sightings.
  package internal(set) var grade: Grade
  package internal(set) var isEssential: Bool
  /// Where it was seen, in the order of loading.
  package internal(set) var evidence: [Evidence]
  package internal(set) var outcome: Outcome
  /// What was found for it: in-root paths, or for what is made, its place in the bundle.
  package internal(set) var found: [ByteString] = []
  /// The subjects that it was seen in, by their places in ``Discovered/subjects``, in the order of finding.
  package internal(set) var subjects: [Int] = []

  package enum Outcome: Hashable, Sendable {
    case packed
    /// It is there already, whatever becomes of the need.
    case present
    /// Left out, and the flag that brings it.
    case hint(flag: String)
    /// Left out by a flag.
    case leftOut(flag: String)
    /// The run time brings it.
    case given
    /// Nothing in this root answers.
    case absent
  }

  /// Whether it is a guess at what is there anyway: nothing to tell anybody.
  package var isIdleGuess: Bool { topic == .guesses && outcome == .present }
}

extension FoundNeed {
  init(_ need: RuntimeNeed, outcome: Outcome, of subject: Int? = nil) {
    topic = need.topic
    wishes = need.wishes
    purpose = need.purpose
    grade = need.grade
    isEssential = need.isEssential
    evidence = [need.evidence]
    subjects = subject.map { [$0] } ?? []
    self.outcome = outcome
  }

  /// What becomes of the need where some of what was found for it isn't packed.
  package func without(_ paths: Set<ByteString>) -> FoundNeed {
    guard outcome == .packed, let first = found.first(where: paths.contains) else { return self }
    var need = self
    need.found.removeAll(where: paths.contains)
    if need.found.isEmpty {
      need.outcome = .leftOut(flag: "--allow-sensitive=\(RootPath(normalising: first))")
    }
    return need
  }

  /// Takes another sighting in; whether it is in another subject.
  mutating func merge(_ need: RuntimeNeed, of subject: Int?) -> Bool {
    if !evidence.contains(need.evidence) { evidence.append(need.evidence) }
    isEssential = isEssential || need.isEssential
    if need.grade < grade {
      grade = need.grade
      purpose = need.purpose
    }
    guard let subject, !subjects.contains(subject) else { return false }
    subjects.append(subject)
    return true
  }

  /// Whether it asks for libraries.
  package var opens: Bool {
    wishes.contains { if case .library = $0 { true } else { false } }
  }
}

extension FoundNeed.Outcome {
  init(_ decision: NeedsPolicy.Decision) {
    self =
      switch decision {
      case .packed: .packed
      case .hint(let flag): .hint(flag: flag)
      case .leftOut(let flag): .leftOut(flag: flag)
      }
  }
}

/// A file or tree of the root that ships for a need or as a program.
package struct Inclusion: Hashable, Sendable {
  /// In-root, links unresolved.
  package let source: ByteString
  /// Nil keeps the path.
  package let destination: RootPath?
  package let reason: InclusionReason
}

/// Why something ships.
package enum InclusionReason: Hashable, Sendable {
  /// It was asked for as a program.
  case program
  /// It reads the script at the path.
  case interpreter(of: ByteString)
  /// The user added it, as a part of what has this path.
  case addition(of: ByteString)
  /// A need asks for it, by its place in ``Discovered/needs``.
  case need(Int)
  /// The same of something that is started.
  case command(Int)
}

extension InclusionReason {
  /// The need that asks for it; nil where the user does.
  package var need: Int? {
    switch self {
    case .need(let need), .command(let need): need
    case .program, .interpreter, .addition: nil
    }
  }
}

/// A program or library that ships, with what loads for it.
package struct NeededSubject: Sendable {
  /// In-root, links unresolved.
  package let path: ByteString
  package let destination: RootPath?
  package let reason: InclusionReason
  package internal(set) var closures: ProgramClosures
  /// What it opens of what was found.
  package internal(set) var openings: [FoundOpening] = []

  /// Whether it is started: what the environment preloads is for such ones only.
  package var isStarted: Bool {
    switch reason {
    case .program, .interpreter, .command: true
    case .addition, .need: false
    }
  }
}

extension NeededSubject {
  /// Whether an object that answers to a word is loaded.
  func loads(_ word: ByteString) -> Bool { object(named: word) != nil }

  func object(named word: ByteString) -> LoadedObject? {
    closures.graph.objects.first { !$0.isUnloaded && $0.answers(to: word) }
  }
}

extension ClosureGraph {
  /// What a call of `dlopen` with a name got; nil if nothing stays loaded.
  func opened(_ name: ByteString) -> LoadedObject? {
    guard let request = requests.last(where: { $0.kind == .dlopen && $0.name == name }),
      let object = request.object, !objects[object].isUnloaded
    else { return nil }
    return objects[object]
  }
}

/// A call of `dlopen` that a need says of.
package struct FoundOpening: Sendable {
  package let opening: Opening
  /// The need's place in ``Discovered/needs``.
  package let need: Int
}

/// What is made for needs: a directory, a file, or lines of a file.
package struct NeededContent: Hashable, Sendable {
  package let wish: Wish
  package let need: Int
}

/// A program as it was asked for.
package struct FoundProgram: Sendable {
  /// In-root, links unresolved.
  package let path: ByteString
  package let destination: RootPath?
  /// What has to be started with the program as its argument; nil if a kernel starts it by itself.
  package let launcher: ByteString?
  /// Where it lies in the bundle, if the destination is a link to it.
  package internal(set) var file: RootPath?
}

/// All that programs ask for.
package struct Discovered: Sendable {
  /// In the order in which they were asked for.
  package internal(set) var programs: [FoundProgram] = []
  package internal(set) var subjects: [NeededSubject] = []
  /// What ships beside the subjects, in the order of finding.
  package internal(set) var inclusions: [Inclusion] = []
  package internal(set) var content: [NeededContent] = []
  package internal(set) var needs: [FoundNeed] = []
  /// What was asked for by name and isn't in this root.
  package internal(set) var unanswered: [Topic] = []
  /// `dlopen` notes that can't be understood: the object and the place in it, in bytes.
  package internal(set) var damagedNotes: [Evidence] = []
  /// ELF files in trees that no loader loads: they ship as data.
  package internal(set) var unloadable: [LoaderError] = []
  /// Why libraries that needs name couldn't be looked for.
  package internal(set) var unopenable: [LoaderError] = []
  /// Scripts in trees whose interpreter isn't there: they ship as they are.
  package internal(set) var brokenScripts: [ScriptError] = []
  /// Whether configuration asked for so much that not all of it was looked at.
  package internal(set) var isCutShort = false
  /// How each script that was asked for is started.
  package internal(set) var scripts: [ByteString: ScriptChain] = [:]

  package init() {}
}
