package import FileTree

/// What loads on the processor that was asked for and, where that is something else, on every
/// processor of the machine.
package struct ProgramClosures: Sendable {
  package let graph: ClosureGraph
  /// Nil where it is the same.
  package let baseline: ClosureGraph?

  package var isComplete: Bool { all.allSatisfy(\.isComplete) }

  package var all: [ClosureGraph] { [graph] + [baseline].compactMap(\.self) }
}

extension Loader {
  /// Builds the closure for the environment's processor, and that of the baseline beside it.
  ///
  /// - Parameter openings: what it opens beside the environment's, after those.
  package mutating func closures(
    of path: ByteString, openings: [Opening] = []
  ) throws(LoaderError) -> ProgramClosures {
    let graph = try closure(of: path, openings: openings)
    guard graph.dependsOnProcessor, !graph.isForBaseline else {
      return ProgramClosures(graph: graph, baseline: nil)
    }
    let baseline = try closure(of: path, processor: .baseline, openings: openings)
    // Who names a level says what the program needs: the baseline may lack what it likes.
    let isOptional = environment.processor.isNamedLevel && !baseline.isComplete
    return ProgramClosures(
      graph: graph, baseline: isOptional || baseline.loadsAlike(graph) ? nil : baseline)
  }
}

extension ClosureGraph {
  fileprivate func loadsAlike(_ other: ClosureGraph) -> Bool {
    requests.count == other.requests.count
      && zip(requests, other.requests).allSatisfy { own, others in
        own.name == others.name
          && own.object.map { objects[$0].openedPath }
            == others.object.map { other.objects[$0].openedPath }
      }
  }
}
