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

  /// How long a server is left alone before it is asked to end: it may still be at its last answer.
  private static let pause = Duration.milliseconds(200)

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
    do {
      let output = try OutputCollector()
      defer { output.end() }
      let program = try SandboxedProgram(
        plan.request, output: output.input, isolations: request.isolations)
      output.end()
      observe(program, output, plan)
    } catch let error as SandboxError {
      return [Self.result(of: error, plan)]
    } catch {
      return [RungResult(.run, .impossible("\(error)"))]
    }
    return results
  }

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
    if let ending = try wait(program, limit) {
      judge(ending, output, plan, way)
    } else if isOpen {
      results.append(RungResult(.run, .passed, "goes on after \(Self.text(limit)), \(way)"))
      results.append(try stop(program, output, plan))
    } else {
      let finding = VerifyFinding(
        .fails, plan.request.arguments.first?.description ?? "",
        "hasn't ended after \(Self.text(limit))")
      results.append(RungResult(.run, .failed, way, findings: [finding] + said(output)))
    }
  }

  private mutating func judge(
    _ ending: SandboxEnding, _ output: OutputCollector, _ plan: RunPlan, _ way: String
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
    if !findings.isEmpty { findings += said(output) + loneUser(plan) }
    results.append(RungResult(.run, findings.outcome, "\(end), \(way)", findings: findings))
  }

  private func missingOutput(_ output: OutputCollector, _ plan: RunPlan) -> [VerifyFinding] {
    guard let expected = request.expectedOutput, !expected.matches(output.text()) else { return [] }
    return [
      VerifyFinding(.fails, plan.name, "said nothing that matches \(expected.pattern)")
    ]
  }

  /// The last that a program said, for who has to find out why it failed.
  private func said(_ output: OutputCollector) -> [VerifyFinding] {
    let lines = output.text().split { $0 == UInt8(ascii: "\n") }.filter { !$0.isEmpty }
    return lines.suffix(10).map { line in
      let start = ByteString(line.bytes.prefix(Self.lineLimit))
      return VerifyFinding(.warns, "", "said: \(start)" + (start.count < line.count ? "..." : ""))
    }
  }

  /// What may have failed only for want of other users.
  private func loneUser(_ plan: RunPlan) -> [VerifyFinding] {
    guard geteuid() != 0, plan.request.user == 0 else { return [] }
    return [
      VerifyFinding(
        .warns, "",
        "a program that changes to another user fails here: verify as root, or set the image's user"
      )
    ]
  }

  // MARK: Servers

  private mutating func observeServer(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) throws(SandboxError) {
    let deadline = Deadline(in: request.startLimit, interruption: request.interruption)
    var findings: [VerifyFinding] = []
    for expectation in request.requests {
      do {
        let connection = try connect(program, to: expectation.port, until: deadline)
        let status = try HttpProbe(expectation: expectation, deadline: deadline)
          .status(over: connection)
        guard status != expectation.status else { continue }
        findings.append(
          VerifyFinding(
            .fails, "\(expectation)", "answered \(status) instead of \(expectation.status)"))
      } catch {
        findings.append(VerifyFinding(.fails, "\(expectation)", Self.describe(error)))
      }
    }
    // A server that has ended tells why; one that crashes at a request needs a moment for it.
    if let ending = try wait(program, Self.pause) {
      judgeEarly(ending, output, plan, way)
      return
    }
    let answered = request.requests.count - findings.count
    if !findings.isEmpty { findings += said(output) }
    let http = RungResult(
      .http, findings.outcome, "\(answered) of \(request.requests.count) answered as expected",
      findings: findings)
    let stop = try stop(program, output, plan)
    let missing = missingOutput(output, plan)
    results += [
      RungResult(
        .run, missing.outcome, way, findings: missing + (missing.isEmpty ? [] : said(output))),
      http, stop,
    ]
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
        findings: [VerifyFinding(.fails, plan.name, words)] + said(output) + loneUser(plan)))
  }

  private func connect(
    _ program: borrowing SandboxedProgram, to port: UInt16, until deadline: Deadline
  ) throws(HttpProbe.Failure) -> FileDescriptor {
    while true {
      do {
        return try program.connect(to: port)
      } catch {
        guard error == .connectionRefused || error == .timedOut, !deadline.isOver else {
          throw .connection(error)
        }
        usleep(10_000)
      }
    }
  }

  private static func describe(_ failure: HttpProbe.Failure) -> String {
    switch failure {
    case .connection(.connectionRefused): "nothing listens there"
    case .connection(let cause): "can't be reached: \(cause)"
    case .timeout: "gave no answer in time"
    case .noHttp(let line) where line.isEmpty: "closed the connection without an answer"
    case .noHttp(let line): "answered something that isn't HTTP: \(line)"
    }
  }

  // MARK: The end

  /// Asks the program to end as an engine does: process 1 gets the signal only if it handles it.
  private func stop(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan
  ) throws(SandboxError) -> RungResult {
    let start = ContinuousClock.now
    let signal = plan.stopSignal
    program.signal(signal)
    let words: String?
    switch try wait(program, request.stopLimit) {
    case .exited(0), .exited(128 + signal): words = nil
    case .exited(let code): words = "ended with \(code) when it was asked to end"
    case .killed(signal) where program.isolation == .chroot:
      words = "doesn't handle signal \(signal): as process 1 it would go on"
    case .killed(let other): words = "was killed by signal \(other) when it was asked to end"
    case nil:
      words =
        "goes on \(Self.text(request.stopLimit)) after signal \(signal): process 1 has to handle it"
    }
    guard let words else {
      return RungResult(.stop, .passed, "ended after \(Self.text(ContinuousClock.now - start))")
    }
    let needsInit = words.contains("process 1")
    let finding = VerifyFinding(.fails, plan.name, words, flag: needsInit ? "--with init" : nil)
    return RungResult(.stop, .failed, findings: [finding] + said(output))
  }

  /// Waits in pieces, so that a signal to this process is heard.
  private func wait(
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

  private static func text(_ duration: Duration) -> String {
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
