internal import ELF
internal import FileTree

/// A shell whose path stands in a program that starts others by their paths.
///
/// What only may start commands calls system(3), which ``NeedsTable`` knows.
struct NamedShell: NeedSource {
  private static let path: ByteString = "/bin/sh"

  let symbols: Set<ByteString> = [
    "execl", "execle", "execlp", "execv", "execve", "execvp", "execvpe", "posix_spawn", "forkpty",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram, !object.imports.isDisjoint(with: symbols),
      let text = root.constantFacts(of: object).paths.first(where: { $0.text == Self.path })
    else { return [] }
    return [
      RuntimeNeed(
        topic: Topic("shell"), grade: .implied,
        evidence: Evidence(file: object.path, mark: .string(text.text, offset: text.offset)),
        wishes: PresetWishes.shell(in: &root), isEssential: true, purpose: "a shell that it starts")
    ]
  }
}
