internal import Bundle
internal import FileTree
internal import Glibc
internal import Image
internal import Report
internal import Strip
internal import SystemPackage

/// Strips if that is wanted, writes the outputs, shows how far it is, and says what to do with them.
struct PackRun {
  let outputs: [Output]
  let options: WriteOptions
  /// Nil for the program's own name.
  let reference: ImageReference?
  /// Nil leaves programs and libraries as they are.
  let stripping: Stripping?
  /// Whether the outputs are for a base image.
  let needsBase: Bool
  let isQuiet: Bool
  let environment: ProcessEnvironment

  struct Stripping {
    /// Where debugging data goes, on the host; nil throws it away.
    let debugDirectory: FilePath?
  }

  func write(_ bundles: [ImageBundle]) throws(Diagnostic) {
    let toStandardOutput = outputs.contains { $0.target == .standardOutput }
    guard !toStandardOutput || isatty(STDOUT_FILENO) == 0 else {
      throw Diagnostic(
        "--output -: standard output is a terminal",
        remedy: "pipe it to a command or name a file", status: .usage)
    }
    let reference =
      reference ?? ImageAssembly.reference(for: bundles.first?.plan.programs.first)
    let signals = SignalMask()
    let summary = try signals.holding { () throws(Diagnostic) in
      let (stripped, debugFiles, report) = try strip(bundles, signals)
      let written = try write(stripped, reference, signals)
      try publish(debugFiles)
      return report + written.map { line(for: $0, stripped, reference) }.joined()
    }
    guard !isQuiet else { return }
    tell(summary, on: toStandardOutput ? .standardError : .standardOutput)
  }

  /// The outputs are in their places: that they can't be told of changes nothing.
  private func tell(_ summary: String, on stream: FileDescriptor) {
    do {
      try Terminal.write(summary, to: stream)
    } catch {
      Terminal.warn(Diagnostic("warning: \(error.message); all outputs are complete"))
    }
  }

  /// The bundles with smaller files, the debugging data that was split off, and what to say of it.
  private func strip(
    _ bundles: [ImageBundle], _ signals: SignalMask
  ) throws(Diagnostic) -> ([ImageBundle], DebugFiles, String) {
    var debugFiles = DebugFiles()
    guard let stripping else { return (bundles, debugFiles, "") }
    var result: [ImageBundle] = []
    var (files, saved) = (0, UInt64(0))
    do {
      if let directory = stripping.debugDirectory { try DebugFiles.check(directory) }
      let stripper = try PlanStripper(
        searchPath: environment.searchPath, temporaryDirectory: environment.temporaryDirectory,
        interruption: { signals.pending })
      for bundle in bundles {
        // Paths of different platforms are the same.
        let folder = bundles.count > 1 ? bundle.platform?.fileName : nil
        let stripped = try stripper.strip(
          bundle.plan,
          debuggingData: stripping.debugDirectory == nil ? .dropped : .kept(folder: folder))
        let warnings = stripped.warnings + debugFiles.add(stripped.debugFiles)
        for warning in warnings { Terminal.warn(warning.diagnostic) }
        files += stripped.strippedFileCount
        saved += stripped.savedSize
        result.append(
          ImageBundle(
            plan: stripped.plan, platform: bundle.platform, configuration: bundle.configuration))
      }
    } catch {
      throw Diagnostic(error)
    }
    var report = "stripped: \(count(files, "file")), \(renderSize(saved)) less"
    if let directory = stripping.debugDirectory {
      report +=
        "; \(count(debugFiles.count, "file")) of debugging data in \(ByteString(directory))"
    }
    return (result, debugFiles, report + "\n")
  }

  private func publish(_ debugFiles: DebugFiles) throws(Diagnostic) {
    guard let directory = stripping?.debugDirectory else { return }
    do { try debugFiles.publish(to: directory) } catch { throw Diagnostic(error) }
  }

  private func write(
    _ bundles: [ImageBundle], _ reference: ImageReference, _ signals: SignalMask
  ) throws(Diagnostic) -> [WrittenOutput] {
    let contentSize = bundles.reduce(0) { $0 + $1.plan.contentSize }
    let progress = ProgressLine(total: contentSize, isShown: !isQuiet, environment: environment)
    var options = options
    options.interruption = { signals.pending }
    var done: UInt64 = 0
    options.progress = {
      done += $0
      progress.show(done)
    }
    defer { progress.clear() }
    do {
      return try BundleWriter(outputs, reference: reference, options: options).write(bundles)
    } catch {
      progress.clear()
      let needed = NeededSpace(for: bundles, in: outputs.map(\.format))
      throw Diagnostic(error, neededSize: needed.size)
    }
  }

  private func line(
    for written: WrittenOutput, _ bundles: [ImageBundle], _ reference: ImageReference
  ) -> String {
    guard let first = bundles.first else { return "" }
    let place =
      switch written.output.target {
      case .path(let path): ByteString(path).description
      case .standardOutput: "standard output"
      }
    var facts = [renderSize(written.size)]
    if let digest = written.digest {
      let platforms = bundles.compactMap { $0.platform?.description }.joined(separator: ", ")
      facts += [platforms, digest]
    } else {
      facts.append(count(first.plan.entries.count, "entry", "entries"))
    }
    let next = NextStep(
      output: written.output, configuration: first.configuration, reference: reference,
      platforms: bundles.compactMap(\.platform), needsBase: needsBase)
    return "\(place): \(facts.joined(separator: ", "))"
      + (next.command.map { "; next: \($0)" } ?? "") + "\n"
  }
}

extension Platform {
  /// The platform as one name: `linux-arm-v7`.
  fileprivate var fileName: ByteString {
    ByteString(description.replacing("/", with: "-"))
  }
}
