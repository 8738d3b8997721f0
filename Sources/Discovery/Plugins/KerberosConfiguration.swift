internal import FileTree

/// The configuration of MIT Kerberos and the plugins that it names.
///
/// Source: krb5 `util/profile/prof_parse.c` (`include`, `includedir`, whose names are letters, digits, `-`
/// and `_`, or end in `.conf`), `lib/krb5/krb/plugin.c` (`[plugins]`, `module = NAME:PATH`, a relative
/// path being one of the plugin base directory).
struct KerberosConfiguration: NeedSource {
  private let topic = Topic("krb5")
  private var files: [(path: ByteString, evidence: Evidence)] = []
  private var modules: [(path: ByteString, evidence: Evidence)] = []
  private var seen: Set<ByteString> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libkrb5.so") else { return [] }
    let texts = ObjectStrings(of: object, in: &root).paths
    let configurations = texts.flatMap { $0.split { $0 == UInt8(ascii: ":") } }
      .filter { $0.hasSuffix("/krb5.conf") }
    for path in configurations { read(path, .host(object), depth: 0, in: &root) }
    let base =
      texts.first { $0.hasSuffix("/krb5/plugins") }
      ?? object.path.directoryPart + "/krb5/plugins"
    return files.map { file in
      topic.registered(
        file.evidence, [.path(file.path, at: nil)], isEssential: true,
        purpose: "the configuration of Kerberos")
    }
      + modules.map { module in
        topic.registered(
          module.evidence,
          [.library(names: [ConfigurationText.path(module.path, in: base)], caller: object.name)],
          isEssential: true, purpose: "a plugin of Kerberos")
      } + ownNeeds(of: object, in: base, &root)
  }

  /// Pre-authentication plugins are opened by names that are compiled in, below the base directory
  /// (`lib/krb5/krb/preauth2.c`); another is passed over where it is missing.
  private func ownNeeds(
    of object: ObservedObject, in base: ByteString, _ root: inout RootView
  ) -> [RuntimeNeed] {
    let paths = ["preauth", "libkrb5", "tls", "authdata"].flatMap { (kind: ByteString) in
      root.names(in: base + "/" + kind).filter { $0.hasSuffix(".so") }
        .map { base + "/" + kind + "/" + $0 }
    }
    guard !paths.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), paths.map { .library(names: [$0], caller: object.name) },
        isEssential: false, purpose: "plugins of Kerberos")
    ]
  }

  private mutating func read(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    guard depth < 16, files.count < 256, root.isFile(path), seen.insert(path).inserted else {
      return
    }
    files.append((path, evidence))
    var section: ByteString = ""
    for (number, text) in root.lines(at: path) {
      let line = ConfigurationText.trim(text)
      guard let first = line.bytes.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";")
      else { continue }
      let words = ConfigurationText.words(line)
      let here = Evidence.line(number, of: path)
      if words.count == 2, words[0] == "include" {
        read(words[1], here, depth: depth + 1, in: &root)
      } else if words.count == 2, words[0] == "includedir" {
        for name in root.names(in: words[1]) where Self.isIncluded(name) {
          read(ConfigurationText.path(name, in: words[1]), here, depth: depth + 1, in: &root)
        }
      } else if first == UInt8(ascii: "[") {
        section = ByteString(line.bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") })
      } else if section == "plugins", let (key, value) = ConfigurationText.pair(line, at: "="),
        key == "module", let module = ConfigurationText.pair(value, at: ":")?.value
      {
        modules.append((ConfigurationText.withoutQuotes(module), here))
      }
    }
  }

  private static func isIncluded(_ name: ByteString) -> Bool {
    if name.hasPrefix(".") { return false }
    return name.hasSuffix(".conf")
      || name.bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
