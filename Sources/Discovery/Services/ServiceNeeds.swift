internal import ELF
internal import FileTree

/// Users, groups and directories that the services of a program name: as whom it runs, and where it writes.
struct ServiceNeeds: NeedSource {
  private static let users = Topic("users")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    let service = root.service(of: object)
    guard !service.services.isEmpty else { return [] }
    let state = ServiceState(of: service.facts, in: &root)
    func need(
      _ topic: Topic, _ wishes: [Wish], _ evidence: Evidence, _ purpose: String
    ) -> RuntimeNeed? {
      guard !wishes.isEmpty else { return nil }
      return RuntimeNeed(
        topic: topic, grade: .registered, evidence: evidence, wishes: wishes, isEssential: true,
        purpose: purpose)
    }
    let users = state.users.compactMap { user in
      need(
        Self.users, SystemAccounts.wishes(users: [user.value], in: &root), user.evidence,
        "a user that its service runs as")
    }
    let groups = state.groups.compactMap { group in
      need(
        Self.users, SystemAccounts.wishes(ofGroup: group.value, in: &root), group.evidence,
        "a group that its service runs in")
    }
    let directories = state.directories.compactMap { directory in
      need(
        StateDirectories.topic, [directory.value], directory.evidence,
        "a directory that its service writes to")
    }
    return users + groups + directories
  }
}
