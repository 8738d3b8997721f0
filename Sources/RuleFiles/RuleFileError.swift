/// Why a rule's file can't be taken.
package struct RuleFileError: Error, Equatable {
  /// As it was named.
  package let file: String
  /// From 1 on; nil where it isn't known.
  package let line: Int?
  /// Such as `read.take.key`; empty for the file as a whole.
  package let key: String
  package let message: String

  package init(file: String, line: Int?, key: String, message: String) {
    self.file = file
    self.line = line
    self.key = key
    self.message = message
  }
}

extension RuleFileError: CustomStringConvertible {
  package var description: String {
    file + (line.map { ":\($0)" } ?? "") + ": " + (key.isEmpty ? "" : "\(key) ") + message
  }
}
