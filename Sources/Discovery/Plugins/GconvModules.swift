internal import FileTree

/// The character sets of glibc's iconv that aren't compiled into it.
///
/// Source: glibc `iconv/gconv_conf.c` (`__gconv_load_conf`, `read_conf_file`), `iconv/gconv_parseconfdir.h`
/// (`gconv-modules` and `gconv-modules.d/*.conf`), `iconv/gconv_cache.c` (`gconv-modules.cache` goes before
/// both). Unicode's encodings and ASCII are compiled in (`iconv/gconv_builtin.h`).
enum GconvModules {
  /// The first directory of modules below some directories, without modules that its configuration
  /// doesn't name; nothing if there is none.
  static func wishes(
    in root: inout RootView, _ systemDirectories: [ByteString]
  ) -> [Wish] {
    for directory in systemDirectories {
      let gconv = ConfigurationText.path("gconv", in: directory)
      let main = gconv + "/gconv-modules"
      guard [main, main + ".cache"].contains(where: { root.isFile($0) }) else { continue }
      let more = PathPattern.paths(matching: main + ".d/*.conf", in: &root)
      let named = ([main] + more).reduce(into: Set<ByteString>()) { names, file in
        names.formUnion(modules(in: root.text(at: file) ?? []))
      }
      // What modules share are libraries with names of their own.
      return TreeSelection.wishes(for: gconv, in: &root) { path in
        path.count == 1 && path[0].hasSuffix(".so") && !path[0].hasPrefix("lib")
          && !named.contains(path[0])
      }
    }
    return []
  }

  /// Those of the lines `module FROM TO FILE COST`, which are looked for: most lines are aliases.
  private static func modules(in text: [UInt8]) -> [ByteString] {
    let newline = UInt8(ascii: "\n")
    var modules: [ByteString] = []
    var place = 0
    while let hit = find(Array("module".utf8), in: text, from: place) {
      let start = text[..<hit].lastIndex(of: newline).map { $0 + 1 } ?? 0
      let end = text[hit...].firstIndex(of: newline) ?? text.endIndex
      module(of: ByteString(text[start..<end])).map { modules.append($0) }
      place = end
    }
    return modules
  }

  private static func module(of line: ByteString) -> ByteString? {
    let words = ConfigurationText.words(ConfigurationText.withoutComment(line))
    guard words.count >= 4, words[0] == "module" else { return nil }
    return words[3].hasSuffix(".so") ? words[3] : words[3] + ".so"
  }
}
