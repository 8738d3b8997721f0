internal import ELF
internal import FileTree
internal import SystemPackage

/// Strips one file at a time into a scratch directory.
struct FileStripper: Sendable {
  let tool: StripTool
  let scratch: ScratchDirectory
  let keepsDebuggingData: Bool
  /// The signal that asks for the end, if one came.
  let interruption: @Sendable () -> Int32?

  /// A file that a plan copies.
  struct Job: Sendable {
    /// Among the jobs of a run.
    let number: Int
    let tree: any FileTree
    /// The physical path in `tree`.
    let source: RootPath
    let status: FileStatus
    /// In the image.
    let path: RootPath
  }

  enum Outcome: Sendable {
    /// Nothing can be taken away.
    case untouched
    case stripped(Result)
    /// Something could be taken away, and it ships as it is for a reason.
    case kept(String)
    case failed(Diagnostic)
  }

  /// Paths are in the scratch directory.
  struct Result: Sendable {
    let file: RootPath
    let debug: RootPath?
    /// Where the debugging data goes, below its directory.
    let debugPlace: RootPath
  }

  /// Why a file ships as it is.
  private struct Kept: Error {
    let reason: String
  }

  func strip(_ job: Job) -> Outcome {
    do {
      return try outcome(of: job)
    } catch let kept as Kept {
      return .kept(kept.reason)
    } catch let failure as Diagnostic {
      return .failed(failure)
    } catch let oddity as ElfLayout.Oddity {
      return .kept(oddity.description)
    } catch let error as ElfReadError {
      return .kept(error.description)
    } catch {
      let cause = error as? Errno ?? .ioError
      return .failed(
        Diagnostic(
          "\(job.path): can't be stripped: \(Diagnostic.describe(cause))",
          remedy: cause == .noSpace
            ? "name a larger place for temporary files with the variable TMPDIR" : nil))
    }
  }

  private func outcome(of job: Job) throws -> Outcome {
    try checkInterruption()
    let original = try job.tree.open(job.source)
    guard original.size == job.status.size,
      original.identity == job.status.identity || original.identity == nil
    else { throw Diagnostic("\(job.path): its source changed while it was packed") }
    guard try original.read(at: 0, count: ElfHeader.magic.count) == ElfHeader.magic else {
      return .untouched
    }
    let header = try ElfHeader(reading: original)
    // A relocatable object or kernel module is linked by its symbols.
    guard header.type == .executable || header.type == .sharedObject else { return .untouched }
    let layout = try ElfLayout(reading: original, header: header)
    guard layout.isStrippable, !layout.isDebuggingDataOnly else { return .untouched }
    guard layout.segments.allSatisfy({ $0.range.upperBound <= original.size }) else {
      throw ElfLayout.Oddity.truncated
    }
    let holes = layout.holes(fileSize: original.size)
    if let offset = try StripComparison.firstContent(of: original, in: holes) {
      throw Kept(
        reason: "a strip tool would drop the data at offset 0x\(String(offset, radix: 16)), which "
          + "no section or segment holds")
    }
    let image = try ElfImage(reading: original, header: header)
    return try strip(original, layout, job, buildID: image.buildID)
  }

  private func strip(
    _ original: borrowing OpenFile, _ layout: ElfLayout, _ job: Job, buildID: [UInt8]?
  ) throws -> Outcome {
    let debugPlace = DebugFiles.place(buildID: buildID, path: job.path)
    let name = ByteString("\(job.number)")
    let directory = RootPath.root.appending(name)
    let input = directory.appending("input")
    let output = directory.appending("output")
    // The stripped file names its debugging data, so that has its real name here already.
    let debugDirectory = directory.appending("debug")
    let debug = keepsDebuggingData ? debugDirectory.appending(debugPlace.name) : nil
    try scratch.makeDirectory(directory)
    if keepsDebuggingData { try scratch.makeDirectory(debugDirectory) }
    try scratch.copy(original, to: input)
    defer { scratch.remove(input) }
    let toolJob = StripTool.Job(
      input: scratch.hostPath(input), output: scratch.hostPath(output),
      debug: debug.map(scratch.hostPath), keeping: try Self.names(of: layout.extraSections))
    for process in tool.processes(for: toolJob) {
      try run(process, job, input: toolJob.input, messages: directory.appending("messages"))
    }
    let stripped: OpenFile
    do { stripped = try scratch.tree.open(output) } catch {
      throw Kept(reason: "\(tool.name) wrote nothing")
    }
    let header: ElfHeader
    let after: ElfLayout
    do {
      header = try ElfHeader(reading: stripped)
      after = try ElfLayout(reading: stripped, header: header)
    } catch {
      throw Kept(reason: "what \(tool.name) wrote is damaged")
    }
    if let difference = try StripComparison.difference(original, layout, stripped, after) {
      throw Kept(reason: "with \(tool.name), \(difference)")
    }
    guard stripped.size < original.size else { return .untouched }
    return .stripped(Result(file: output, debug: debug, debugPlace: debugPlace))
  }

  /// Names that no tool can take for a pattern.
  private static func names(of sections: [ElfLayout.Section]) throws(Kept) -> [ByteString] {
    try sections.map { section throws(Kept) in
      let isPlain = section.name.bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
      guard isPlain, !section.name.isEmpty else {
        throw Kept(reason: "its section '\(section.name)' would be lost")
      }
      return section.name
    }
  }

  private func checkInterruption() throws(Diagnostic) {
    if let signal = interruption() {
      throw Diagnostic(
        "interrupted by signal \(signal), nothing was written", status: .interrupted(signal))
    }
  }

  private func run(
    _ process: ChildProcess, _ job: Job, input: ByteString, messages: RootPath
  ) throws {
    defer { scratch.remove(messages) }
    let ending = try process.run(output: scratch.hostPath(messages))
    guard ending != .exited(0) else { return }
    // A signal from the terminal reaches the tool as well.
    try checkInterruption()
    let said = (try? scratch.tree.head(of: messages, count: 300)) ?? []
    // A tool names the copy that it works on; the user knows the file.
    let line = ByteString(said.prefix { $0 != UInt8(ascii: "\n") }).description
      .replacing(input.description, with: job.path.description)
    let end =
      switch ending {
      case .exited(let code): "ended with \(code)"
      case .killed(let signal): "was killed by signal \(signal)"
      }
    throw Kept(reason: "\(tool.name) \(end)" + (line.isEmpty ? "" : ": \(line)"))
  }
}
