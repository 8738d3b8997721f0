internal import FileTree

/// The mechanisms that GSS-API loads beside its own.
///
/// Source: krb5 `lib/gssapi/mechglue/g_initialize.c` (`loadConfigFile`): a line of `/etc/gss/mech` or
/// `/etc/gss/mech.d/*.conf` is a name, an object identifier and a library, which is one of
/// `LIBDIR/gss` where its path is relative.
struct GssMechanisms: NeedSource {
  private let topic = Topic("krb5")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libgssapi_krb5.so") else { return [] }
    let texts = ObjectStrings(of: object, in: &root).paths(containing: "/gss/")
    let directory =
      texts.first { $0.hasSuffix("/gss/") } ?? object.path.directoryPart + "/gss/"
    let files = texts.filter { !$0.hasSuffix("/") }.flatMap {
      PathPattern.paths(matching: $0, in: &root)
    }
    var needs: [RuntimeNeed] = []
    for file in files {
      for (number, text) in root.lines(at: file) {
        let words = ConfigurationText.words(ConfigurationText.withoutComment(text))
        guard words.count >= 3 else { continue }
        let path = ConfigurationText.path(words[2], in: directory)
        needs.append(
          topic.registered(
            .line(number, of: file),
            [.library(names: [path], caller: object.name), .path(file, at: nil)],
            isEssential: true, purpose: "a mechanism of GSS-API"))
      }
    }
    return needs
  }
}
