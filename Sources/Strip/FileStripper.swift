internal import ELF
internal import FileTree
internal import SystemPackage

/// Strips one file at a time into a scratch directory.
struct FileStripper: Sendable {
  let tool: StripTool
  let scratch: ScratchDirectory
  let debuggingData: PlanStripper.DebuggingData
  /// The signal that asks for the end, if one came.
  let interruption: @Sendable () -> Int32?

  /// A file that a plan copies.
  struct Job: Sendable {
    /// The entry's place in the plan.
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
    case kept(KeptReason)
    case failed(StripError)
  }

  struct Result: Sendable {
    /// In the scratch directory.
    let file: RootPath
    /// Nil if debugging data isn't kept.
    let debug: DebugFiles.File?
  }

  func strip(_ job: Job) -> Outcome {
    let directory = RootPath.root.appending(ByteString("\(job.number)"))
    let outcome: Outcome
    do {
      outcome = try strip(job, in: directory)
    } catch let reason as KeptReason {
      outcome = .kept(reason)
    } catch let failure as StripError {
      outcome = .failed(failure)
    } catch ElfLayout.Oddity.truncated {
      outcome = .kept(.truncated)
    } catch ElfLayout.Oddity.unusualTables {
      outcome = .kept(.unusualTables)
    } catch ElfLayout.Oddity.system(let cause), ElfReadError.system(let cause) {
      outcome = .failed(.source(job.path, cause))
    } catch let error as ElfReadError {
      outcome = .kept(.unreadable(error))
    } catch {
      outcome = .failed(.source(job.path, error as? Errno ?? .ioError))
    }
    if case .stripped = outcome { return outcome }
    // What a tool leaves is as large as what it reads: only what ships may wait for the end.
    scratch.removeDirectory(directory)
    return outcome
  }

  /// - Parameter directory: the job's own in the scratch directory, not made yet.
  private func strip(_ job: Job, in directory: RootPath) throws -> Outcome {
    try checkInterruption()
    let original = try job.tree.open(job.source)
    guard original.isUnchanged(since: job.status) else { throw StripError.sourceChanged(job.path) }
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
      throw KeptReason.strayData(offset: offset)
    }
    let image = try ElfImage(reading: original, header: header)
    let place = DebugFiles.place(buildID: image.buildID, path: job.path, folder: folder)
    let result = try strip(original, layout, job, in: directory, debugPlace: place)
    // It was read more than once, and all of that must be the same file.
    guard original.isUnchanged(since: job.status) else { throw StripError.sourceChanged(job.path) }
    return result
  }

  private var folder: ByteString? {
    guard case .kept(let folder) = debuggingData else { return nil }
    return folder
  }

  private func strip(
    _ original: borrowing OpenFile, _ layout: ElfLayout, _ job: Job, in directory: RootPath,
    debugPlace: RootPath
  ) throws -> Outcome {
    let input = directory.appending("input")
    let output = directory.appending("output")
    // The stripped file names its debugging data, so that has its real name here already.
    let debugDirectory = directory.appending("debug")
    let debug = debuggingData == .dropped ? nil : debugDirectory.appending(debugPlace.name)
    do {
      try scratch.makeDirectory(directory)
      if debug != nil { try scratch.makeDirectory(debugDirectory) }
      try scratch.copy(original, to: input)
    } catch CopyError.reading(let cause) {
      throw StripError.source(job.path, cause)
    } catch CopyError.writing(let cause) {
      throw StripError.scratch(job.path, cause)
    } catch {
      throw StripError.scratch(job.path, error as? Errno ?? .ioError)
    }
    defer { scratch.remove(input) }
    let toolJob = StripTool.Job(
      input: scratch.hostPath(input), output: scratch.hostPath(output),
      debug: debug.map(scratch.hostPath), keeping: try Self.names(of: layout.extraSections))
    for process in tool.processes(for: toolJob) {
      try run(process, job, input: toolJob.input, messages: directory.appending("messages"))
    }
    guard let stripped = try? scratch.tree.open(output) else {
      throw KeptReason.nothingWritten(tool: tool.name)
    }
    if let debug, (try? scratch.tree.status(of: debug).kind) != .regular {
      throw KeptReason.noDebuggingData(tool: tool.name)
    }
    let header: ElfHeader
    let after: ElfLayout
    do {
      header = try ElfHeader(reading: stripped)
      after = try ElfLayout(reading: stripped, header: header)
    } catch {
      throw KeptReason.damagedOutput(tool: tool.name)
    }
    if let difference = try StripComparison.difference(original, layout, stripped, after) {
      throw KeptReason.difference(tool: tool.name, difference)
    }
    guard stripped.size < original.size else { return .untouched }
    let file = debug.map {
      DebugFiles.File(place: debugPlace, object: job.path, scratch: scratch, path: $0)
    }
    return .stripped(Result(file: output, debug: file))
  }

  /// Names that no tool can take for a pattern.
  private static func names(of sections: [ElfLayout.Section]) throws(KeptReason) -> [ByteString] {
    try sections.map { section throws(KeptReason) in
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
        throw .unnameableSection(section.name)
      }
      return section.name
    }
  }

  private func checkInterruption() throws(StripError) {
    if let signal = interruption() { throw .interrupted(signal: signal) }
  }

  private func run(
    _ process: ChildProcess, _ job: Job, input: ByteString, messages: RootPath
  ) throws {
    defer { scratch.remove(messages) }
    let ending: ChildProcess.Ending
    do {
      ending = try process.run(output: scratch.hostPath(messages), interruption: interruption)
    } catch {
      throw StripError.tool(job.path, name: tool.name, error)
    }
    let failure: ToolEnding
    switch ending {
    case .exited(0): return
    case .exited(let code): failure = .exited(code)
    case .killed(let signal): failure = .killed(signal: signal)
    case .interrupted(let signal): throw StripError.interrupted(signal: signal)
    }
    let said = (try? scratch.tree.head(of: messages, count: 300)) ?? []
    // A tool names the copy that it works on; the user knows the file.
    let line = ByteString(said.prefix { $0 != UInt8(ascii: "\n") }).description
      .replacing(input.description, with: job.path.description)
    throw KeptReason.toolFailed(tool.name, failure, said: ByteString(line))
  }
}
