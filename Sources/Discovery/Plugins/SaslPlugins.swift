internal import FileTree

/// The mechanisms of Cyrus SASL.
///
/// Source: cyrus-sasl `lib/dlopen.c` (`_sasl_load_plugins`): every library of the plugin directories,
/// and for a `.la` file the library that it names; `lib/server.c` (`load_config`): `NAME.conf` in the
/// configuration directories, the name being what the server calls itself.
struct SaslPlugins: NeedSource {
  private let topic = Topic("sasl")
  private var library: ObservedObject?
  private var configurations: [ByteString] = []
  private var plugins: [ByteString] = []
  /// Programs that begin with SASL themselves; a library like LDAP's may never come to it.
  private var callers: [ObservedObject] = []

  let symbols: Set<ByteString> = ["sasl_client_init", "sasl_server_init"]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    let begins =
      object.isProgram
      && !object.imports.isDisjoint(with: symbols)
    if begins { callers.append(object) }
    var needs: [RuntimeNeed] = []
    if object.name.hasPrefix("libsasl2.so") {
      library = object
      let lists = ObjectStrings(of: object, in: &root).paths(containing: "sasl2")
      // The longer list is that of configuration; a directory may be in both.
      configurations = lists.flatMap { $0.split { $0 == UInt8(ascii: ":") } }
      plugins = configurations.flatMap { Self.plugins(in: $0, &root) }
      if callers.isEmpty { needs += pluginNeeds(isEssential: false) }
    }
    guard library != nil else { return needs }
    while let caller = callers.popLast() {
      needs += pluginNeeds(isEssential: true)
      needs += configurationNeeds(of: caller, in: &root)
    }
    return needs
  }

  private static func plugins(
    in directory: ByteString, _ root: inout RootView
  ) -> [ByteString] {
    root.names(in: directory).filter { $0.hasPrefix("lib") && $0.hasSuffix(".so") }
      .map { directory + "/" + $0 }.filter { root.isFile($0) }
  }

  private mutating func pluginNeeds(isEssential: Bool) -> [RuntimeNeed] {
    guard let library, !plugins.isEmpty else { return [] }
    var seen: Set<ByteString> = []
    let wishes = plugins.filter { seen.insert($0).inserted }.map {
      Wish.library(names: [$0], caller: library.name)
    }
    if isEssential { plugins = [] }
    return [
      topic.registered(
        .host(library), wishes, isEssential: isEssential, purpose: "mechanisms of SASL")
    ]
  }

  private func configurationNeeds(
    of caller: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    var files: [ByteString: ByteString] = [:]
    for directory in configurations.reversed() {
      for name in root.names(in: directory) where name.hasSuffix(".conf") {
        files[ByteString(name.bytes.dropLast(5))] = directory + "/" + name
      }
    }
    let named = ObjectStrings(of: caller, in: &root).intersection(Set(files.keys))
    return named.sorted().compactMap { name in
      files[name].map {
        topic.registered(
          .line(1, of: $0), [.path($0, at: nil)], isEssential: true,
          purpose: "the configuration of SASL")
      }
    }
  }
}
