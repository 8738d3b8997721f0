/// What goes into a bundle, and whether the program fails without it.
package struct Taking: Hashable, Sendable {
  /// Which entries it is about; of a file that is read.
  package let selection: Selection
  /// All of it belongs together.
  package let wants: [Want]
  /// Globs of paths relative to a tree that are left out of it.
  package let except: [String]
  /// Signs of which some object of the program has one; empty for any program.
  package let condition: Signs
  /// Templates: where one leads to something, nothing is taken.
  package let unless: [String]
  /// Whether the program does without it.
  package let isHint: Bool
  /// Whether it is told that nothing is there: who has the object should have that too.
  package let isExpected: Bool
  /// Whether of a tree counts only what the packages of the program's own package ask for, and what is
  /// nobody's.
  package let isAsked: Bool
  /// Nil for the rule's.
  package let topic: String?
  package let purpose: String

  package init(
    _ wants: [Want], selection: Selection = Selection(), except: [String] = [],
    condition: Signs = Signs(), unless: [String] = [], isHint: Bool = false,
    isExpected: Bool = false, isAsked: Bool = false, topic: String? = nil, purpose: String
  ) {
    self.selection = selection
    self.wants = wants
    self.except = except
    self.condition = condition
    self.unless = unless
    self.isHint = isHint
    self.isExpected = isExpected
    self.isAsked = isAsked
    self.topic = topic
    self.purpose = purpose
  }

  package struct Want: Hashable, Sendable {
    package let kind: Kind
    package let findings: [Finding]

    package init(_ kind: Kind, _ findings: [Finding]) {
      self.kind = kind
      self.findings = findings
    }
  }

  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A file, or a directory as it is.
    case path
    /// A directory without what is left out of it, and with what links in it lead to.
    case tree
    /// What the object opens by `dlopen`.
    case library
    /// An empty directory.
    case directory
    /// A user of the root, by name.
    case user
    case group
    /// Another preset, by its name.
    case preset
  }
}
