internal import FoundationEssentials

/// Renders a document as JSON: keys sorted, slashes as they are, a line end at the end.
///
/// - Parameter isPretty: whether it takes many lines or one.
package func renderJSON(_ document: some Encodable, isPretty: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
}
