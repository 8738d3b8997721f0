internal import FileTree

/// The configuration of libcrypto, and the providers and engines that it names.
///
/// Source: OpenSSL `crypto/conf/conf_mod.c` (`CONF_get1_default_config_file`, the section that
/// `openssl_conf` names), `crypto/provider_conf.c`, `crypto/provider_core.c` (`provider_init`: a module
/// is `NAME.so` in MODULESDIR), `crypto/engine/eng_cnf.c`, `crypto/engine/eng_list.c`.
struct OpenSSLConfiguration: NeedSource {
  private let topic = Topic("openssl")

  /// Compiled into libcrypto.
  private static let builtInProviders: Set<ByteString> = ["default", "base", "null"]
  private static let builtInEngines: Set<ByteString> = ["dynamic", "rdrand", "padlock", "openssl"]

  private struct Directories {
    let configuration: ByteString
    let engines: ByteString?
    let modules: ByteString?
    /// Whether a value of `activate` can say no, as since 3.2.
    let readsActivation: Bool
  }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libcrypto.so"),
      let directories = Self.directories(of: object, in: &root)
    else { return [] }
    let path = directories.configuration + "/openssl.cnf"
    let file = OpenSSLFile(at: path, in: &root)
    guard !file.files.isEmpty else { return [] }
    let section = file.entry("openssl_conf", in: "default")
    let commands = section.flatMap { file.sections[$0.value] } ?? []
    var modules: [RuntimeNeed] = []
    for command in commands {
      switch command.key {
      case "providers": modules += providers(command.value, of: file, directories, object.name)
      case "engines": modules += engines(command.value, of: file, directories, object.name)
      default: break
      }
    }
    // A file that only activates what is active anyway can be left out.
    let changesSomething = !modules.isEmpty || commands.contains { $0.key != "providers" }
    return file.files.map { file in
      topic.registered(
        file.evidence ?? .host(object), [.path(file.path, at: nil)],
        isEssential: changesSomething, purpose: "the configuration of OpenSSL")
    } + modules
  }

  /// What `openssl version -a` shows, out of the library itself.
  private static func directories(
    of object: ObservedObject, in root: inout RootView
  ) -> Directories? {
    let names: [ByteString] = ["OPENSSLDIR: ", "ENGINESDIR: ", "MODULESDIR: ", "OpenSSL "]
    let texts = ObjectStrings(of: object, in: &root)
      .beginning(with: names[0], names[1], names[2], names[3])
    func value(_ name: ByteString) -> ByteString? {
      let text = texts.first { $0.hasPrefix(name) }
      return text.map {
        ConfigurationText.withoutQuotes(ByteString($0.bytes.dropFirst(name.count)))
      }
    }
    guard let configuration = value(names[0]), configuration.hasPrefix("/") else { return nil }
    return Directories(
      configuration: configuration, engines: value(names[1]), modules: value(names[2]),
      readsActivation: !texts.contains {
        $0.hasPrefix("OpenSSL 3.0.") || $0.hasPrefix("OpenSSL 3.1.")
      })
  }

  private func providers(
    _ list: ByteString, of file: OpenSSLFile, _ directories: Directories, _ host: ByteString
  ) -> [RuntimeNeed] {
    (file.sections[list] ?? []).compactMap { provider in
      func value(_ key: ByteString) -> OpenSSLFile.Entry? { file.entry(key, in: provider.value) }
      guard let activation = value("activate"),
        !directories.readsActivation || Self.isTrue(activation.value)
      else { return nil }
      let name = value("identity")?.value ?? provider.key
      let module = value("module")
      guard module != nil || !Self.builtInProviders.contains(name) else { return nil }
      let path = Self.path(module?.value ?? name + ".so", in: directories.modules)
      let line = module ?? activation
      return topic.registered(
        .line(line.line, of: line.file), [.library(names: [path], caller: host)],
        isEssential: value("soft_load") == nil, purpose: "a provider of OpenSSL")
    }
  }

  private func engines(
    _ list: ByteString, of file: OpenSSLFile, _ directories: Directories, _ host: ByteString
  ) -> [RuntimeNeed] {
    (file.sections[list] ?? []).compactMap { engine in
      func value(_ key: ByteString) -> OpenSSLFile.Entry? { file.entry(key, in: engine.value) }
      let name = value("engine_id")?.value ?? engine.key
      let dynamic = value("dynamic_path")
      guard dynamic != nil || !Self.builtInEngines.contains(name) else { return nil }
      let path = Self.path(dynamic?.value ?? name + ".so", in: directories.engines)
      let line = dynamic ?? engine
      return topic.registered(
        .line(line.line, of: line.file), [.library(names: [path], caller: host)],
        isEssential: true, purpose: "an engine of OpenSSL")
    }
  }

  private static func isTrue(_ value: ByteString) -> Bool {
    ["1", "yes", "true", "on"].contains(ConfigurationText.lowercased(value))
  }

  private static func path(_ name: ByteString, in directory: ByteString?) -> ByteString {
    directory.map { ConfigurationText.path(name, in: $0) } ?? name
  }
}
