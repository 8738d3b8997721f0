internal import FileTree

/// What a shell script starts and reads, as far as its text names it.
struct ShellCommands: NeedSource {
  static let topic = Topic("commands")
  private static let filesTopic = Topic("files")
  private static let shells: Set<ByteString> = [
    "sh", "bash", "dash", "ash", "ksh", "mksh", "busybox",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image == nil, let chain = try? ScriptChain(of: object.path, in: &root),
      chain.steps.contains(where: {
        Self.shells.contains(RootPath(normalising: $0.path).name)
      }), let bytes = root.text(at: object.path)
    else { return [] }
    let place = ShellPlace(of: object)
    let script = ShellEvaluation(ShellScript(bytes), at: place, in: &root)
    let packages = ScriptPackages(of: object.real, in: root)
    var seen: Set<Wish> = []
    var needs: [RuntimeNeed] = []
    for command in script.commands.all {
      guard let wish = Self.program(command.value, of: place, in: &root),
        seen.insert(wish).inserted
      else { continue }
      needs.append(
        Self.topic.registered(
          .line(command.line, of: command.file), [wish],
          isEssential: packages.countOn(wish, in: &root),
          purpose: "a program that the script starts"))
    }
    for source in script.sources.all {
      let wish = Wish.path(place.source(of: source.value), at: place.target(of: source.value))
      guard seen.insert(wish).inserted else { continue }
      needs.append(
        Self.filesTopic.registered(
          .line(source.line, of: source.file), [wish], isEssential: true,
          purpose: "a part of the script"))
    }
    return needs + Self.neighbours(script.paths.all, of: place, &seen, in: &root)
  }

  /// A program by its path or its name; nil for what isn't there: the script may look for it first.
  private static func program(
    _ name: ByteString, of place: ShellPlace, in root: inout RootView
  ) -> Wish? {
    guard name.count < PathResolver.textLimit else { return nil }
    if name.hasPrefix("/") || place.isOwn(name) {
      let source = place.source(of: name)
      return isProgram(source, in: &root) ? .path(source, at: place.target(of: name)) : nil
    }
    guard !name.contains(UInt8(ascii: "/")), !name.isEmpty else { return nil }
    return ScriptChain.searchPath.map { $0 + "/" + name }.first { isProgram($0, in: &root) }.map {
      .path($0, at: nil)
    }
  }

  private static func isProgram(_ path: ByteString, in root: inout RootView) -> Bool {
    guard let status = root.resolve(path)?.status else { return false }
    return status.kind == .regular && status.permissions & 0o111 != 0
  }

  // MARK: What lies beside the script

  /// In bytes: more than that, nobody starts with a script unasked.
  private static let sizeLimit: UInt64 = 256 << 20

  /// Files and directories that the script finds from its own place.
  private static func neighbours(
    _ paths: [ShellEvaluation.Use], of place: ShellPlace, _ seen: inout Set<Wish>,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    var needs: [RuntimeNeed] = []
    for path in paths where place.isOwn(path.value) {
      let source = place.source(of: path.value)
      guard let file = root.resolve(source), isNeighbour(file, of: place, in: &root) else {
        continue
      }
      let wish = Wish.path(source, at: place.target(of: path.value))
      guard seen.insert(wish).inserted else { continue }
      needs.append(
        filesTopic.registered(
          .line(path.line, of: path.file), [wish], isEssential: true,
          purpose: "lies beside the script, which names it"))
    }
    return needs
  }

  /// Nothing that holds the script itself: a script names its own directory to find others there.
  private static func isNeighbour(
    _ file: ResolvedPath, of place: ShellPlace, in root: inout RootView
  ) -> Bool {
    guard !place.real.isInside(file.real) else { return false }
    switch file.status.kind {
    case .regular: return file.status.size <= sizeLimit
    case .directory:
      return (TreeSize(of: file.real, in: root.tree)?.bytes).map { $0 <= sizeLimit } ?? false
    default: return false
    }
  }
}
