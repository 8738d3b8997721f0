package import Bundle
package import FileTree
internal import Parallel
internal import Synchronization
package import SystemPackage

/// Replaces the ELF files of a plan by copies without what only a debugger reads.
///
/// Nothing of the input is executed, and no file is replaced by one that would load differently.
package struct PlanStripper {
  /// What becomes of debugging data.
  package enum DebuggingData: Hashable, Sendable {
    case dropped
    /// - Parameter folder: where that of objects without a build id goes, which have it by their path:
    ///   with several platforms a path alone doesn't tell whose it is.
    case kept(folder: ByteString? = nil)
  }

  private let tool: StripTool
  /// Where temporary files go, on the host.
  private let temporaryDirectory: FilePath
  private let interruption: @Sendable () -> Int32?

  /// - Parameters:
  ///   - searchPath: where the strip tool is looked for, as in the variable PATH.
  ///   - temporaryDirectory: on the host.
  ///   - interruption: asked again and again: the signal that asks for the end, if one came.
  package init(
    searchPath: ByteString, temporaryDirectory: FilePath,
    interruption: @escaping @Sendable () -> Int32? = { nil }
  ) throws(StripError) {
    tool = try StripTool(searchPath: searchPath)
    self.temporaryDirectory = temporaryDirectory
    self.interruption = interruption
  }

  /// Strips what can be stripped.
  package func strip(
    _ plan: BundlePlan, debuggingData: DebuggingData
  ) throws(StripError) -> StrippedPlan {
    let scratch = try ScratchDirectory(in: temporaryDirectory)
    let stripper = FileStripper(
      tool: tool, scratch: scratch, debuggingData: debuggingData, interruption: interruption)
    let jobs = plan.entries.enumerated().compactMap { number, entry -> FileStripper.Job? in
      guard case .file(.copy(let tree, let source, let status), _) = entry.node else { return nil }
      return FileStripper.Job(
        number: number, tree: tree, source: source, status: status, path: entry.path)
    }
    var results: [(job: FileStripper.Job, result: FileStripper.Result)] = []
    var warnings: [StripWarning] = []
    var debugFiles = DebugFiles()
    for (job, outcome) in zip(jobs, Self.outcomes(of: jobs, stripper)) {
      switch outcome {
      case .untouched: break
      case .stripped(let result):
        results.append((job, result))
        if let file = result.debug, let warning = debugFiles.add(file) { warnings.append(warning) }
      case .kept(let reason): warnings.append(.kept(job.path, reason))
      case .failed(let failure): throw failure
      }
    }
    let stripped = try replaceFiles(of: plan, by: results, in: scratch)
    return StrippedPlan(
      plan: stripped, warnings: warnings, strippedFileCount: results.count,
      savedSize: plan.contentSize - stripped.contentSize, debugFiles: debugFiles)
  }

  /// In the jobs' order; after a failure no further job is begun.
  private static func outcomes(
    of jobs: [FileStripper.Job], _ stripper: FileStripper
  ) -> [FileStripper.Outcome] {
    let hasFailed = Atomic(false)
    return Workers<Void> { () }.map(jobs) { _, job in
      guard !hasFailed.load(ordering: .relaxed) else { return .untouched }
      let outcome = stripper.strip(job)
      if case .failed = outcome { hasFailed.store(true, ordering: .relaxed) }
      return outcome
    }
  }

  private func replaceFiles(
    of plan: BundlePlan, by results: [(job: FileStripper.Job, result: FileStripper.Result)],
    in scratch: ScratchDirectory
  ) throws(StripError) -> BundlePlan {
    guard !results.isEmpty else { return plan }
    let tree = StrippedFiles(
      directory: scratch,
      identities: Dictionary(
        uniqueKeysWithValues: results.map { ($0.result.file, $0.job.status.identity) }))
    var entries = plan.entries
    for (job, result) in results {
      guard case .file(_, let permissions) = entries[job.number].node else { continue }
      let status: FileStatus
      do { status = try tree.status(of: result.file) } catch { throw .scratch(job.path, error) }
      entries[job.number] = entries[job.number].replacing(
        node: .file(.copy(tree, result.file, status), permissions: permissions))
    }
    return plan.replacing(entries: entries)
  }
}
