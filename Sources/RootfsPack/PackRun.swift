internal import Bundle
internal import FileTree
internal import Glibc
internal import Image
internal import Report
internal import SystemPackage

/// Writes the outputs, shows how far it is, and says what to do with them.
struct PackRun {
  let outputs: [Output]
  let options: WriteOptions
  /// Nil for the program's own name.
  let reference: ImageReference?
  let isQuiet: Bool
  let environment: ProcessEnvironment

  func write(_ bundles: [ImageBundle]) throws(Diagnostic) {
    let toStandardOutput = outputs.contains { $0.target == .standardOutput }
    guard !toStandardOutput || isatty(STDOUT_FILENO) == 0 else {
      throw Diagnostic(
        "--output -: standard output is a terminal",
        remedy: "pipe it to a command or name a file", status: .usage)
    }
    guard
      let reference = reference ?? ImageAssembly.reference(for: bundles.first?.plan.programs.first)
    else { return }
    let written = try write(bundles, reference)
    guard !isQuiet else { return }
    let summary = written.map { line(for: $0, bundles, reference) }.joined()
    try Terminal.write(summary, to: toStandardOutput ? .standardError : .standardOutput)
  }

  private func write(
    _ bundles: [ImageBundle], _ reference: ImageReference
  ) throws(Diagnostic) -> [WrittenOutput] {
    let contentSize = bundles.reduce(0) { $0 + $1.plan.contentSize }
    let progress = ProgressLine(total: contentSize, isShown: !isQuiet, environment: environment)
    let signals = SignalMask()
    var options = options
    options.interruption = { signals.pending }
    var done: UInt64 = 0
    options.progress = {
      done += $0
      progress.show(done)
    }
    defer { progress.clear() }
    do {
      return try signals.holding { () throws(ArchiveError) in
        try BundleWriter(outputs, reference: reference, options: options).write(bundles)
      }
    } catch {
      progress.clear()
      // Nobody reads on: that ends the run quietly, unless it was to do something else too.
      if case .target(_, .brokenPipe) = error, outputs.count == 1 {
        exit(ExitStatus.done.rawValue)
      }
      throw Diagnostic(error, contentSize: contentSize)
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
      output: written.output, configuration: first.configuration, reference: reference)
    return "\(place): \(facts.joined(separator: ", "))"
      + (next.command.map { "; next: \($0)" } ?? "") + "\n"
  }
}
