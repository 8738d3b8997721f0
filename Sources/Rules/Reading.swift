/// A configuration file and what its lines mean.
package struct Reading: Hashable, Sendable {
  package let files: [Finding]
  package let grammar: Grammar
  /// What the file is for; nil for one that only goes with what it leads to.
  package let purpose: String?
  /// Whether the program does without the file.
  package let isHint: Bool
  /// Whether the file goes along at all, or is only read.
  package let isPacked: Bool
  package let includes: [Include]
  package let definitions: [Definition]
  package let takings: [Taking]

  package init(
    files: [Finding], grammar: Grammar, purpose: String?, isHint: Bool = false,
    isPacked: Bool = true, includes: [Include] = [], definitions: [Definition] = [],
    takings: [Taking] = []
  ) {
    self.files = files
    self.grammar = grammar
    self.purpose = purpose
    self.isHint = isHint
    self.isPacked = isPacked
    self.includes = includes
    self.definitions = definitions
    self.takings = takings
  }

  /// Entries that name more files of the same kind.
  package struct Include: Hashable, Sendable {
    package let selection: Selection
    package let files: [Finding]

    package init(_ selection: Selection, _ files: [Finding]) {
      self.selection = selection
      self.files = files
    }
  }

  /// Entries that give a name to a value, for what comes behind them. One that asks for nothing of an
  /// entry counts from the beginning.
  package struct Definition: Hashable, Sendable {
    package let selection: Selection
    package let target: Target
    /// A template.
    package let value: String

    package enum Target: Hashable, Sendable {
      /// `$NAME` and `${NAME}` in values; the name is a template.
      case variable(String)
      /// A ``Place``, by its name.
      case place(String)
    }

    package init(_ selection: Selection, _ target: Target, value: String) {
      self.selection = selection
      self.target = target
      self.value = value
    }
  }
}

/// How a file is divided into entries: a key, a value and its words, and a section.
package enum Grammar: String, CaseIterable, Hashable, Sendable {
  /// Every line that isn't a comment is a value, without a key.
  case lines
  /// `[section]`, `key = value` or `key: value`, or a key and words.
  case ini
  /// A key and words in each line, as sshd and httpd have them; what is in quotes or brackets is one.
  case words
  /// Words up to `;`, `{` or `}`, as nginx has them.
  case directives
  /// `NAME=VALUE`, as shells have it; what isn't known of a value is nothing.
  case assignments
  /// The texts of elements: the key is the element's name.
  case xml
  /// The texts of a JSON document: the key is that of the innermost object.
  case json
}

/// Which entries of a file count; what is empty or nil says nothing.
package struct Selection: Hashable, Sendable {
  /// Globs, whatever the case of letters.
  package var keys: [String]
  /// Globs of the whole value.
  package var values: [String]
  /// Globs.
  package var sections: [String]
  /// Other entries that stand in the same section of the same file: each a key and a glob of its value.
  package var having: [Pair]
  /// What a value is divided at, into several that count each for itself.
  package var separator: String?
  /// Texts: what follows one in the value, up to what can't be in a name or path, is the value instead.
  package var after: [String]

  package init(
    keys: [String] = [], values: [String] = [], sections: [String] = [], having: [Pair] = [],
    separator: String? = nil, after: [String] = []
  ) {
    self.keys = keys
    self.values = values
    self.sections = sections
    self.having = having
    self.separator = separator
    self.after = after
  }

  package struct Pair: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }
}
