internal import Archive
internal import FileTree
internal import Glibc
internal import Sandbox
internal import SystemPackage

/// The rungs from the third on: the program runs, answers, and ends.
///
/// To be used on the main thread.
struct SandboxRun {
  private let request: RunRequest
  private let source: any FileTree
  private var results: [RungResult] = []

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
    do {
      let output = try OutputCollector()
      let program: SandboxedProgram
      do {
        program = try SandboxedProgram(
          plan.request, output: output.input, isolations: request.isolations)
      } catch {
        try? output.input.close()
        return [Self.result(of: error, plan)]
      }
      try? output.input.close()
      observe(program, output, plan)
    } catch {
      results.append(RungResult(.run, .impossible("\(error)")))
    }
    return results
  }

  // MARK: What can't be run

  private static func result(of problem: RunPlan.Problem) -> RungResult {
    switch problem {
    case .ambiguous(let programs):
      RungResult(
        .run,
        .impossible(
          "several programs are in it (\(programs.prefix(4).map(\.description).joined(separator: ", "))"
            + (programs.count > 4 ? ", ...)" : ")") + "; name one with --program"))
    case .noProgram: RungResult(.run, .impossible("no program is in it"))
    case .unknownUser(let user):
      RungResult(
        .run, .failed,
        findings: [
          VerifyFinding(
            .fails, "/etc/passwd", "tells nothing of the image's user \(ByteString(user))",
            flag: "--user")
        ])
    case .noEmulator(let machine):
      RungResult(
        .run,
        .impossible(
          "it is for \(machine), and no static qemu for that is in PATH; install qemu-user-static"))
    }
  }

  private static func result(of error: SandboxError, _ plan: RunPlan) -> RungResult {
    let program = plan.request.program.description
    switch error.stage {
    case .execute:
      return RungResult(
        .run, .failed,
        findings: [VerifyFinding(.fails, program, "can't be started: \(describe(error.cause))")])
    case .directory:
      return RungResult(
        .run, .failed,
        findings: [
          VerifyFinding(
            .fails, plan.request.directory.description,
            "the working directory can't be entered: \(describe(error.cause))", flag: "--workdir")
        ])
    case .start, .namespaces, .userMap, .root, .devices, .user, .filter:
      return RungResult(
        .run,
        .impossible(
          "neither namespaces nor a changed root are allowed here (\(error.stage): "
            + "\(describe(error.cause))); run as root, or where user namespaces are allowed"))
    }
  }

  private static func describe(_ cause: Errno) -> String {
    switch cause {
    case .noSuchFileOrDirectory: "it, or its interpreter, isn't there"
    case .permissionDenied: "permission denied"
    default: cause.description
    }
  }

  // MARK: The run

  private mutating func observe(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan
  ) {
    let way = Self.describe(program, plan)
    do {
      if request.requests.isEmpty {
        try observeEnd(of: program, output, plan, way)
      } else {
        try observeServer(program, output, plan, way)
      }
    } catch {
      results.append(Self.result(of: error, plan))
    }
    let missed = MissedFiles(source: source, isEmulated: plan.request.emulator != nil)
    results.append(missed.result(of: program.missed))
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
    return words + ", as \(plan.request.user):\(plan.request.group)"
  }

  /// A program that ends by itself, or one that only has to go on.
  private mutating func observeEnd(
    of program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan,
    _ way: String
  ) throws(SandboxError) {
    let isTimed = request.expectedExit == nil && request.expectedOutput == nil
    let limit = isTimed ? request.watchTime : request.startLimit
    guard let ending = try wait(program, limit) else {
      if isTimed {
        results.append(RungResult(.run, .passed, way))
        try stop(program, plan)
      } else {
        results.append(
          RungResult(
            .run, .failed, way,
            findings: [
              VerifyFinding(
                .fails, plan.request.program.description, "hasn't ended after \(Self.text(limit))")
            ] + said(output)))
      }
      return
    }
    judge(ending, output, plan, way)
  }

  private mutating func judge(
    _ ending: SandboxEnding, _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) {
    let program = plan.request.program.description
    var findings: [VerifyFinding] = []
    switch ending {
    case .killed(let signal):
      findings.append(VerifyFinding(.fails, program, "was killed by signal \(signal)"))
    case .exited(let code):
      if let expected = request.expectedExit, expected != code {
        findings.append(VerifyFinding(.fails, program, "ended with \(code) instead of \(expected)"))
      } else if request.expectedExit == nil, code != 0 {
        findings.append(
          VerifyFinding(
            .fails, program, "ended with \(code); if it has to, say so with --expect-exit \(code)"))
      }
    }
    if let expected = request.expectedOutput, !expected.matches(output.text()) {
      findings.append(
        VerifyFinding(.fails, program, "said nothing that matches \(expected.pattern)"))
    }
    let end = if case .exited(let code) = ending { "ended with \(code)" } else { "was killed" }
    if !findings.isEmpty { findings += said(output) }
    results.append(RungResult(.run, findings.outcome, "\(end), \(way)", findings: findings))
  }

  /// The last that a program said, for who has to find out why it failed.
  private func said(_ output: OutputCollector) -> [VerifyFinding] {
    let lines = output.text().split { $0 == UInt8(ascii: "\n") }.filter { !$0.isEmpty }
    return lines.suffix(10).map { VerifyFinding(.warns, "", "said: \($0)") }
  }

  // MARK: Servers

  private mutating func observeServer(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) throws(SandboxError) {
    let end = ContinuousClock.now + request.startLimit
    var findings: [VerifyFinding] = []
    for expectation in request.requests {
      do {
        let connection = try connect(program, to: expectation.port, until: end)
        let status = try HttpProbe(expectation: expectation)
          .status(over: connection, limit: request.startLimit)
        guard status != expectation.status else { continue }
        findings.append(
          VerifyFinding(
            .fails, "\(expectation)", "answered \(status) instead of \(expectation.status)"))
      } catch {
        findings.append(VerifyFinding(.fails, "\(expectation)", Self.describe(error)))
      }
    }
    // A server that has ended tells why.
    if let ending = try program.wait(for: .zero) {
      judgeEarly(ending, output, plan, way)
      return
    }
    results.append(RungResult(.run, .passed, way))
    results.append(
      RungResult(
        .http, findings.outcome,
        "\(request.requests.count - findings.count) of \(request.requests.count) answered as expected",
        findings: findings + (findings.isEmpty ? [] : said(output))))
    try stop(program, plan)
  }

  private mutating func judgeEarly(
    _ ending: SandboxEnding, _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) {
    let words =
      switch ending {
      case .exited(let code): "ended with \(code) before it was asked to"
      case .killed(let signal): "was killed by signal \(signal)"
      }
    results.append(
      RungResult(
        .run, .failed, way,
        findings: [VerifyFinding(.fails, plan.request.program.description, words)] + said(output)))
  }

  private func connect(
    _ program: borrowing SandboxedProgram, to port: UInt16, until end: ContinuousClock.Instant
  ) throws(HttpProbe.Failure) -> FileDescriptor {
    while true {
      do {
        return try program.connect(to: port)
      } catch {
        guard error == .connectionRefused, ContinuousClock.now < end,
          request.interruption() == nil
        else { throw .connection(error) }
        usleep(10_000)
      }
    }
  }

  private static func describe(_ failure: HttpProbe.Failure) -> String {
    switch failure {
    case .connection(.connectionRefused): "nothing listens there"
    case .connection(let cause): "can't be reached: \(cause)"
    case .timeout: "gave no answer in time"
    case .noHttp(let line): "answered something that isn't HTTP: \(line)"
    }
  }

  // MARK: The end

  /// Asks the program to end as an engine does: process 1 gets the signal only if it handles it.
  private mutating func stop(
    _ program: borrowing SandboxedProgram, _ plan: RunPlan
  ) throws(SandboxError) {
    let start = ContinuousClock.now
    program.signal(plan.stopSignal)
    let name = plan.request.program.description
    let finding: VerifyFinding? =
      switch try wait(program, request.stopLimit) {
      case .exited(0), .exited(128 + plan.stopSignal): nil
      case .exited(let code):
        VerifyFinding(.fails, name, "ended with \(code) when it was asked to end")
      case .killed(let signal) where signal == plan.stopSignal && program.isolation == .chroot:
        VerifyFinding(
          .fails, name, "doesn't handle signal \(signal): as process 1 it would go on",
          flag: "--with init")
      case .killed(let signal):
        VerifyFinding(.fails, name, "was killed by signal \(signal) when it was asked to end")
      case nil:
        VerifyFinding(
          .fails, name,
          "goes on \(Self.text(request.stopLimit)) after signal \(plan.stopSignal): process 1 has to handle it",
          flag: "--with init")
      }
    let findings = [finding].compactMap(\.self)
    results.append(
      RungResult(
        .stop, findings.outcome,
        findings.isEmpty ? "ended after \(Self.text(ContinuousClock.now - start))" : "",
        findings: findings))
  }

  /// Waits in pieces, so that a signal to this process is heard.
  private func wait(
    _ program: borrowing SandboxedProgram, _ limit: Duration
  ) throws(SandboxError) -> SandboxEnding? {
    let end = ContinuousClock.now + limit
    repeat {
      if let ending = try program.wait(for: min(.milliseconds(100), end - .now)) { return ending }
    } while ContinuousClock.now < end && request.interruption() == nil
    return nil
  }

  private static func text(_ duration: Duration) -> String {
    let parts = duration.components
    return parts.seconds > 0
      ? "\(parts.seconds) s" : "\(parts.attoseconds / 1_000_000_000_000_000) ms"
  }
}
