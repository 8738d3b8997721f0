internal import ELF
internal import FileTree

/// The programs that GnuPG leaves part of its work to.
///
/// Source: gnupg `common/homedir.c` (`gnupg_module_name`), `common/asshelp.c` (`start_new_gpg_agent`): no
/// secret key is used but by the agent; network and cards are for who has them.
struct GnupgPrograms: NeedSource {
  private let topic = Topic("gnupg")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image?.isProgram == true,
      ["gpg", "gpg2", "gpgsm", "gpg-agent"].contains(object.real.name)
    else { return [] }
    let directories = ObjectStrings(of: object, in: &root).paths.filter { root.isDirectory($0) }
    func paths(_ names: [ByteString], _ root: inout RootView) -> [ByteString] {
      names.filter { $0 != object.real.name }.compactMap { name in
        directories.map { ConfigurationText.path(name, in: $0) }.first { root.isFile($0) }
      }
    }
    let groups = [
      (paths(["gpg-agent"], &root), true, "the keeper of secret keys"),
      (
        paths(["keyboxd", "dirmngr", "scdaemon", "gpg-protect-tool"], &root), false,
        "programs of GnuPG for key servers and cards"
      ),
    ]
    return groups.filter { !$0.0.isEmpty }.map { paths, isEssential, purpose in
      topic.registered(
        .host(object), paths.map { .path($0, at: nil) }, isEssential: isEssential, purpose: purpose)
    }
  }
}
