internal import ELF
internal import FileTree

/// The root directory of Erlang: the emulator, its libraries and the boot files.
///
/// Source: OTP `erts/etc/unix/erl.src.in` (ROOTDIR is above the script's own directory) and
/// `erts/etc/common/erlexec.c` (`erts-*/bin`, `releases`, `lib`).
struct ErlangRuntime: NeedSource {
  private let topic = Topic("erlang")
  private var known: Set<RootPath> = []

  private static let programs: Set<ByteString> = [
    "erl", "erlexec", "beam.smp", "beam", "escript", "erlc", "ct_run", "dialyzer",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard Self.programs.contains(object.real.name),
      let top = Self.top(above: object.real, in: &root), known.insert(top).inserted
    else { return [] }
    let wishes = TreeSelection.wishes(for: top.text, in: &root, leavingOut: Self.isLeftOut)
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "the root directory of Erlang")
    ]
  }

  private static func top(above program: RootPath, in root: inout RootView) -> RootPath? {
    var directory = program.parent
    for _ in 0..<4 where !directory.isRoot {
      if root.isDirectory(directory.text + "/releases"),
        root.isDirectory(directory.text + "/lib"),
        root.names(in: directory.text).contains(where: { $0.hasPrefix("erts-") })
      {
        return directory
      }
      directory = directory.parent
    }
    return nil
  }

  /// Sources, headers and documents of an application (`lib/NAME-VERSION/…`) or of the emulator.
  private static func isLeftOut(_ names: [ByteString]) -> Bool {
    guard let first = names.first, let last = names.last else { return false }
    let parts: Set<ByteString> = ["src", "include", "examples", "doc", "man", "emacs"]
    return (names.count == 3 && first == "lib" && parts.contains(last))
      || (names.count == 2 && first.hasPrefix("erts-") && parts.contains(last))
  }
}
