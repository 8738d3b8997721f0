import FileTree

/// The character sets of glibc's iconv that aren't compiled into it.
///
/// Source: glibc `iconv/gconv_conf.c` (`__gconv_load_conf`, `read_conf_file`), `iconv/gconv_parseconfdir.h`
/// (`gconv-modules` and `gconv-modules.d/*.conf`), `iconv/gconv_cache.c` (`gconv-modules.cache` goes before
/// both). Unicode's encodings and ASCII are compiled in (`iconv/gconv_builtin.h`).
struct GconvModules: NeedSource {
  private let topic = Topic("gconv")
  private var library: ObservedObject?
  private var caller: ObservedObject?

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard library == nil || caller == nil else { return [] }
    if object.name == "libc.so.6" { library = object }
    if object.imports.contains("iconv_open") { caller = object }
    guard let library, let caller else { return [] }
    let directories = [library.path.directoryPart, library.real.parent.text]
    let wishes = Self.wishes(in: &root, directories + root.systemDirectories)
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        Evidence(file: caller.path, mark: .symbol("iconv_open")), wishes, isEssential: false,
        purpose: "character sets beyond Unicode and ASCII")
    ]
  }

  /// The first `gconv` directory below some directories: its configuration and each module that this
  /// names; nothing if there is none.
  static func wishes(
    in root: inout RootView, _ systemDirectories: [ByteString]
  ) -> [Wish] {
    for directory in systemDirectories {
      let gconv = ConfigurationText.path("gconv", in: directory)
      let wishes = wishes(for: gconv, in: &root)
      if !wishes.isEmpty { return wishes }
    }
    return []
  }

  private static func wishes(
    for directory: ByteString, in root: inout RootView
  ) -> [Wish] {
    let main = directory + "/gconv-modules"
    let more = PathPattern.paths(matching: main + ".d/*.conf", in: &root)
    let files = [main, main + ".cache"].filter { root.isFile($0) } + more
    guard !files.isEmpty else { return [] }
    var modules: [ByteString] = []
    var seen: Set<ByteString> = []
    for file in [main] + more {
      for (_, text) in root.lines(at: file) {
        let words = ConfigurationText.words(ConfigurationText.withoutComment(text))
        guard words.count >= 4, words[0] == "module" else { continue }
        let name = words[3].hasSuffix(".so") ? words[3] : words[3] + ".so"
        let path = ConfigurationText.path(name, in: directory)
        if seen.insert(path).inserted, root.isFile(path) { modules.append(path) }
      }
    }
    return files.map { .path($0, at: nil) }
      + modules.map { .library(names: [$0], caller: "libc.so.6") }
  }
}
