internal import Verify

/// Renders what came of a verification: for each image a row for each rung, its findings below it.
///
/// - Parameter name: of the bundle, in a form for every terminal.
package func renderVerifications(
  _ contents: [VerifiedContent], of name: String, _ style: TextStyle
) -> String {
  let isOne = contents.count == 1
  return contents.map { content in
    let subject = name + (isOne ? "" : content.image.map { ", " + escape($0) } ?? "")
    return render(
      content.verification, of: subject + (content.platform.map { " (\(escape($0)))" } ?? ""), style
    )
  }.joined(separator: "\n")
}

private func render(
  _ verification: Verification, of subject: String, _ style: TextStyle
) -> String {
  let width = Rung.allCases.map(\.rawValue.count).max() ?? 0
  var text = ""
  for rung in verification.rungs {
    let padding = String(repeating: " ", count: width - rung.rung.rawValue.count + 2)
    text += rung.rung.rawValue + padding + rung.outcome.render(style)
    let words = rung.words
    text += (words.isEmpty ? "" : "  " + words) + "\n"
    for finding in rung.findings { text += render(finding, style) }
  }
  return text + subject + ": " + verification.verdict(style) + "\n"
}

private func render(_ finding: VerifyFinding, _ style: TextStyle) -> String {
  let mark =
    switch finding.severity {
    case .fails: style.paint("fails", .bad)
    case .warns: "note "
    }
  let object = finding.object.isEmpty ? "" : finding.object + ": "
  let flag = finding.flag.map { "  " + style.paint($0, .strong) } ?? ""
  return "  \(mark)  \(object)\(finding.message)\(flag)\n"
}

extension RungResult.Outcome {
  fileprivate func render(_ style: TextStyle) -> String {
    switch self {
    case .passed: style.paint("passed", .good)
    case .failed: style.paint("failed", .bad)
    case .skipped: "left out"
    case .impossible: style.paint("can't be done", .bad)
    }
  }
}

extension RungResult {
  /// Its summary, or why there is none.
  fileprivate var words: String {
    switch outcome {
    case .passed, .failed: summary
    case .skipped(let reason), .impossible(let reason): reason
    }
  }
}

extension Verification {
  fileprivate func verdict(_ style: TextStyle) -> String {
    if hasFailed { return style.paint("is broken", .bad) }
    if isOutOfReach { return style.paint("couldn't be verified", .bad) }
    guard let evidence else { return style.paint("nothing wrong was found", .good) }
    return style.paint("runs", .good) + (evidence.limits.map { " (\($0))" } ?? "")
  }
}

extension RunEvidence {
  /// What wasn't shown; nil where the user said what had to be.
  fileprivate var limits: String? {
    switch self {
    case .answers, .output, .exit: nil
    case .end(let time):
      "it ended with 0 after \(text(time)), nothing of it goes on; nothing else was asked of it"
    case .start(let time): "it went on for \(text(time)); nothing else was asked of it"
    }
  }

  private func text(_ time: Duration) -> String {
    let (seconds, rest) = time.components
    return seconds > 0 ? "\(seconds) s" : "\(rest / 1_000_000_000_000_000) ms"
  }
}
