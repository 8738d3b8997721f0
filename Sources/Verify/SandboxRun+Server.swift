internal import FileTree
internal import Glibc
internal import Sandbox
internal import SystemPackage

extension SandboxRun {
  /// How long a server is left alone before it is asked to end: it may still be at its last answer.
  private static let pause = Duration.milliseconds(200)

  // MARK: Servers

  mutating func observeServer(
    _ program: borrowing SandboxedProgram, _ output: OutputCollector, _ plan: RunPlan, _ way: String
  ) throws(SandboxError) {
    let deadline = Deadline(in: request.startLimit, interruption: request.interruption)
    let answers = [tcp(program, deadline), http(program, deadline)].compactMap(\.self)
    // A server that has ended tells why; one that crashes at a request needs a moment for it.
    if let ending = try wait(program, Self.pause) {
      judgeEarly(ending, output, plan, way)
      return
    }
    let stop = try stop(program, output, plan)
    let missing = missingOutput(output, plan)
    let hasFailed = answers.contains { $0.outcome == .failed }
    results.append(
      RungResult(
        .run, missing.outcome, way,
        findings: missing + (missing.isEmpty && !hasFailed ? [] : said(output)), evidence: .answers)
    )
    results += answers + [stop]
  }

  /// Whether it takes connections; nil where nobody asks.
  private func tcp(
    _ program: borrowing SandboxedProgram, _ deadline: Deadline
  ) -> RungResult? {
    guard !request.ports.isEmpty else { return nil }
    var findings: [VerifyFinding] = []
    for port in request.ports {
      do {
        try connect(program, to: port.number, until: deadline).close()
      } catch let failure as HttpProbe.Failure {
        findings.append(VerifyFinding(.fails, "\(port)", Self.describe(failure)))
      } catch {
        findings.append(VerifyFinding(.fails, "\(port)", "can't be closed: \(error)"))
      }
    }
    let count = request.ports.count
    return RungResult(
      .tcp, findings.outcome, "\(count - findings.count) of \(count) took a connection",
      findings: findings)
  }

  /// What it answers; nil where nobody asks.
  private func http(
    _ program: borrowing SandboxedProgram, _ deadline: Deadline
  ) -> RungResult? {
    guard !request.requests.isEmpty else { return nil }
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
    let count = request.requests.count
    return RungResult(
      .http, findings.outcome, "\(count - findings.count) of \(count) answered as expected",
      findings: findings)
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
  func stop(
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
}
