internal import FileTree
internal import Loader

/// Runs the loader rules inside a plan and holds the result against the closures it was made from.
struct PlanProof {
  let subjects: [PackSubject]

  /// The requests that go elsewhere; empty if the plan is faithful.
  func deviations(in tree: PlanTree) -> [PlanError.Deviation] {
    let store = ObjectStore(tree: tree)
    return subjects.flatMap { subject in
      var loader = Loader(
        tree: tree, environment: subject.graph.environmentInContainer, store: store)
      let path = subject.destination?.text ?? subject.graph.subject.openedPath
      let inside = try? loader.closure(of: path)
      return deviations(
        of: subject.graph, inside: inside, program: RootPath(normalising: path))
    }
  }

  /// Compares request by request: with equal objects, the loaders ask in the same order.
  private func deviations(
    of expected: ClosureGraph, inside actual: ClosureGraph?, program: RootPath
  ) -> [PlanError.Deviation] {
    let found = actual?.requests ?? []
    let subject = expected.subject
    guard actual?.subject.file.status.identity == subject.file.status.identity else {
      return [
        PlanError.Deviation(
          program: program, name: program.text, requester: program.text,
          expected: subject.file.real, actual: actual?.subject.file.real)
      ]
    }
    return expected.requests.enumerated().compactMap { index, request in
      let counterpart = index < found.count ? found[index] : nil
      let wanted = request.object.map { expected.objects[$0].file }
      let got = counterpart?.object.flatMap { actual?.objects[$0].file }
      if counterpart?.name == request.name, wanted?.status.identity == got?.status.identity {
        return nil
      }
      return PlanError.Deviation(
        program: program, name: request.name,
        requester: expected.objects[request.requester].openedPath, expected: wanted?.real,
        actual: counterpart?.name == request.name ? got?.real : nil)
    }
  }
}
