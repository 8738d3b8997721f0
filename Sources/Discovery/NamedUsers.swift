internal import ELF
internal import FileTree

/// Users whose names stand as texts in a program that looks users up: those that a server changes to.
struct NamedUsers: NeedSource {
  private static let topic = Topic("users")
  private static let callers: Set<ByteString> = ["getpwnam", "getpwnam_r"]
  /// In bytes; no program has more constants.
  private static let constantsLimit: UInt64 = 256 << 20

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram, object.image != nil, !object.imports.isDisjoint(with: Self.callers),
      let file = try? root.tree.open(object.real),
      let segments = try? ElfImage.constantSegments(
        of: file, in: .readOnly, limit: Self.constantsLimit)
    else { return [] }
    var needs: [RuntimeNeed] = []
    for name in SystemAccounts.packageUsers(in: &root) {
      let pattern = [0] + name.bytes + [0]
      for segment in segments {
        guard let place = find(pattern, in: segment.bytes) else { continue }
        needs.append(
          RuntimeNeed(
            topic: Self.topic, grade: .implied,
            evidence: Evidence(
              file: object.path, mark: .string(name, offset: segment.offset + UInt64(place + 1))),
            wishes: SystemAccounts.wishes(users: [name], in: &root), isEssential: true,
            purpose: "a user that it changes to"))
        break
      }
    }
    return needs
  }
}
