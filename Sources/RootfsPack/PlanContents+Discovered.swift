internal import Bundle
internal import Discovery
internal import FileTree
internal import Loader

extension PlanContents {
  /// What was discovered, as a plan takes it.
  init(_ found: Discovered, tree: any FileTree) {
    self.init()
    programs = found.programs.map {
      PackProgram(
        path: $0.path, destination: $0.destination, launcher: $0.launcher, file: $0.file)
    }
    subjects = found.subjects.flatMap { subject in
      let openings = Dictionary(
        subject.openings.map { ($0.opening.name, $0.need) }, uniquingKeysWith: { first, _ in first }
      )
      return subject.closures.all.map {
        PackSubject(
          graph: $0, destination: subject.destination, reason: subject.reason, openings: openings)
      }
    }
    additions = found.inclusions.map { inclusion in
      // What a user adds is told by the path of each file.
      let isUsers = if case .addition = inclusion.reason { true } else { false }
      return Addition(
        tree: tree, source: inclusion.source, destination: inclusion.destination,
        reason: isUsers ? nil : inclusion.reason)
    }
    content = found.content
    needs = found.needs
  }
}
