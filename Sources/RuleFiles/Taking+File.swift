internal import Rules
internal import Toml

extension Taking {
  /// The tables `[[take]]`.
  static func all(
    _ reader: inout TableReader, _ scope: Scope
  ) throws(RuleFileError) -> [Taking] {
    var takings: [Taking] = []
    for table in try reader.tables("take") { takings.append(try Taking(table, scope)) }
    return takings
  }

  private init(_ table: TableReader, _ scope: Scope) throws(RuleFileError) {
    var table = table
    var wants: [Want] = []
    for kind in Kind.allCases {
      let findings = try Finding.list(kind.rawValue, of: &table, scope)
      if !findings.isEmpty { wants.append(Want(kind, findings)) }
    }
    guard !wants.isEmpty else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw table.error("must have one of \(kinds)")
    }
    self.init(
      wants, selection: scope.hasEntry ? try Selection(&table) : Selection(),
      except: try table.texts("except"), condition: try Signs("if", of: &table),
      unless: try table.templates("unless", scope), isHint: try table.flag("hint"),
      isExpected: try table.flag("expected"), isAsked: try table.flag("asked"),
      topic: try table.text("topic"), purpose: try table.required("purpose"))
    for (key, isGiven) in [("except", !except.isEmpty), ("asked", isAsked)]
    where isGiven && !wants.contains(where: { $0.kind == .tree }) {
      throw table.error("is of use beside \"tree\" only", at: key)
    }
    try table.finish()
  }
}
