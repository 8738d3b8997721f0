internal import FileTree

/// The programs that a shell script starts, as far as its text names them.
struct ShellCommands: NeedSource {
  private let topic = Topic("commands")
  private static let shells: Set<ByteString> = [
    "sh", "bash", "dash", "ash", "ksh", "mksh", "busybox",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image == nil, let chain = try? ScriptChain(of: object.path, in: &root),
      chain.steps.contains(where: {
        Self.shells.contains(RootPath(normalising: $0.path).name)
      }), let bytes = root.text(at: object.path)
    else { return [] }
    let script = ShellScript(bytes)
    var seen: Set<ByteString> = []
    return script.commands.compactMap { command in
      guard !script.functions.contains(command.name), seen.insert(command.name).inserted,
        let path = Self.program(command.name, in: &root)
      else { return nil }
      return topic.registered(
        .line(command.line, of: object.path), [.path(path, at: nil)], isEssential: true,
        purpose: "a program that the script starts")
    }
  }

  /// A program by its path or its name; nil for what isn't there: the script may look for it first.
  private static func program(_ name: ByteString, in root: inout RootView) -> ByteString? {
    guard name.count < PathResolver.textLimit else { return nil }
    if name.hasPrefix("/") { return isProgram(name, in: &root) ? name : nil }
    guard !name.contains(UInt8(ascii: "/")) else { return nil }
    return ScriptChain.searchPath.map { $0 + "/" + name }.first { isProgram($0, in: &root) }
  }

  private static func isProgram(_ path: ByteString, in root: inout RootView) -> Bool {
    guard let status = root.resolve(path)?.status else { return false }
    return status.kind == .regular && status.permissions & 0o111 != 0
  }
}
