internal import ELF
internal import FileTree

/// Users whose names stand as texts in a program that looks users up: those that a server changes to.
struct NamedUsers: NeedSource {
  private static let topic = Topic("users")
  static let callers: Set<ByteString> = ["getpwnam", "getpwnam_r"]
  /// What a looked-up user is for: to become him, or to give him files; setuid(2), chown(2).
  private static let uses: Set<ByteString> = [
    "setuid", "seteuid", "setreuid", "setresuid", "setgroups", "initgroups", "setfsuid", "chown",
    "fchown", "lchown", "fchownat",
  ]

  var symbols: Set<ByteString> { Self.callers.union(Self.uses) }

  /// Of the program, until an object of it becomes somebody else.
  private var pending: [RuntimeNeed] = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if object.isProgram { pending = Self.named(by: object, in: &root) }
    guard !pending.isEmpty, !object.imports.isDisjoint(with: Self.uses) else { return [] }
    defer { pending = [] }
    return pending
  }

  private static func named(
    by object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard !object.imports.isDisjoint(with: callers) else { return [] }
    let words = root.constantFacts(of: object).words
    guard !words.isEmpty else { return [] }
    let called = functions(of: object, in: &root)
    return SystemAccounts.packageUsers(in: &root).flatMap { name -> [RuntimeNeed] in
      guard let place = words[name], !called.contains(name) else { return [] }
      let evidence = Evidence(file: object.path, mark: .string(name, offset: place))
      func need(_ topic: Topic, _ wishes: [Wish], _ purpose: String) -> RuntimeNeed {
        RuntimeNeed(
          topic: topic, grade: .implied, evidence: evidence, wishes: wishes, isEssential: true,
          purpose: purpose)
      }
      let user = SystemAccounts.wishes(users: [name], in: &root)
      return [need(topic, user, "a user that it changes to")]
        + SystemAccounts.stateDirectories(of: name, in: &root).map {
          need(StateDirectories.topic, [$0], "a directory of a user that it changes to")
        }
    }
  }

  /// What the program calls of others: a text such as `bind` is then the function, in a message.
  private static func functions(
    of object: ObservedObject, in root: inout RootView
  ) -> Set<ByteString> {
    guard let file = try? root.open(object.real.text) else { return [] }
    return Set((try? ElfImage.importedSymbols(of: file)) ?? [])
  }
}
