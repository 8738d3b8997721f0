internal import Bundle
internal import Discovery
internal import FileTree

/// Tells of needs what a pack would leave out, for who only looks at them.
struct NeedsGate: Sendable {
  let tree: any FileTree
  let workingDirectory: RootPath

  /// The needs, those that the gate of a pack lets nothing through for with the flag that would.
  ///
  /// - Parameter program: in-root; what lies beside it is the user's own.
  func marked(_ needs: [FoundNeed], of program: ByteString) -> [FoundNeed] {
    var gate: SecretGate?
    var resolver = PathResolver(tree: tree)
    return needs.map { need in
      // Libraries are nobody's secret, and most of what is found.
      guard need.outcome == .packed, !need.opens else { return need }
      let closed = need.found.filter { path in
        guard let file = try? resolver.resolve(path) else { return false }
        var own = gate ?? self.gate(for: program)
        let reason = own.reason(against: file.real, file.status, in: tree, for: .need)
        gate = own
        return reason != nil
      }
      return need.without(Set(closed))
    }
  }

  private func gate(for program: ByteString) -> SecretGate {
    let directory = RootPath(normalising: program).parent
    let isInstalled = directory.name == "bin" || directory.name == "sbin"
    return SecretGate(
      tree: tree, projects: [workingDirectory, isInstalled ? directory.parent : directory])
  }
}
