internal import Discovery
internal import FileTree
internal import Sandbox

/// What a program started and what didn't end well.
struct ChildFailures {
  private let failures: [WatchedRun.Failure]
  /// In-root: the program's own file, and of a script what reads it.
  private let own: Set<ByteString>

  /// Programs whose end with 1 is an answer.
  private static let asking: Set<ByteString> = [
    "[", "cmp", "diff", "egrep", "expr", "false", "fgrep", "getent", "grep", "pgrep", "pidof",
    "test", "tty", "which",
  ]

  init(of program: borrowing SandboxedProgram, _ plan: RunPlan) {
    let process = program.process
    failures = (program.watched?.failures ?? []).filter { $0.process != process }
    var view = RootView(tree: DirectoryTree(root: plan.request.root))
    let chain = try? ScriptChain(of: plan.request.program, in: &view)
    let files = [plan.request.program] + (chain?.steps.map(\.path) ?? [])
    own = Set(files.compactMap { view.resolve($0)?.real.text })
  }

  /// Of several the last: a script that starts a server may well end with 0 after that.
  ///
  /// - Parameter hasFailed: whether the program has; else, what only tried to start something is passed over, as
  ///   is what only says no.
  func findings(hasFailed: Bool) -> [VerifyFinding] {
    let told = failures.last {
      hasFailed
        || !own.contains($0.program)
          && !($0.code == 1 && Self.asking.contains(RootPath(normalising: $0.program).name))
    }
    return told.map {
      [VerifyFinding(.warns, $0.program.description, "which it started, ended with \($0.code)")]
    } ?? []
  }
}
