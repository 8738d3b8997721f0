internal import FileTree

/// The PKCS#11 modules that p11-kit loads.
///
/// Source: p11-kit `p11-kit/conf.c` (`_p11_conf_load_modules`: `NAME.module` files of two directories,
/// those of the system going before those of packages), `p11-kit/modules.c` (`p11_module_load`: a
/// relative name is one of P11_MODULE_PATH), `pkcs11.conf(5)`. A module that can't be loaded is passed
/// over unless it is critical.
struct P11KitModules: NeedSource {
  private let topic = Topic("p11-kit")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if object.name == "p11-kit-trust.so" { return trustNeeds(of: object, in: &root) }
    guard object.name.hasPrefix("libp11-kit.so") else { return [] }
    let texts = ObjectStrings(of: object, in: &root).paths(containing: "pkcs11", "p11-kit")
    let configurations = texts.filter { $0.hasSuffix("/modules") && root.isDirectory($0) }
    let modules = texts.first { $0.hasSuffix("/pkcs11") && root.isDirectory($0) }
    var needs: [RuntimeNeed] = []
    for path in texts where path.hasSuffix("/pkcs11.conf") && root.isFile(path) {
      needs.append(
        topic.registered(
          .host(object), [.path(path, at: nil)], isEssential: false,
          purpose: "the configuration of p11-kit"))
    }
    var seen: Set<ByteString> = []
    // `/etc` sorts before `/usr`: the system's files hide those of packages with the same name.
    for directory in configurations.sorted() {
      for name in root.names(in: directory)
      where name.hasSuffix(".module") && seen.insert(name).inserted {
        needs += moduleNeeds(
          directory + "/" + name, in: modules ?? object.path.directoryPart + "/pkcs11",
          caller: object.name, &root)
      }
    }
    return needs
  }

  private func moduleNeeds(
    _ file: ByteString, in directory: ByteString, caller: ByteString, _ root: inout RootView
  ) -> [RuntimeNeed] {
    var module: (path: ByteString, line: Int)?
    var isCritical = false
    for (number, text) in root.lines(at: file) {
      let line = ConfigurationText.trim(text)
      guard !line.hasPrefix("#"), let (key, value) = ConfigurationText.pair(line, at: ":") else {
        continue
      }
      switch key {
      case "module" where !value.isEmpty:
        module = (ConfigurationText.path(value, in: directory), number)
      case "critical": isCritical = value == "yes"
      default: break
      }
    }
    guard let module else { return [] }
    return [
      topic.registered(
        .line(module.line, of: file),
        [.library(names: [module.path], caller: caller), .path(file, at: nil)],
        isEssential: isCritical, purpose: "a PKCS#11 module")
    ]
  }

  /// Where the trust module looks for certificates: constants of its own.
  private func trustNeeds(
    of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    let paths = ObjectStrings(of: object, in: &root).paths(containing: "/ssl/", "/pki/", "/ca-")
      .flatMap { $0.split { $0 == UInt8(ascii: ":") } }.filter { root.resolve($0) != nil }
    guard !paths.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), paths.map { .path($0, at: nil) }, isEssential: true,
        purpose: "the certificates of the trust module")
    ]
  }
}
