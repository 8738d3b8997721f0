internal import FileTree
internal import Loader

/// What is known while needs are looked for. All of it only grows.
struct Search {
  /// In the order of finding, in which their numbers are their names.
  private(set) var subjects: [NeededSubject] = []
  private(set) var needs: [FoundNeed] = []
  private(set) var inclusions: [Inclusion] = []
  private(set) var content: [NeededContent] = []
  private(set) var damagedNotes: [Evidence] = []
  var unloadable: [LoaderError] = []
  var unopenable: [LoaderError] = []
  var brokenScripts: [ScriptError] = []

  /// Files that are read as programs, by the subject that reads them; nil for any.
  private var files: [Int?: [ObservedFile]] = [:]
  /// Scripts that a program reads, by the program; all physical.
  private var scripts: [RootPath: Set<RootPath>] = [:]
  private var numbers: [NeedKey: Int] = [:]
  private var subjectNumbers: [SubjectKey: Int] = [:]
  private var included: Set<InclusionKey> = []
  private var made: Set<NeededContent> = []
  private var observed: Set<ObservedFile> = []
  private var notesSeen: Set<RootPath> = []

  /// What has to be looked at once more, the first in order first.
  private var pendingSubjects: Set<Int> = []
  private var pendingNeeds: Set<Int> = []

  private struct NeedKey: Hashable {
    let topic: Topic
    let wishes: [Wish]
  }

  private struct SubjectKey: Hashable {
    let path: ByteString
    let destination: RootPath?
    let isStarted: Bool
  }

  private struct InclusionKey: Hashable {
    let source: ByteString
    let destination: RootPath?
  }

  // MARK: What is to be done

  mutating func nextSubject() -> Int? { pendingSubjects.popMinimum() }

  mutating func nextNeed() -> Int? { pendingNeeds.popMinimum() }

  // MARK: Subjects

  /// Adds a subject; one that is known already stays as it is.
  mutating func add(_ subject: NeededSubject) {
    let key = SubjectKey(
      path: subject.path, destination: subject.destination, isStarted: subject.isStarted)
    guard subjectNumbers[key] == nil else { return }
    subjectNumbers[key] = subjects.count
    pendingSubjects.insert(subjects.count)
    subjects.append(subject)
    // A need may be one of a library that the new one loads as well.
    pendingNeeds.formUnion(needs.indices.filter { needs[$0].outcome == .packed && needs[$0].opens })
  }

  /// A subject opens some libraries more.
  mutating func open(_ openings: [FoundOpening], _ closures: ProgramClosures, in subject: Int) {
    subjects[subject].closures = closures
    subjects[subject].openings += openings
    pendingSubjects.insert(subject)
  }

  /// Adds a file that a subject reads, or that any may.
  mutating func add(_ file: ObservedFile, of subject: Int?) {
    guard observed.insert(file).inserted else { return }
    files[subject, default: []].append(file)
    if let subject {
      pendingSubjects.insert(subject)
    } else {
      pendingSubjects.formUnion(subjects.indices.filter { subjects[$0].isStarted })
    }
  }

  /// By their paths.
  func files(of subject: Int) -> [ObservedFile] {
    let others = subjects[subject].isStarted ? files[nil] ?? [] : []
    return ((files[subject] ?? []) + others).sorted { $0.path < $1.path }
  }

  /// A program reads a script; physical.
  mutating func add(script: RootPath, of interpreter: RootPath) {
    guard scripts[interpreter, default: []].insert(script).inserted else { return }
    pendingSubjects.formUnion(
      subjects.indices.filter { subjects[$0].closures.graph.subject.file.real == interpreter })
  }

  /// Of a subject that reads scripts, sorted.
  func scripts(of subject: Int) -> [RootPath] {
    (scripts[subjects[subject].closures.graph.subject.file.real] ?? []).sorted()
  }

  mutating func noteDamage(in view: ProgramView) {
    for object in view.objects where notesSeen.insert(object.real).inserted {
      guard let image = object.image else { continue }
      for offset in NotedLibraries.damagedNotes(of: image) {
        damagedNotes.append(Evidence(file: object.path, mark: .note(offset: offset)))
      }
    }
  }

  // MARK: Needs

  /// - Parameter subject: the one that it was seen in; nil for none.
  mutating func register(
    _ need: RuntimeNeed, _ decision: NeedsPolicy.Decision, of subject: Int?
  ) {
    let key = NeedKey(topic: need.topic, wishes: need.wishes)
    guard let number = numbers[key] else {
      numbers[key] = needs.count
      if decision == .packed { pendingNeeds.insert(needs.count) }
      needs.append(FoundNeed(need, outcome: FoundNeed.Outcome(decision), of: subject))
      return
    }
    let isNew = needs[number].merge(need, of: subject)
    if decision == .packed, needs[number].outcome != .packed {
      needs[number].outcome = .packed
      pendingNeeds.insert(number)
    } else if isNew, needs[number].outcome == .packed, needs[number].opens {
      pendingNeeds.insert(number)
    }
  }

  /// Something was found for a need.
  mutating func find(_ path: ByteString, for need: Int) {
    if !needs[need].found.contains(path) { needs[need].found.append(path) }
  }

  mutating func settle(_ outcome: FoundNeed.Outcome, of need: Int) {
    needs[need].outcome = outcome
  }

  // MARK: Contents

  mutating func add(_ content: NeededContent, at place: RootPath) {
    guard made.insert(content).inserted else { return }
    self.content.append(content)
    find(place.text, for: content.need)
  }

  /// Records a file or tree that ships; false if it does already.
  mutating func record(_ inclusion: Inclusion) -> Bool {
    let key = InclusionKey(source: inclusion.source, destination: inclusion.destination)
    guard included.insert(key).inserted else { return false }
    inclusions.append(inclusion)
    return true
  }
}

extension Set<Int> {
  /// Takes the smallest out; nil if there is none.
  fileprivate mutating func popMinimum() -> Int? {
    guard let first = self.min() else { return nil }
    remove(first)
    return first
  }
}
