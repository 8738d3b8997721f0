/// What is known of one family of programs: by which signs they are told, what they will ask for at run
/// time, and who says so.
///
/// A value without behaviour: files of TOML are read into it, and the engine of the discovery asks it.
/// Texts in it that lead to files are *templates*: `{NAME}` stands for each of the values of a
/// ``Place``, or of what the engine knows by itself, and `.parent`, `.name` and `.stem` behind the name
/// for a part of it. A value that is an absolute path begins anew, as in a shell's `cd`. In *globs* `*`
/// stands for any text, with slashes in it too, and `?` and `[...]` for one character.
package struct Rule: Hashable, Sendable {
  /// The file's, without `.toml`.
  package let name: String
  /// The preset that its needs belong to.
  package let topic: String
  /// What the preset stands for, in a line; nil where another rule or the tool itself says it.
  package let summary: String?
  /// Where its statements can be looked up.
  package let sources: [String]
  /// What tells a program of the family; any of it.
  package let signs: Signs
  package let places: [Place]
  package let readings: [Reading]
  package let takings: [Taking]

  package init(
    name: String, topic: String, summary: String?, sources: [String], signs: Signs,
    places: [Place], readings: [Reading], takings: [Taking]
  ) {
    self.name = name
    self.topic = topic
    self.summary = summary
    self.sources = sources
    self.signs = signs
    self.places = places
    self.readings = readings
    self.takings = takings
  }
}

/// What can be seen of an object, of which any counts. Never the name of a program's file: anybody may
/// give it another.
package struct Signs: Hashable, Sendable {
  /// Beginnings of sonames; of a library without one, of its name.
  package var sonames: [String]
  /// Symbols that it takes from others.
  package var imports: [String]
  /// Symbols that it has, which others may take.
  package var definitions: [String]
  /// Globs of texts with a slash among its constants.
  package var constants: [String]
  /// Globs of other texts among its constants: they are only looked for where all else fits.
  package var texts: [String]
  /// Beginnings of the names of what reads the script.
  package var interpreters: [String]
  /// Whether only what is started counts.
  package var ofPrograms: Bool

  package init(
    sonames: [String] = [], imports: [String] = [], definitions: [String] = [],
    constants: [String] = [], texts: [String] = [], interpreters: [String] = [],
    ofPrograms: Bool = false
  ) {
    self.sonames = sonames
    self.imports = imports
    self.definitions = definitions
    self.constants = constants
    self.texts = texts
    self.interpreters = interpreters
    self.ofPrograms = ofPrograms
  }

  package var isEmpty: Bool { self == Signs() }
}

/// A name for paths that the rest of a rule is about.
package struct Place: Hashable, Sendable {
  package let name: String
  package let finding: Finding

  package init(_ name: String, _ finding: Finding) {
    self.name = name
    self.finding = finding
  }
}
