internal import Verify

/// The JSON of `verify`; same rules as for ``InspectDocument``.
package struct VerificationDocument: Encodable {
  let schemaVersion: Int
  let bundle: String
  /// Of the only image; null for what is none, and for several.
  @Nullable var image: String?
  @Nullable var platform: String?
  /// Whether no rung failed, and each could be climbed that was to be.
  let verified: Bool
  /// What a run that passed has shown: `answers`, `output`, `exit` by what was asked, or `end` (with 0) or `start`
  /// where nothing was.
  @Nullable var shown: String?
  /// Those of all images, one image after the other.
  let rungs: [Step]
  /// Each that was looked at.
  let images: [Image]

  struct Image: Encodable {
    /// Its first name, or its id.
    let image: String
    @Nullable var id: String?
    @Nullable var platform: String?
    let verified: Bool
    @Nullable var shown: String?
  }

  struct Step: Encodable {
    /// The image that it is of; null for what is none.
    @Nullable var image: String?
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

  package init(_ contents: [VerifiedContent], of name: String) {
    schemaVersion = InspectDocument.schemaVersion
    bundle = name
    let only = contents.count == 1 ? contents.first : nil
    _image = Nullable(wrappedValue: only?.image.map { escape($0) })
    _platform = Nullable(wrappedValue: contents.first?.platform.map { escape($0) })
    verified = contents.allSatisfy(\.verification.isVerified)
    _shown = Nullable(wrappedValue: only?.verification.evidence?.word)
    rungs = contents.flatMap { content in
      content.verification.rungs.map { Step($0, of: content.image) }
    }
    images = contents.compactMap { Image($0) }
  }
}

extension VerificationDocument.Image {
  fileprivate init?(_ content: VerifiedContent) {
    guard let image = content.image else { return nil }
    self.image = escape(image)
    _id = Nullable(wrappedValue: content.identifier)
    _platform = Nullable(wrappedValue: content.platform.map { escape($0) })
    verified = content.verification.isVerified
    _shown = Nullable(wrappedValue: content.verification.evidence?.word)
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
  fileprivate init(_ result: RungResult, of image: String?) {
    _image = Nullable(wrappedValue: image.map { escape($0) })
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
