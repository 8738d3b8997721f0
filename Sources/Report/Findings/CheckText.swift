package import Check
internal import ELF
internal import FileTree
internal import Loader

/// Findings as text: by object, what is wrong, the evidence, and what helps, in 80 columns.
package struct CheckText {
  private let report: CheckReport
  private let faults: [CheckFault]
  private let style: TextStyle
  private var text = ""

  /// In columns.
  private static let width = 80
  /// Programs that are named; the rest is a number.
  private static let namedPrograms = 3

  /// Each bundle's findings stand below its name.
  package static func render(_ reports: [RootReport], _ style: TextStyle) -> String {
    reports.map { item in
      let isOnly = reports.count { $0.bundle == item.bundle } == 1
      let title = item.title(isOnly).map { style.paint($0 + ":", .strong) + "\n" } ?? ""
      return title + render(item.report, faults: item.faults, style)
    }.joined(separator: "\n")
  }

  package static func render(
    _ report: CheckReport, faults: [CheckFault] = [], _ style: TextStyle
  ) -> String {
    var renderer = CheckText(report: report, faults: faults, style: style)
    renderer.addFindings()
    renderer.addTotals()
    return renderer.text
  }

  private init(report: CheckReport, faults: [CheckFault], style: TextStyle) {
    self.report = report
    self.faults = faults
    self.style = style
  }

  // MARK: Findings

  /// What fails comes first; otherwise the order is that of finding.
  private mutating func addFindings() {
    var objects: [ByteString] = []
    var groups: [ByteString: [FindingGroup]] = [:]
    for shared in report.findings.findings {
      let path = shared.finding.object.path
      if groups[path] == nil { objects.append(path) }
      FindingGroup.add(shared, to: &groups[path, default: []])
    }
    for severity in Severity.allCases {
      for object in objects {
        guard let own = groups[object], own.map(\.severity).min() == severity else { continue }
        text += style.paint(object.description, .strong) + "\n"
        for severity in Severity.allCases {
          for group in own where group.severity == severity { add(group) }
        }
        text += "\n"
      }
    }
  }

  private mutating func add(_ group: FindingGroup) {
    let finding = group.first.finding
    text +=
      "  " + style.paint(finding.severity.label, finding.severity.isFatal ? .bad : .strong)
      + " " + style.paint("[\(finding.rule.rawValue)]", .faint) + "\n"
    addLines(group.message, indent: 4)
    if !group.symbols.isEmpty {
      addLines(group.symbols.joined(separator: ", "), indent: 6)
    }
    for attempt in finding.problem.attempts {
      text +=
        "      tried \(attempt.path)"
        + style.paint("  \(attempt.rule.label)", .faint) + "  \(attempt.outcome)\n"
    }
    if finding.chain.count > 1 {
      addLines(
        "loaded by " + finding.chain.dropLast().map(\.description).joined(separator: " → "),
        indent: 4)
    }
    addPrograms(group.first.programs, chain: finding.chain)
    addLines("fix: " + group.remedy, indent: 4)
  }

  /// The programs that the finding was made in, where the chain doesn't say it.
  private mutating func addPrograms(_ programs: [ByteString], chain: [ByteString]) {
    guard programs.count > 1 else { return }
    let named = programs.prefix(Self.namedPrograms).map(\.description).joined(separator: ", ")
    let more = programs.count - Self.namedPrograms
    addLines(
      "in \(programs.count) programs: \(named)" + (more > 0 ? " and \(more) more" : ""),
      indent: 4)
  }

  // MARK: Totals

  private mutating func addTotals() {
    for fault in faults {
      text += style.paint(fault.label, .bad) + ": " + fault.message + "\n"
    }
    for raise in report.floors {
      let floor = raise.floor
      let symbol = floor.symbols.first.map { Problem.symbol($0, floor.version) }
      addLines(
        "\(floor.package.rawValue) \(floor.release) or later is needed: \(raise.object.path) "
          + "asks for \(symbol ?? floor.version.description) of \(floor.library)", indent: 0)
      if raise.chain.count > 2 {
        addLines(
          "loaded by " + raise.chain.dropLast().map(\.description).joined(separator: " → "),
          indent: 2)
      }
    }
    let counts = Severity.allCases.compactMap { severity in
      let number = report.findings.count(of: severity)
      return number == 0 ? nil : severity.count(number)
    }
    let more = faults.isEmpty ? [] : [count(faults.count, "fault")]
    let isFatal = report.findings.isFatal || !faults.isEmpty
    text +=
      count(report.programs.count, "file") + " checked: "
      + style.paint(
        counts.isEmpty && more.isEmpty
          ? "no problems" : (counts + more).joined(separator: ", "), isFatal ? .bad : .good)
      + "\n"
  }

  // MARK: Lines

  /// Breaks a text at spaces; a word that is longer than a line gets one of its own.
  private mutating func addLines(_ words: String, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    var line = margin
    var isEmpty = true
    for word in words.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > Self.width {
        text += line + "\n"
        // What belongs to the line above stands a bit to the right of it.
        line = margin + "  "
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    text += line + "\n"
  }
}

extension Severity {
  fileprivate var label: String {
    switch self {
    case .fails: "fails"
    case .gate: "not as demanded"
    case .weakens: "weakens"
    case .notes: "note"
    }
  }

  fileprivate func count(_ number: Int) -> String {
    switch self {
    case .fails: Report.count(number, "failure")
    case .gate: "\(number) not as demanded"
    case .weakens: Report.count(number, "weakness", "weaknesses")
    case .notes: Report.count(number, "note")
    }
  }
}

extension Problem {
  /// The places that were searched.
  fileprivate var attempts: [SearchAttempt] {
    switch self {
    case .missingLibrary(_, _, let tried), .missingBaseline(_, _, _, let tried): tried
    default: []
    }
  }
}
