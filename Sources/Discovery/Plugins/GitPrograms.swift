internal import ELF
internal import FileTree

/// The programs that git runs for its commands and transports, and its templates.
///
/// Source: git `exec-cmd.c` (`git_exec_path`, `system_path`: GIT_EXEC_PATH, and paths relative to a
/// compiled-in prefix), `transport-helper.c` (`git-remote-http` and the like), `builtin/init-db.c`, `run-command.c`
/// (`prepare_shell_cmd`).
struct GitPrograms: NeedSource {
  private let topic = Topic("git")
  private var known: Set<ByteString> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image?.isProgram == true,
      object.real.name == "git" || object.real.name.hasPrefix("git-")
    else { return [] }
    let strings = ObjectStrings(of: object, in: &root)
    let texts = strings.containing("git-core", "/gitconfig")
    var needs: [RuntimeNeed] = []
    let programs = texts.first {
      $0.hasPrefix("/") && $0.hasSuffix("/git-core") && root.isDirectory($0)
    }
    if let programs, known.insert(programs).inserted {
      needs += programNeeds(in: programs, of: object, &root)
      needs.append(
        .shell(for: object, purpose: "a shell for transports, hooks and aliases", in: &root))
    }
    let templates = texts.first { $0.hasSuffix("git-core/templates") }
    for path in templates.map({ Self.places(of: $0, below: strings.paths) }) ?? []
    where root.isDirectory(path) && known.insert(path).inserted {
      needs.append(
        topic.registered(
          .host(object), [.path(path, at: nil)], isEssential: true,
          purpose: "templates of new repositories"))
      break
    }
    for path in texts where path.hasPrefix("/") && path.hasSuffix("/gitconfig") {
      guard root.isFile(path), known.insert(path).inserted else { continue }
      needs.append(
        topic.registered(
          .host(object), [.path(path, at: nil)], isEssential: true,
          purpose: "the system's configuration of git"))
    }
    return needs
  }

  /// A relative path below the prefix, which is one of the object's texts.
  private static func places(of path: ByteString, below prefixes: [ByteString]) -> [ByteString] {
    path.hasPrefix("/") ? [path] : prefixes.map { ConfigurationText.path(path, in: $0) }
  }

  /// What git starts by itself is essential: itself by other names, and transports. Other programs are
  /// for servers and for who asks for them, and scripts bring interpreters for a few commands.
  private func programNeeds(
    in directory: ByteString, of object: ObservedObject, _ root: inout RootView
  ) -> [RuntimeNeed] {
    var transports: [Wish] = []
    var programs: [Wish] = []
    var scripts: [Wish] = []
    for name in root.names(in: directory) {
      let path = directory + "/" + name
      guard let file = root.resolve(path) else { continue }
      if file.status.kind == .regular, (try? root.tree.programFormat(of: file.real)) == .script {
        scripts.append(.path(path, at: nil))
      } else if file.real.name == "git" || name.hasPrefix("git-remote-") {
        transports.append(.path(path, at: nil))
      } else {
        programs.append(.path(path, at: nil))
      }
    }
    let groups = [
      (transports, true, "git's commands and transports"),
      (programs, false, "programs for git's servers and rare transports"),
      (scripts, false, "commands of git that are scripts"),
    ]
    return groups.filter { !$0.0.isEmpty }.map {
      topic.registered(.host(object), $0.0, isEssential: $0.1, purpose: $0.2)
    }
  }
}
