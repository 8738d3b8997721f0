internal import Archive
internal import Discovery
internal import ELF
internal import FileTree

/// The program of a bundle that says nothing of how it is started: what nothing else in it explains.
enum StartedProgram {
  /// All that could be meant, by the paths that they are started by.
  static func candidates(in bundle: ReadBundle) -> [RootPath] {
    var programs: [RootPath] = []
    var scripts: [RootPath] = []
    for entry in bundle.entries {
      guard case .file = entry.node, entry.permissions & 0o111 != 0 else { continue }
      switch try? bundle.tree.programFormat(of: entry.path) {
      case .elf where isProgram(entry.path, in: bundle.tree): programs.append(entry.path)
      case .script where !isInLibrary(entry.path): scripts.append(entry.path)
      default: break
      }
    }
    var view = RootView(tree: bundle.tree)
    // Programs are there for the scripts that they read, or look for what reads them.
    var helpers = Set(
      scripts.flatMap { script in
        ((try? ScriptChain(of: script.text, in: &view))?.steps ?? []).compactMap {
          view.resolve($0.path)?.real
        }
      })
    helpers.formUnion(helperNames.compactMap { view.resolve($0)?.real })
    let all = programs + scripts
    let others = all.filter { !helpers.contains($0) }
    return (others.isEmpty ? all : others).map { nameInPath(of: $0, in: bundle) }
  }

  static func isProgram(_ path: RootPath, in tree: any FileTree) -> Bool {
    image(of: path, in: tree).map(isProgram) ?? false
  }

  /// A library that can be started too, such as glibc's own, is a library.
  static func isProgram(_ image: ElfImage) -> Bool {
    image.isProgram && image.dynamic?.soname == nil
  }

  /// Nil for what can't be read.
  static func image(of path: RootPath, in tree: any FileTree) -> ElfImage? {
    guard let file = try? tree.open(path) else { return nil }
    return try? ElfImage(reading: file)
  }

  /// Whether a file is a part of a library of a language: what can be started there is rarely meant to be.
  static func isInLibrary(_ path: RootPath) -> Bool {
    path.parent.names.contains { $0.hasPrefix("lib") || $0 == "share" || $0 == "site-packages" }
  }

  /// What `--with shell` and `--with init` bring for others.
  private static let helperNames: [ByteString] = [
    "/bin/sh", "/usr/bin/tini", "/sbin/tini", "/usr/bin/dumb-init", "/usr/bin/catatonit",
    "/usr/libexec/podman/catatonit",
  ]

  /// The shortest name that leads to a program: some do as they are called.
  private static func nameInPath(of program: RootPath, in bundle: ReadBundle) -> RootPath {
    var resolver = PathResolver(tree: bundle.tree)
    let links = bundle.entries.filter { entry in
      guard case .symbolicLink = entry.node, !entry.path.isInside("/etc") else { return false }
      return (try? resolver.resolve(entry.path.text))?.real == program
    }
    return links.map(\.path).min { ($0.text.count, $0) < ($1.text.count, $1) } ?? program
  }
}
