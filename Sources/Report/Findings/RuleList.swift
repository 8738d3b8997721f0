internal import Check

/// Renders all rules as a table: id, severity, what it is about.
package func renderRules(_ style: TextStyle) -> String {
  var table = TextTable()
  for rule in Rule.allCases {
    table.rows.append([
      .init(rule.rawValue, .strong), .init(rule.severity.rawValue, .faint), .init(rule.summary),
    ])
  }
  return table.render(style)
}
