internal import FoundationEssentials

/// Renders a document as JSON: keys sorted, slashes as they are, a line end at the end.
package func renderJSON(_ document: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
}
