/// A group of needs that goes into a bundle as a whole, by its name on the command line.
package struct Topic: Hashable, Comparable, Sendable {
  package let name: String

  package init(_ name: String) { self.name = name }

  package static func < (left: Topic, right: Topic) -> Bool { left.name < right.name }

  /// What `dlopen` notes ask for; `--dlopen` decides.
  package static let notes = Topic("dlopen")
  /// What looks like the name of a library; `--guess` decides.
  package static let guesses = Topic("guess")
  /// The interpreters of scripts.
  package static let interpreters = Topic("interpreters")
}
