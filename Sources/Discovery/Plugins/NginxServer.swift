internal import ELF
internal import FileTree

/// The configuration of nginx, the modules that it loads, and the directories that must exist.
///
/// Source: nginx `auto/options` and `src/core/nginx.c` (the arguments of `configure` are a text of the
/// program), `src/core/ngx_conf_file.c` (`ngx_conf_include`: patterns, relative to the configuration's
/// directory), `src/core/ngx_module.c` (`ngx_load_module`: relative to the prefix).
struct NginxServer: NeedSource {
  private let topic = Topic("nginx")

  /// Paths of which the directory has to be there; nginx makes the last name itself.
  private static let written: [ByteString] = [
    "error-log-path", "http-log-path", "pid-path", "lock-path", "http-client-body-temp-path",
    "http-fastcgi-temp-path", "http-proxy-temp-path", "http-scgi-temp-path",
    "http-uwsgi-temp-path",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image?.isProgram == true, object.real.name.hasPrefix("nginx") else { return [] }
    let texts = ObjectStrings(of: object, in: &root).beginning(with: "configure arguments:")
    guard let arguments = texts.first.map(Self.arguments) else { return [] }
    let prefix = arguments["prefix"] ?? "/usr/local/nginx"
    let main = ConfigurationText.path(
      arguments["conf-path"] ?? "conf/nginx.conf", in: prefix)
    var reader = NginxFile(
      directory: main.directoryPart, prefix: prefix, host: object.path, topic: topic)
    reader.read(main, .host(object), depth: 0, in: &root)
    let directories = Self.written.compactMap { name -> RootPath? in
      guard let value = arguments[name], value.hasPrefix("/") else { return nil }
      return RootPath(normalising: value).parent
    }
    var seen: Set<RootPath> = []
    let wishes = directories.filter { !$0.isRoot && seen.insert($0).inserted }
      .map { Wish.directory($0, permissions: 0o755) }
    guard !wishes.isEmpty else { return reader.needs }
    return reader.needs + [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "directories that nginx writes to")
    ]
  }

  /// The values of `--NAME=VALUE`; what is in quotes may hold blanks.
  private static func arguments(_ text: ByteString) -> [ByteString: ByteString] {
    var values: [ByteString: ByteString] = [:]
    for word in ConfigurationText.words(text) where word.hasPrefix("--") {
      guard let (name, value) = ConfigurationText.pair(word, at: "=") else { continue }
      values[ByteString(name.bytes.dropFirst(2))] = ConfigurationText.withoutQuotes(value)
    }
    return values
  }
}
