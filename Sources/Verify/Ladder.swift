package import Archive
package import Discovery
package import FileTree
package import Loader

/// Climbs the rungs for one bundle.
package struct Ladder {
  private let request: RunRequest
  private let policy: NeedsPolicy
  private let environment: SearchEnvironment
  private let source: any FileTree

  /// - Parameters:
  ///   - policy: which needs at run time count.
  ///   - environment: the loader's surroundings, to which the image's variables are added.
  ///   - source: the root that the bundle was packed from, for what a run misses.
  package init(
    _ request: RunRequest, policy: NeedsPolicy, environment: SearchEnvironment,
    source: any FileTree
  ) {
    self.request = request
    self.policy = policy
    self.environment = environment
    self.source = source
  }

  /// To be called on the main thread.
  ///
  /// - Parameters:
  ///   - last: the rung after which no other is climbed.
  ///   - describe: a violation in words, with its place.
  package func climb(
    _ bundle: ReadBundle, to last: Rung,
    describe: (Violation) -> (place: String, message: String)
  ) -> Verification {
    var verification = Verification([StructureCheck.result(of: bundle, describe: describe)])
    let isSound = !verification.hasFailed
    if last.height >= Rung.loader.height {
      verification.rungs.append(simulate(bundle))
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

  private func simulate(_ bundle: ReadBundle) -> RungResult {
    var environment = environment
    let image = bundle.image?.configuration ?? RunConfiguration()
    environment.workingDirectory = RootPath(normalising: ByteString(image.workingDirectory ?? "/"))
    for text in image.environment.map({ ByteString($0) }) + request.environment {
      environment.variables.set(text)
    }
    var simulation = LoaderSimulation(
      tree: bundle.tree, policy: policy, environment: environment)
    return simulation.result(
      of: bundle.entries.compactMap { entry in
        guard case .file = entry.node else { return nil }
        return (entry.path, entry.permissions & 0o111 != 0)
      })
  }
}

extension LoaderVariables {
  /// Takes `NAME=VALUE` if a loader heeds it.
  fileprivate mutating func set(_ text: ByteString) {
    let name = text.bytes.prefix { $0 != UInt8(ascii: "=") }
    let value = ByteString(text.bytes.dropFirst(name.count + 1))
    switch ByteString(name) {
    case "LD_LIBRARY_PATH": libraryPath = value
    case "LD_PRELOAD": preload = value
    case "LD_AUDIT": audit = value
    default: break
    }
  }
}
