package import Archive
package import Discovery
package import FileTree
package import Loader

/// Climbs the rungs for one bundle.
package struct Ladder {
  private let request: RunRequest
  private let policy: NeedsPolicy
  private let rules: RuleSet?
  private let source: any FileTree
  private let words: Words

  /// What the ladder can't say by itself.
  package struct Words {
    /// What is wrong with an archive, with its place.
    let violation: (Violation) -> (place: String, message: String)
    /// Why a program can't be simulated.
    let error: (NeedsError) -> String

    package init(
      violation: @escaping (Violation) -> (place: String, message: String),
      error: @escaping (NeedsError) -> String
    ) {
      self.violation = violation
      self.error = error
    }
  }

  /// - Parameters:
  ///   - policy: which needs at run time count.
  ///   - rules: by which they are found; nil for those that are compiled in.
  ///   - source: the root that the bundle was packed from, for what a run misses.
  package init(
    _ request: RunRequest, policy: NeedsPolicy, rules: RuleSet? = nil,
    source: any FileTree, words: Words
  ) {
    self.request = request
    self.policy = policy
    self.rules = rules
    self.source = source
    self.words = words
  }

  /// To be called on the main thread.
  ///
  /// - Parameters:
  ///   - environment: the loader's surroundings in the bundle.
  ///   - last: the rung after which no other is climbed.
  package func climb(
    _ bundle: ReadBundle, in environment: SearchEnvironment, to last: Rung
  ) -> Verification {
    var verification = Verification([StructureCheck.result(of: bundle, describe: words.violation)])
    let isSound = !verification.hasFailed
    if last.height >= Rung.loader.height {
      verification.rungs.append(simulate(bundle, environment))
    }
    guard last.height >= Rung.run.height else { return verification }
    guard isSound else {
      verification.rungs.append(
        RungResult(.run, .skipped("what no engine takes isn't run")))
      return verification
    }
    var run = SandboxRun(request, source: source)
    verification.rungs += run.results(for: bundle)
    return verification
  }

  private func simulate(_ bundle: ReadBundle, _ environment: SearchEnvironment) -> RungResult {
    var simulation = LoaderSimulation(
      tree: bundle.tree, policy: policy, rules: rules, environment: environment,
      start: bundle.start(request),
      describe: words.error)
    return simulation.result(
      of: bundle.entries.compactMap { entry in
        guard case .file = entry.node else { return nil }
        return (entry.path, entry.permissions & 0o111 != 0)
      })
  }
}
