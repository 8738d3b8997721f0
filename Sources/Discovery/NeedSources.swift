internal import ELF
internal import FileTree

/// Everything that knows of needs, in the order in which it is asked.
enum NeedSources {
  /// New ones, for one look at one program: what they keep is what they have seen of it.
  static func all() -> [any NeedSource] {
    [
      NotedLibraries(), TableNeeds.shared, StateDirectories(), NamedUsers(), NamedFiles(),
      OwnData(), GuessedLibraries(), ShellCommands(), ResourceBundles(), ProgramHomes(),
      NamedShell(), NamedLocale(), DefaultFonts(),
    ] + PluginSources.all()
  }

  /// Whether a source knows what of an object's data is read, so that nobody has to guess at all of it.
  static func knowData(of object: ObservedObject) -> Bool {
    let name = object.name
    if known.contains(where: { name.hasPrefix($0) }) { return true }
    return object.image?.isProgram == true
      && knownPrograms.contains { object.real.name.hasPrefix($0) }
  }

  private static let known: [ByteString] = [
    "ld-linux", "ld-musl", "libc.so.", "libc.musl", "libcrypto.so.", "libssl.so.", "libkrb5.so.",
    "libgssapi_krb5.so.", "libsasl2.so.", "libp11-kit.so.", "libgio-2.0.so.", "libfontconfig.so.",
    "libgdk_pixbuf-2.0.so.", "libMagickCore-", "libodbc.so.", "libpam.so.", "libperl.so.",
    "libpython", "libruby", "libphp", "liblua", "libjvm.so", "libjli.so", "libmono", "libQt5",
    "libQt6", "libsystemd.so.", "libnode.so.", "libasound.so.", "libguile-", "libtcl", "libgvc.so.",
    "libproj.so.", "libgdal.so.", "libtesseract.so.", "libxkbcommon.so.", "libmagic.so.",
  ]
  private static let knownPrograms: [ByteString] = [
    "perl", "python", "ruby", "lua", "php", "node", "java", "beam", "erl", "git", "gpg", "nginx",
    "apache2", "httpd", "postgres", "mono", "initdb", "pg_ctl",
  ]

  /// What all of them look for among imported symbols.
  static let symbols = all().reduce(into: Set<ByteString>()) { $0.formUnion($1.symbols) }
}
