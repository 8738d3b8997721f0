internal import Archive
internal import Discovery
internal import FileTree
internal import Glibc
internal import Sandbox
internal import SystemPackage

/// The rungs from the third on: the program runs, answers, and ends.
///
/// To be used on the main thread.
struct SandboxRun {
  let request: RunRequest
  private let source: any FileTree
  var results: [RungResult] = []

  /// In bytes of what a program said.
  private static let lineLimit = 500

  /// - Parameter source: the root that the bundle was packed from, for what the run misses.
  init(_ request: RunRequest, source: any FileTree) {
    self.request = request
    self.source = source
  }

  mutating func results(for bundle: ReadBundle) -> [RungResult] {
    let plan: RunPlan
    do {
      plan = try RunPlan(request, of: bundle)
    } catch {
      return [Self.result(of: error)]
    }
    // The kernel would only refuse it where it counts what files give.
    let refused = plan.request.capabilities?.refused ?? []
    guard refused.isEmpty else {
      return [
        Self.result(of: StartFault.capabilities(ByteString(plan.name), refused: refused), plan)
      ]
    }
    do {
      let output = try OutputCollector()
      defer { output.end() }
      let program = try SandboxedProgram(
        plan.request, output: output.input,
        isolations: request.isolations.filter { $0.suffices(for: plan.request) })
      output.end()
      observe(program, output, plan, in: bundle.tree)
    } catch let error as SandboxError {
      return [Self.result(of: error, plan)]
    } catch {
      return [RungResult(.run, .impossible("\(error)"))]
    }
    return results
  }

  private mutating func observe(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan,
    in bundle: any FileTree
  ) {
    let way = Self.describe(program, plan)
    do {
      if request.asksServer {
        try observeServer(program, output, plan, way)
      } else {
        try observeEnd(of: program, output, plan, way)
      }
    } catch {
      results.append(Self.result(of: error, plan))
    }
    let files = MissedFiles(
      source: source, bundle: bundle, isEmulated: plan.request.emulator != nil)
    results.append(files.result(of: program.watched))
  }

  /// A plain word about how it ran.
  private static func describe(_ program: borrowing SandboxedProgram, _ plan: RunPlan) -> String {
    var words =
      program.isolation == .namespaces
      ? "in namespaces"
      : "in a changed root, with seccomp" + (program.isReadOnly ? " and Landlock" : "")
    words += program.isReadOnly ? ", the root read-only" : ", the root writable"
    if !program.hasProc { words += ", without /proc" }
    if plan.request.emulator != nil { words += ", emulated" }
    words += ", as \(plan.request.user):\(plan.request.group)"
    // A user namespace that anybody may make has one user and one group, so that no mode is in the way.
    return words + (geteuid() == 0 ? "" : ", the only user, who owns all files")
  }

  // MARK: Programs that end

  /// A program that ends by itself, or one that only has to go on.
  private mutating func observeEnd(
    of program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan,
    _ way: String
  ) throws(SandboxError) {
    let isOpen = request.expectedExit == nil && request.expectedOutput == nil
    let limit = isOpen ? request.watchTime : request.startLimit
    let start = ContinuousClock.now
    if let ending = try wait(program, limit) {
      judge(ending, after: ContinuousClock.now - start, program, output, plan, way)
    } else if isOpen {
      results.append(
        RungResult(
          .run, .passed, "goes on after \(Self.text(limit)), \(way)", evidence: .start(limit)))
      results.append(try stop(program, output, plan))
    } else {
      let finding = VerifyFinding(
        .fails, plan.request.arguments.first?.description ?? "",
        "hasn't ended after \(Self.text(limit))")
      results.append(RungResult(.run, .failed, way, findings: [finding] + said(output)))
    }
  }

  private mutating func judge(
    _ ending: SandboxEnding, after time: Duration, _ started: borrowing SandboxedProgram,
    _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) {
    let program = plan.name
    var findings: [VerifyFinding] = []
    var end = "was killed"
    switch ending {
    case .killed(let signal):
      findings.append(VerifyFinding(.fails, program, "was killed by signal \(signal)"))
    case .exited(let code):
      end = "ended with \(code)"
      if let expected = request.expectedExit, expected != code {
        findings.append(VerifyFinding(.fails, program, "\(end) instead of \(expected)"))
      } else if request.expectedExit == nil, code != 0 {
        findings.append(
          VerifyFinding(.fails, program, "\(end); if it has to, say so with --expect-exit \(code)"))
      }
    }
    findings += missingOutput(output, plan)
    let evidence: RunEvidence =
      request.expectedOutput != nil ? .output : request.expectedExit != nil ? .exit : .end(time)
    if !findings.isEmpty { findings += said(output) + loneUser(plan) }
    if !findings.isEmpty || evidence == .end(time) {
      findings += ChildFailures(of: started, plan).findings(hasFailed: !findings.isEmpty)
    }
    results.append(
      RungResult(
        .run, findings.outcome, "\(end), \(way)", findings: findings + earlyEnd(plan, evidence),
        evidence: evidence))
  }

  /// What started a server in the background, or found out that it can't, ends well too.
  private func earlyEnd(_ plan: RunPlan, _ evidence: RunEvidence) -> [VerifyFinding] {
    guard case .end = evidence, let port = plan.exposedPorts.first else { return [] }
    return [
      VerifyFinding(
        .warns, plan.name,
        "ended by itself, although the image exposes \(port): --tcp :PORT would ask for it")
    ]
  }

  func missingOutput(_ output: OutputCollector, _ plan: RunPlan) -> [VerifyFinding] {
    guard let expected = request.expectedOutput, !expected.matches(output.text()) else { return [] }
    return [
      VerifyFinding(.fails, plan.name, "said nothing that matches \(expected.pattern)")
    ]
  }

  /// The last that a program said, for who has to find out why it failed.
  func said(_ output: OutputCollector) -> [VerifyFinding] {
    let lines = output.text().split { $0 == UInt8(ascii: "\n") }.filter { !$0.isEmpty }
    return lines.suffix(10).map { line in
      let start = ByteString(line.bytes.prefix(Self.lineLimit))
      return VerifyFinding(.warns, "", "said: \(start)" + (start.count < line.count ? "..." : ""))
    }
  }

  /// What may have failed only for want of other users.
  func loneUser(_ plan: RunPlan) -> [VerifyFinding] {
    guard geteuid() != 0, plan.request.user == 0 else { return [] }
    return [
      VerifyFinding(
        .warns, "",
        "a program that changes to another user fails here: verify as root, or set the image's user"
      )
    ]
  }

  // MARK: Time

  /// Waits in pieces, so that a signal to this process is heard.
  func wait(
    _ program: borrowing SandboxedProgram, _ limit: Duration
  ) throws(SandboxError) -> SandboxEnding? {
    let deadline = Deadline(in: limit, interruption: request.interruption)
    repeat {
      if let ending = try program.wait(for: min(.milliseconds(100), deadline.rest)) {
        return ending
      }
    } while !deadline.isOver
    return nil
  }

  static func text(_ duration: Duration) -> String {
    let parts = duration.components
    return parts.seconds > 0
      ? "\(parts.seconds) s" : "\(parts.attoseconds / 1_000_000_000_000_000) ms"
  }
}

extension RunPlan {
  /// The program as its user knows it.
  var name: String {
    request.emulator == nil
      ? request.program.description : request.arguments.dropFirst(2).first?.description ?? ""
  }
}
