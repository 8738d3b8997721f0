internal import Bundle
internal import FileTree
internal import Parallel
internal import SystemPackage

/// A plan whose programs and libraries are without debugging data and tables of symbols.
///
/// The plan's new files last as long as the plan.
struct StrippedPlan {
  let plan: BundlePlan
  /// In the plan's order: what could be stripped and ships as it is.
  let warnings: [Diagnostic]
  let strippedFileCount: Int
  /// In bytes.
  let savedSize: UInt64
  /// Files of debugging data that were written.
  let debugFileCount: Int
}

/// Replaces the ELF files of a plan by copies without what only a debugger reads.
///
/// Nothing of the input is executed, and no file is replaced by one that would load differently.
struct PlanStripper {
  private let tool: StripTool
  /// Where temporary files go, on the host.
  private let temporaryDirectory: FilePath
  private let interruption: @Sendable () -> Int32?

  /// - Parameters:
  ///   - searchPath: where the strip tool is looked for, as in the variable PATH.
  ///   - temporaryDirectory: on the host.
  ///   - interruption: asked before each file: the signal that asks for the end, if one came.
  init(
    searchPath: ByteString, temporaryDirectory: FilePath,
    interruption: @escaping @Sendable () -> Int32? = { nil }
  ) throws(Diagnostic) {
    tool = try StripTool(searchPath: searchPath)
    self.temporaryDirectory = temporaryDirectory
    self.interruption = interruption
  }

  /// Strips what can be stripped.
  ///
  /// - Parameter debugDirectory: where the debugging data goes, on the host; nil throws it away.
  func strip(
    _ plan: BundlePlan, debugDirectory: FilePath?
  ) throws(Diagnostic) -> StrippedPlan {
    let scratch = try ScratchDirectory(in: temporaryDirectory)
    let stripper = FileStripper(
      tool: tool, scratch: scratch, keepsDebuggingData: debugDirectory != nil,
      interruption: interruption)
    let jobs = plan.entries.enumerated().compactMap { number, entry -> FileStripper.Job? in
      guard case .file(.copy(let tree, let source, let status), _) = entry.node else { return nil }
      return FileStripper.Job(
        number: number, tree: tree, source: source, status: status, path: entry.path)
    }
    let outcomes = Workers<Void> { () }.map(jobs) { _, job in stripper.strip(job) }
    var results: [(job: FileStripper.Job, result: FileStripper.Result)] = []
    var warnings: [Diagnostic] = []
    for (job, outcome) in zip(jobs, outcomes) {
      switch outcome {
      case .untouched: break
      case .stripped(let result): results.append((job, result))
      case .kept(let reason):
        warnings.append(Diagnostic("warning: \(job.path): not stripped: \(reason)"))
      case .failed(let failure): throw failure
      }
    }
    var debugFileCount = 0
    if let debugDirectory {
      debugFileCount = try publish(results.map(\.result), from: scratch, to: debugDirectory)
    }
    let stripped = try replaceFiles(of: plan, by: results, in: scratch)
    return StrippedPlan(
      plan: stripped, warnings: warnings, strippedFileCount: results.count,
      savedSize: plan.contentSize - stripped.contentSize, debugFileCount: debugFileCount)
  }

  private func publish(
    _ results: [FileStripper.Result], from scratch: ScratchDirectory, to directory: FilePath
  ) throws(Diagnostic) -> Int {
    let debugFiles = DebugFiles(directory: directory)
    var places: Set<RootPath> = []
    for result in results {
      // One build at two paths has its debugging data once.
      guard let debug = result.debug, places.insert(result.debugPlace).inserted else { continue }
      let file: OpenFile
      do { file = try scratch.tree.open(debug) } catch {
        throw Diagnostic("\(tool.name) wrote no debugging data for \(result.debugPlace)")
      }
      try debugFiles.add(file, at: result.debugPlace)
      scratch.remove(debug)
    }
    return places.count
  }

  private func replaceFiles(
    of plan: BundlePlan, by results: [(job: FileStripper.Job, result: FileStripper.Result)],
    in scratch: ScratchDirectory
  ) throws(Diagnostic) -> BundlePlan {
    guard !results.isEmpty else { return plan }
    let tree = StrippedFiles(
      directory: scratch,
      identities: Dictionary(
        uniqueKeysWithValues: results.map { ($0.result.file, $0.job.status.identity) }))
    var entries = plan.entries
    for (job, result) in results {
      guard case .file(_, let permissions) = entries[job.number].node else { continue }
      let status: FileStatus
      do { status = try tree.status(of: result.file) } catch {
        throw Diagnostic("\(job.path): its stripped copy is lost: \(Diagnostic.describe(error))")
      }
      entries[job.number] = entries[job.number].replacing(
        node: .file(.copy(tree, result.file, status), permissions: permissions))
    }
    return plan.replacing(entries: entries)
  }
}
