internal import FileTree

/// The modules of GIO: its extension points for TLS, settings, proxies, and so on.
///
/// Source: GLib `gio/giomodule.c` (`g_io_modules_scan_all_in_directory_with_scope`): `giomodule.cache`
/// says which module implements which extension points; without a cache every module is loaded.
struct GioModules: NeedSource {
  private let topic = Topic("gio")
  private var library: ObservedObject?
  private var directory: ByteString = ""
  private var usesTLS = false
  private var settings: ObservedObject?
  private var named: Set<ByteString> = []
  private var hasSchemas = false

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    var changes = false
    if object.name.hasPrefix("libgio-2.0.so") {
      library = object
      directory = Self.directory(of: object, in: &root)
      changes = true
    } else if !usesTLS, !object.imports.isDisjoint(with: Self.tlsSymbols) {
      usesTLS = true
      changes = true
    }
    if settings == nil, !object.imports.isDisjoint(with: Self.settingsSymbols) {
      settings = object
    }
    guard let library else { return [] }
    return (changes ? moduleNeeds(library, in: &root) : []) + schemaNeeds(in: &root)
  }

  /// Without an implementation GIO has a connection that always fails (`gio/gdummytlsbackend.c`).
  private static let tlsSymbols: Set<ByteString> = [
    "g_tls_client_connection_new", "g_tls_server_connection_new", "g_tls_backend_get_default",
    "g_tls_certificate_new_from_pem", "g_tls_certificate_new_from_file",
    "g_tls_certificate_new_from_files", "g_tls_certificate_new_from_file_with_password",
    "g_tls_certificate_new_from_pkcs11_uris", "g_tls_certificate_new_from_pkcs12",
    "g_socket_client_set_tls",
  ]
  private static let settingsSymbols: Set<ByteString> = [
    "g_settings_new", "g_settings_new_full", "g_settings_new_with_path",
    "g_settings_new_with_backend", "g_settings_new_with_backend_and_path",
  ]

  var symbols: Set<ByteString> { Self.tlsSymbols.union(Self.settingsSymbols) }

  /// GIO_MODULE_DIR, a constant of the library.
  private static func directory(
    of library: ObservedObject, in root: inout RootView
  ) -> ByteString {
    ObjectStrings(of: library, in: &root)
      .directories(containing: "/gio/modules", in: &root).first
      ?? library.path.directoryPart + "/gio/modules"
  }

  private mutating func moduleNeeds(
    _ library: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    let cache = directory + "/giomodule.cache"
    var needs: [RuntimeNeed] = []
    for (number, text) in root.lines(at: cache) where !text.hasPrefix("#") {
      guard let (name, points) = ConfigurationText.pair(text, at: ":"), !name.isEmpty,
        !name.contains(UInt8(ascii: "/"))
      else { continue }
      let isTLS = ConfigurationText.contains("gio-tls-backend", in: points)
      needs += need(
        name, in: directory, .line(number, of: cache), cache: cache,
        isEssential: isTLS && usesTLS, library)
    }
    if root.isFile(cache) { return needs }
    for name in root.names(in: directory) where name.hasPrefix("lib") && name.hasSuffix(".so") {
      needs += need(
        name, in: directory, .host(library), cache: nil, isEssential: usesTLS, library)
    }
    return needs
  }

  /// - Parameter isEssential: a module is told of again when it turns out to be.
  private mutating func need(
    _ name: ByteString, in directory: ByteString, _ evidence: Evidence, cache: ByteString?,
    isEssential: Bool, _ library: ObservedObject
  ) -> [RuntimeNeed] {
    let path = directory + "/" + name
    guard named.insert(isEssential ? path + "!" : path).inserted,
      isEssential || !named.contains(path + "!")
    else { return [] }
    let wishes =
      [Wish.library(names: [path], caller: library.name)]
      + (cache.map { [.path($0, at: nil)] } ?? [])
    return [
      topic.registered(evidence, wishes, isEssential: isEssential, purpose: "a module of GIO")
    ]
  }

  /// The compiled schemas, without which `g_settings_new` ends the program.
  ///
  /// Source: GLib `gio/gsettingsschema.c` (`initialise_schema_sources`): below each of XDG_DATA_DIRS.
  private mutating func schemaNeeds(in root: inout RootView) -> [RuntimeNeed] {
    guard let settings, !hasSchemas else { return [] }
    let directories: [ByteString] = ["/usr/local/share", "/usr/share"]
    let files = directories.map { $0 + "/glib-2.0/schemas/gschemas.compiled" }
    let wishes = files.filter { root.isFile($0) }.map { Wish.path($0, at: nil) }
    guard !wishes.isEmpty else { return [] }
    hasSchemas = true
    return [
      topic.registered(
        Evidence(file: settings.path, mark: .symbol("g_settings_new")), wishes,
        isEssential: false, purpose: "the schemas of GSettings")
    ]
  }
}
