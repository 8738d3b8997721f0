internal import Check
internal import Discovery
internal import FileTree
internal import Loader

/// One file that was checked.
struct CheckedSubject {
  let path: ByteString
  /// Where the tree of its program ends.
  let limit: RootPath
  var result: CheckedProgram
  let isLibrary: Bool
  /// Of a library that misses another one; nil for anything else.
  private(set) var incomplete: ProgramClosures?

  init(
    _ subject: InspectSubjects.Subject, _ result: CheckedProgram, _ isLibrary: Bool,
    of closures: [ProgramClosures]
  ) {
    (path, limit) = (subject.path, subject.limit)
    (self.result, self.isLibrary) = (result, isLibrary)
    incomplete = isLibrary ? closures.first { !$0.graph.missing.isEmpty } : nil
  }
}

/// Checks libraries that are only opened again, as what they are once their program has opened another one
/// that they miss.
struct LoadOrder {
  private let tree: any FileTree
  private let loader: Loader
  private var checker: Checker
  private var siblings = SiblingLibraries()
  private var programs: Set<RootPath> = []
  /// Libraries that have to be opened first, with those that ask for them, in the order of checking.
  private var needed: [(provider: RootPath, soname: ByteString, others: [ByteString])] = []

  init(_ scope: NeedsFinder.Scope, _ checker: Checker) {
    tree = scope.tree
    loader = scope.libraryLoader
    self.checker = checker
  }

  /// Takes note of what there is.
  ///
  /// - Parameter isWhole: whether all programs that could open a library will be added.
  mutating func add(_ closures: ProgramClosures, isWhole: Bool) {
    let subject = closures.graph.subject
    siblings.add(subject.image, at: subject.file.real)
    guard isWhole, !closures.isLibrary else { return }
    siblings.add(loadedBy: closures.graph)
    programs.insert(subject.file.real)
    siblings.isOneProgram = programs.count == 1
  }

  /// Replaces a result that misses only what a program opens before.
  mutating func settle(_ subject: inout CheckedSubject) {
    guard let closures = subject.incomplete else { return }
    let place = closures.graph.subject.file.real
    siblings.addSiblings(of: place, in: tree, within: subject.limit)
    var providers: [RootPath] = []
    for request in closures.graph.missing {
      guard
        let provider = siblings.provider(
          of: request, in: closures.graph, at: place, within: subject.limit)
      else { continue }
      if !providers.contains(provider) { providers.append(provider) }
      if !siblings.isLoaded(provider) { note(provider, request.expandedName, subject.path) }
    }
    guard !providers.isEmpty,
      let complete = try? loader.closures(of: subject.path, openedAfter: providers)
    else { return }
    subject.result = checker.check(complete)
  }

  private mutating func note(_ provider: RootPath, _ soname: ByteString, _ library: ByteString) {
    guard let known = needed.firstIndex(where: { $0.provider == provider }) else {
      needed.append((provider, soname, [library]))
      return
    }
    if needed[known].others.last != library { needed[known].others.append(library) }
  }

  /// What has to be opened before what, with the library that a finding is about.
  var findings: [(Finding, ByteString)] {
    needed.map { provider, soname, others in
      let object = FoundObject(path: provider.text, real: provider)
      return (
        Finding(.openedBefore(soname: soname, others: others), object: object, chain: []),
        provider.text
      )
    }
  }
}
