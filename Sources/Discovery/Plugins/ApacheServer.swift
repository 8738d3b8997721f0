internal import ELF
internal import FileTree

/// The configuration of Apache's httpd and the modules that it loads.
///
/// Source: httpd `server/main.c` (HTTPD_ROOT and SERVER_CONFIG_FILE, which `-V` shows), `server/core.c`
/// (`Include`, `IncludeOptional`, `ServerRoot`, `Define`), `modules/core/mod_so.c` (`LoadModule`, relative
/// to the server's root); Debian's `apache2ctl(8)` for `envvars`.
struct ApacheServer: NeedSource {
  private let topic = Topic("apache")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image?.isProgram == true,
      object.real.name == "apache2" || object.real.name == "httpd"
    else { return [] }
    let texts = ObjectStrings(of: object, in: &root).beginning(with: " -D ")
    func value(_ name: ByteString) -> ByteString? {
      let start = " -D " + name + "=\""
      let text = texts.first { $0.hasPrefix(start) }
      return text.map { ByteString($0.bytes.dropFirst(start.count).prefix { $0 != 0x22 }) }
    }
    guard let top = value("HTTPD_ROOT"), let name = value("SERVER_CONFIG_FILE") else { return [] }
    var reader = ApacheFile(top: top, host: object.path, topic: topic)
    reader.readVariables(at: top + "/envvars", in: &root)
    reader.read(ConfigurationText.path(name, in: top), .host(object), depth: 0, in: &root)
    return reader.needs
  }
}
