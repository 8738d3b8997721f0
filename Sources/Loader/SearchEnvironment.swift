package import FileTree

/// What the loader takes from its surroundings rather than from files.
package struct SearchEnvironment: Sendable {
  /// Directories that are searched as those of LD_LIBRARY_PATH are, before them.
  package var libraryPath: [ByteString]
  package var variables: LoaderVariables
  package var processor: Processor
  /// What the program opens by itself once it runs.
  package var openings: [Opening]
  /// Libraries that the run time brings, by the names they are asked for: they aren't looked for.
  package var given: Set<ByteString>
  /// The current directory, for relative names.
  package var workingDirectory: RootPath

  package init(
    libraryPath: [ByteString] = [], variables: LoaderVariables = LoaderVariables(),
    processor: Processor = .baseline, openings: [Opening] = [],
    given: Set<ByteString> = [], workingDirectory: RootPath = .root
  ) {
    self.libraryPath = libraryPath
    self.variables = variables
    self.processor = processor
    self.openings = openings
    self.given = given
    self.workingDirectory = workingDirectory
  }
}

/// The environment variables that decide what is loaded; their texts as they stand. Nil if unset.
package struct LoaderVariables: Hashable, Sendable {
  /// LD_LIBRARY_PATH.
  package var libraryPath: ByteString?
  /// LD_PRELOAD.
  package var preload: ByteString?
  /// LD_AUDIT.
  package var audit: ByteString?

  package init() {}
}

/// A call of `dlopen`.
package struct Opening: Hashable, Sendable {
  package let name: ByteString
  /// The calling object by its soname, name or path; nil for the program.
  package let caller: ByteString?
  /// Whether the call isn't made where the caller isn't loaded; otherwise that is an error.
  package let dependsOnCaller: Bool

  package init(name: ByteString, caller: ByteString? = nil, dependsOnCaller: Bool = false) {
    self.name = name
    self.caller = caller
    self.dependsOnCaller = dependsOnCaller
  }
}
