/// What came of a verification: one outcome for each rung of the ladder, in order.
package struct Verification: Sendable {
  package internal(set) var rungs: [RungResult]

  package init(_ rungs: [RungResult] = []) {
    self.rungs = rungs
  }

  /// Whether no rung failed, and none that was to be climbed was out of reach.
  package var isVerified: Bool { !hasFailed && !isOutOfReach }

  package var hasFailed: Bool { rungs.contains { $0.outcome == .failed } }

  /// What the run has shown; nil where nothing ran to the end.
  package var evidence: RunEvidence? {
    rungs.first { $0.rung == .run && $0.outcome == .passed }?.evidence
  }

  package var isOutOfReach: Bool {
    rungs.contains { if case .impossible = $0.outcome { true } else { false } }
  }
}

/// One rung of the ladder.
package enum Rung: String, CaseIterable, Hashable, Sendable {
  /// The archive's own order: digests, sizes, links.
  case structure
  /// What the loaders of all programs in it would load, and what they ask for at run time.
  case loader
  /// A run in a sandbox.
  case run
  /// Connections to the running program.
  case tcp
  /// Requests to it.
  case http
  /// How it ends when it is asked to.
  case stop
  /// What the run looked for and didn't find.
  case missed

  /// Its place, the first being 0.
  var height: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

package struct RungResult: Sendable {
  package enum Outcome: Hashable, Sendable {
    case passed
    case failed
    /// Nobody asked for it, or there is nothing to do, and why.
    case skipped(String)
    /// This system doesn't allow it, and why.
    case impossible(String)
  }

  package let rung: Rung
  package let outcome: Outcome
  /// What was done, in a few words: how many files, which isolation.
  package let summary: String
  package let findings: [VerifyFinding]
  /// Of a run, what it has shown if it passed.
  package let evidence: RunEvidence?

  package init(
    _ rung: Rung, _ outcome: Outcome, _ summary: String = "", findings: [VerifyFinding] = [],
    evidence: RunEvidence? = nil
  ) {
    self.evidence = evidence
    self.rung = rung
    self.outcome = outcome
    self.summary = summary
    self.findings = findings
  }
}

/// What a run that passed has shown of a program.
package enum RunEvidence: Hashable, Sendable {
  /// It answered what it was asked.
  case answers
  /// It said what it had to.
  case output
  /// It ended with the code that it had to.
  case exit
  /// It ended with 0 after some time, and nobody had said what else it had to do.
  case end(Duration)
  /// It went on for some time, and nobody had said what it had to do.
  case start(Duration)
}

/// One thing that a rung tells.
package struct VerifyFinding: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable {
    /// The program would fail, or readers would take the archive differently.
    case fails
    /// It may matter.
    case warns
  }

  package let severity: Severity
  /// The path in the bundle that it is about, or a place in the archive; empty for the run as a whole.
  package let object: String
  package let message: String
  /// The option of a pack that would have added what is missing.
  package let flag: String?

  package init(
    _ severity: Severity, _ object: String, _ message: String, flag: String? = nil
  ) {
    self.severity = severity
    self.object = object
    self.message = message
    self.flag = flag
  }
}

extension [VerifyFinding] {
  /// Failed if something fails.
  var outcome: RungResult.Outcome { contains { $0.severity == .fails } ? .failed : .passed }
}
