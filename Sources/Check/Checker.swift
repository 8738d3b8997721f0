internal import ELF
internal import FileTree
package import Loader

/// What checking one program came to.
package struct CheckedProgram: Sendable {
  package let findings: [Finding]
  /// What raises the floor of each package most.
  package let floors: [FloorRaise]

  package init(findings: [Finding], floors: [FloorRaise]) {
    self.findings = findings
    self.floors = floors
  }
}

/// Checks closures of one root by a policy.
///
/// The rules are functions of what was read; the checker reads it, each file once for all checkers that
/// share a store.
package struct Checker: Sendable {
  private let policy: CheckPolicy
  private let store: FactStore
  private var surroundings: Surroundings

  /// - Parameter loader: for what objects would load by themselves.
  package init(policy: CheckPolicy, store: FactStore, loader: Loader) {
    self.policy = policy
    self.store = store
    surroundings = Surroundings(tree: store.tree, loader: loader)
  }

  package mutating func check(_ closures: ProgramClosures) -> CheckedProgram {
    let own = surroundings.complete(ClosureFacts(closures.graph, store))
    var findings = Self.findings(in: own, insteadOf: nil, policy)
    // What every processor loads decides which one is needed at least.
    var everywhere = own
    if let baseline = closures.baseline {
      everywhere = surroundings.complete(ClosureFacts(baseline, store))
      findings += Self.findings(in: everywhere, insteadOf: closures.graph, policy)
    }
    findings += everywhere.processorsBeyond(policy)
    return CheckedProgram(
      findings: findings.filter { !policy.ignored.contains($0.rule) },
      floors: everywhere.floors())
  }

  /// What there is to tell of a program that has no closure.
  package func checked(_ finding: Finding) -> CheckedProgram {
    CheckedProgram(
      findings: policy.ignored.contains(finding.rule) ? [] : [finding], floors: [])
  }

  /// - Parameter variants: the closure for a newer processor, if this is the baseline's.
  private static func findings(
    in closure: ClosureFacts, insteadOf variants: ClosureGraph?, _ policy: CheckPolicy
  ) -> [Finding] {
    closure.interpreterFaults() + closure.missingLibraries(insteadOf: variants)
      + closure.otherLibc() + closure.unmetVersions() + closure.unversionedLibraries()
      + closure.objectsBeyondProcessor() + closure.damagedObjects() + closure.symbolFaults()
      + closure.releasesBeyond(policy) + closure.privateVersions(policy)
      + closure.hardeningFaults(policy) + closure.shadowedLibraries() + closure.sameSonames()
  }
}
