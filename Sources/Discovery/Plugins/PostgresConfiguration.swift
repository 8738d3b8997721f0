internal import FileTree

/// The modules that a server's `postgresql.conf` has it load.
///
/// The data directory isn't known beforehand, so what Debian keeps of it below `/etc` is read. Source:
/// PostgreSQL `src/backend/utils/misc/guc-file.l` (`include`, `include_if_exists`, `include_dir`),
/// `src/backend/utils/misc/guc_tables.c`; `pg_createcluster(8)` for Debian's place.
struct PostgresConfiguration {
  private let topic: Topic
  private let library: ByteString
  private var needs: [RuntimeNeed] = []
  private var seen: Set<ByteString> = []

  /// Settings whose value is a list of modules.
  private static let modules: Set<ByteString> = [
    "shared_preload_libraries", "session_preload_libraries", "local_preload_libraries",
    "archive_library",
  ]

  static func needs(
    of object: ObservedObject, _ share: ByteString, _ library: ByteString, _ topic: Topic,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    // `15` of `/usr/share/postgresql/15`.
    let version = ConfigurationText.name(of: share)
    var reader = PostgresConfiguration(topic: topic, library: library)
    for file in PathPattern.paths(
      matching: "/etc/postgresql/" + version + "/*/postgresql.conf", in: &root)
    {
      reader.read(file, depth: 0, in: &root)
    }
    return reader.needs
  }

  private init(topic: Topic, library: ByteString) {
    self.topic = topic
    self.library = library
  }

  private mutating func read(_ file: ByteString, depth: Int, in root: inout RootView) {
    // PostgreSQL's own limit is CONF_FILE_MAX_DEPTH.
    guard depth < 10, seen.count < 256, root.isFile(file), seen.insert(file).inserted else {
      return
    }
    for (number, text) in root.lines(at: file) {
      let line = ConfigurationText.withoutComment(text)
      let key = ConfigurationText.lowercased(
        ByteString(line.bytes.prefix { !ConfigurationText.isBlank($0) && $0 != 0x3D }))
      var rest = ConfigurationText.trim(ByteString(line.bytes.dropFirst(key.count)))
      if rest.hasPrefix("=") { rest = ConfigurationText.trim(ByteString(rest.bytes.dropFirst())) }
      let value = ConfigurationText.withoutQuotes(rest)
      guard !value.isEmpty else { continue }
      let path = ConfigurationText.path(value, in: file.directoryPart)
      switch key {
      case "include", "include_if_exists": read(path, depth: depth + 1, in: &root)
      case "include_dir":
        for name in root.names(in: path) where name.hasSuffix(".conf") && !name.hasPrefix(".") {
          read(path + "/" + name, depth: depth + 1, in: &root)
        }
      case _ where Self.modules.contains(key): add(value, .line(number, of: file))
      default: break
      }
    }
  }

  private mutating func add(_ list: ByteString, _ line: Evidence) {
    for part in list.split(on: { $0 == UInt8(ascii: ",") }) {
      let name = ConfigurationText.withoutQuotes(ConfigurationText.trim(part))
      guard !name.isEmpty else { continue }
      let inLibrary =
        name.hasPrefix("$libdir/") ? ByteString(name.bytes.dropFirst("$libdir/".utf8.count)) : name
      let path = ConfigurationText.path(inLibrary, in: library)
      needs.append(
        topic.registered(
          line,
          [.library(names: [path.hasSuffix(".so") ? path : path + ".so"], caller: "postgres")],
          isEssential: true, purpose: "a module that the server loads at its start"))
    }
  }
}
