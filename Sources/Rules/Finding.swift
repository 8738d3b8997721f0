/// A way to come to paths, or to other values, and which of them count.
package struct Finding: Hashable, Sendable {
  package let origin: Origin
  package let filter: Filter

  package init(_ origin: Origin, _ filter: Filter = Filter()) {
    self.origin = origin
    self.filter = filter
  }

  package indirect enum Origin: Hashable, Sendable {
    /// A template; signs of a pattern in what comes of it stand for the files that there are.
    case path(String)
    /// Texts with a slash among the object's constants that globs match, also in lists with colons,
    /// semicolons or blanks.
    case constant([String])
    /// Whole texts among the object's constants that globs match.
    case text([String])
    /// What follows one of some texts in a constant with a slash: up to the quotation mark that the text ends
    /// in, or to a blank or any quotation mark.
    case after([String])
    /// The nearest directory above that of a template's file in which one of some templates leads to
    /// something.
    case above(String, has: [String])
    /// The values that configuration files have for a key.
    case entry(files: [Finding], grammar: Grammar, Selection)
    /// All of what some find.
    case all([Finding])
    /// What the first that finds something does.
    case first([Finding])
  }

  /// What of the values counts.
  package struct Filter: Hashable, Sendable {
    /// What the paths lead to; nil for anything that is there.
    package var kind: Kind?
    /// Templates, relative to the value, of which one leads to something.
    package var has: [String]
    /// Globs of values that don't count; one without a slash is about the last name.
    package var except: [String]
    /// Templates: the value leads to the same file as one of them.
    package var same: [String]
    /// Templates: it leads to none of their files.
    package var differs: [String]
    /// A glob of the file's name: what its star stands for is a text of the object.
    package var named: String?
    /// Which object of the program ``named`` is about, instead of the one that the rule is.
    package var namedBy: Signs?
    /// Whether of files with the same name only the first counts.
    package var hidesNames: Bool

    package init(
      kind: Kind? = nil, has: [String] = [], except: [String] = [],
      same: [String] = [], differs: [String] = [], named: String? = nil,
      namedBy: Signs? = nil, hidesNames: Bool = false
    ) {
      self.kind = kind
      self.has = has
      self.except = except
      self.same = same
      self.differs = differs
      self.named = named
      self.namedBy = namedBy
      self.hidesNames = hidesNames
    }
  }

  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Not a path, or one that needn't be there.
    case text
    case file
    case directory
    /// A file that begins with `#!`.
    case script
    /// An ELF file.
    case program
  }
}
