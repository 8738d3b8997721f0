package import Verify

/// The JSON of `verify`; same rules as for ``InspectDocument``.
package struct VerificationDocument: Encodable {
  let schemaVersion: Int
  let bundle: String
  @Nullable var platform: String?
  /// Whether no rung failed, and each could be climbed that was to be.
  let verified: Bool
  /// What a run that passed has shown: `answers`, `output`, `exit` by what was asked, or `end` (with 0) or `start`
  /// where nothing was.
  @Nullable var shown: String?
  let rungs: [Step]

  struct Step: Encodable {
    /// `structure`, `loader`, `run`, `tcp`, `http`, `stop` or `missed`.
    let rung: String
    /// `passed`, `failed`, `skipped` or `impossible`.
    let outcome: String
    /// What was done, or why it wasn't.
    let summary: String
    let findings: [Finding]
  }

  struct Finding: Encodable {
    /// `fails` or `warns`.
    let severity: String
    /// A path in the bundle, or a place in the archive; null for the whole.
    @Nullable var object: String?
    let message: String
    /// The option of `pack` that would have helped.
    @Nullable var option: String?
  }

  package init(_ verification: Verification, of name: String, _ platform: String?) {
    schemaVersion = InspectDocument.schemaVersion
    bundle = name
    _platform = Nullable(wrappedValue: platform.map { escape($0) })
    verified = verification.isVerified
    _shown = Nullable(wrappedValue: verification.evidence?.word)
    rungs = verification.rungs.map { Step($0) }
  }
}

extension RunEvidence {
  fileprivate var word: String {
    switch self {
    case .answers: "answers"
    case .output: "output"
    case .exit: "exit"
    case .end: "end"
    case .start: "start"
    }
  }
}

extension VerificationDocument.Step {
  fileprivate init(_ result: RungResult) {
    rung = result.rung.rawValue
    (outcome, summary) =
      switch result.outcome {
      case .passed: ("passed", result.summary)
      case .failed: ("failed", result.summary)
      case .skipped(let reason): ("skipped", reason)
      case .impossible(let reason): ("impossible", reason)
      }
    findings = result.findings.map { finding in
      VerificationDocument.Finding(
        severity: finding.severity.rawValue,
        object: Nullable(wrappedValue: finding.object.isEmpty ? nil : finding.object),
        message: finding.message, option: Nullable(wrappedValue: finding.flag))
    }
  }
}
