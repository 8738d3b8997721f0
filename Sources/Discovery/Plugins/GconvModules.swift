import FileTree

/// The character sets of glibc's iconv that aren't compiled into it.
///
/// Source: glibc `iconv/gconv_conf.c` (`__gconv_load_conf`, `read_conf_file`), `iconv/gconv_parseconfdir.h`
/// (`gconv-modules` and `gconv-modules.d/*.conf`), `iconv/gconv_cache.c` (`gconv-modules.cache` goes before
/// both). Unicode's encodings and ASCII are compiled in (`iconv/gconv_builtin.h`).
enum GconvModules {
  /// The first directory of modules below some directories: its configuration names all that is in it.
  static func wishes(
    in root: inout RootView, _ systemDirectories: [ByteString]
  ) -> [Wish] {
    for directory in systemDirectories {
      let gconv = ConfigurationText.path("gconv", in: directory)
      let configurations = [gconv + "/gconv-modules", gconv + "/gconv-modules.cache"]
      if configurations.contains(where: { root.isFile($0) }) { return [.path(gconv, at: nil)] }
    }
    return []
  }
}
