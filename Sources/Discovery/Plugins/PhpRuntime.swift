internal import ELF
internal import FileTree

/// The configuration of PHP and the extensions that it loads.
///
/// Source: php-src `main/php_ini.c` (`php_init_config`: PHP_CONFIG_FILE_PATH/php.ini, then every `.ini` of
/// PHP_CONFIG_FILE_SCAN_DIR), `ext/standard/dl.c` (`php_load_extension`: `NAME` and `NAME.so` of
/// PHP_EXTENSION_DIR); all three are constants of whatever has PHP inside.
struct PhpRuntime: NeedSource {
  private let topic = Topic("php")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard Self.isPhp(object) else { return [] }
    let directories = ObjectStrings(of: object, in: &root)
      .directories(containing: "php", in: &root)
    let extensions = directories.first { directory in
      root.names(in: directory).contains { $0.hasSuffix(".so") }
    }
    var needs: [RuntimeNeed] = []
    for directory in directories {
      for name in root.names(in: directory) where name.hasSuffix(".ini") {
        needs += fileNeeds(directory + "/" + name, extensions, of: object, in: &root)
      }
    }
    return needs
  }

  /// `php8.2`, `php-fpm8.2`, `php-cgi`, and Apache's `libphp8.2.so`.
  private static func isPhp(_ object: ObservedObject) -> Bool {
    let name = object.real.name
    return name.hasPrefix("libphp") || object.image?.isProgram == true && name.hasPrefix("php")
  }

  private func fileNeeds(
    _ path: ByteString, _ extensions: ByteString?, of object: ObservedObject,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    guard root.isFile(path) else { return [] }
    var needs = [
      topic.registered(
        .host(object), [.path(path, at: nil)], isEssential: true,
        purpose: "the configuration of PHP")
    ]
    for entry in SectionedFile.entries(at: path, in: &root)
    where entry.key == "extension" || entry.key == "zend_extension" {
      guard !entry.value.isEmpty,
        let library = Self.library(entry.value, in: extensions, &root)
      else { continue }
      needs.append(
        topic.registered(
          .line(entry.line, of: path), [.library(names: [library], caller: object.path)],
          isEssential: true, purpose: "an extension of PHP"))
    }
    return needs
  }

  /// One that isn't there only makes PHP complain.
  private static func library(
    _ name: ByteString, in directory: ByteString?, _ root: inout RootView
  ) -> ByteString? {
    let path = directory.map { ConfigurationText.path(name, in: $0) } ?? name
    return [path, path + ".so"].first { root.isFile($0) }
  }
}
