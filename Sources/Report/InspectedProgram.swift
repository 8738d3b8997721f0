package import Discovery
package import FileTree
package import Loader

/// What `inspect` shows of one subject.
package struct InspectedProgram: Sendable {
  /// In-root, as it was named.
  package let path: ByteString
  /// What loads at its start; of a script, for the last of its interpreters.
  package let closures: ProgramClosures
  /// How a script is started; nil for an ELF file.
  package let script: ScriptChain?
  /// What it asks for at run time.
  package let needs: [FoundNeed]
  /// What loads with all that its notes have it open; nil where that isn't asked.
  package let opened: ClosureGraph?

  package init(
    path: ByteString, closures: ProgramClosures, script: ScriptChain? = nil,
    needs: [FoundNeed] = [], opened: ClosureGraph? = nil
  ) {
    self.path = path
    self.closures = closures
    self.script = script
    self.needs = needs
    self.opened = opened
  }

  /// What a note says that it can't do without, and that isn't there to be opened: it is missing like a
  /// library that is linked.
  package var missingOpenings: [LibraryRequest] {
    let known = Set(closures.graph.missing.map(\.name))
    return (opened?.missing ?? []).filter { $0.kind == .dlopen && !known.contains($0.name) }
  }

  package var isComplete: Bool { closures.isComplete && missingOpenings.isEmpty }

  /// An ELF file of which nothing but its closure is told.
  package init(_ closures: ProgramClosures) {
    self.init(path: closures.graph.subject.openedPath, closures: closures)
  }

  /// What its packager wrote into it; nil for a script.
  package var package: PackageMetadata? {
    script == nil ? PackageMetadata(closures.graph.subject.image) : nil
  }
}

extension InspectedProgram {
  /// What stands above the closure of a script: how it comes to its interpreter.
  func renderScript(_ style: TextStyle) -> String {
    guard let script else { return "" }
    let steps = script.steps.map { step in
      (step.isSearched ? "→ " : "#! ") + step.path.description
        + (step.argument.map { " \($0)" } ?? "")
    }
    return style.paint(path.description, .strong)
      + (script.kind == .script ? "  script, " : "  assembly, ")
      + steps.joined(separator: " ") + "\n"
  }

  /// What stands below a closure: what is asked for later.
  func renderNeeds(_ style: TextStyle) -> String {
    let package = package.map(\.text).map { "built for \($0)\n" } ?? ""
    guard !needs.isEmpty else { return package }
    return package + "at run time it also asks for:\n" + Report.renderNeeds(needs, of: path, style)
  }
}

extension PackageMetadata {
  /// `deb coreutils 9.1-1 (amd64)`; from the file, so escaped.
  var text: String {
    let words =
      [type, name, version].compactMap(\.self)
      + [architecture.map { "(\($0))" }]
      .compactMap(\.self)
    return ByteString(words.joined(separator: " ")).description
  }
}
