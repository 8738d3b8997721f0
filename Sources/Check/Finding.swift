package import FileTree

/// One thing that is wrong with one object.
package struct Finding: Hashable, Sendable {
  package let problem: Problem
  package let severity: Severity
  package let object: FoundObject
  /// Objects by whose requests it is loaded: the program first, itself last. Paths as the loader opens
  /// them.
  package let chain: [ByteString]

  package var rule: Rule { problem.rule }

  package init(
    _ problem: Problem, severity: Severity? = nil, object: FoundObject, chain: [ByteString]
  ) {
    self.problem = problem
    self.severity = severity ?? problem.rule.severity
    self.object = object
    self.chain = chain
  }
}

/// The object that a finding is about.
package struct FoundObject: Hashable, Sendable {
  /// As the loader opens it: links unresolved.
  package let path: ByteString
  /// In-root, links resolved.
  package let real: RootPath

  package init(path: ByteString, real: RootPath) {
    self.path = path
    self.real = real
  }
}
