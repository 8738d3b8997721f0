internal import ELF
internal import FileTree

/// Everything that knows of needs by itself, in the order in which it is asked; families of programs have
/// rules (``RuleNeeds``).
enum NeedSources {
  /// New ones, for one look at one program: what they keep is what they have seen of it.
  static func all() -> [any NeedSource] {
    [
      NotedLibraries(), TableNeeds.shared, StateDirectories(), NamedUsers(), NamedFiles(),
      OwnData(), GuessedLibraries(), ShellCommands(), ShellTexts(),
      ResourceBundles(), ProgramHomes(),
      NamedShell(), NamedLocale(), DefaultFonts(), MonoApplication(),
      DotnetApplication(), OpenSSLConfiguration(), ServiceNeeds(),
    ]
  }

  /// Whether a source or a rule knows what of an object's data is read, so that nobody has to guess at all
  /// of it.
  static func knowData(of object: ObservedObject, in root: inout RootView) -> Bool {
    let name = object.name
    if known.contains(where: { name.hasPrefix($0) }) { return true }
    if object.image?.isProgram == true,
      knownPrograms.contains(where: { object.real.name.hasPrefix($0) })
    {
      return true
    }
    return !root.store.rules.signs.rules(for: object, in: &root).isEmpty
  }

  /// By the sources that are code.
  private static let known: [ByteString] = [
    "ld-linux", "ld-musl", "libc.so.", "libc.musl", "libcrypto.so.", "libssl.so.",
    "libmono", "libsystemd.so.",
  ]
  private static let knownPrograms: [ByteString] = ["mono"]

  /// What all of them look for among imported symbols.
  static let symbols = all().reduce(into: Set<ByteString>()) { $0.formUnion($1.symbols) }
}
