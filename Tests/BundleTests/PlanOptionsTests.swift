import Bundle
import FileTree
import Loader
import TestSupport
import Testing

/// What a user may ask of a plan beside its programs and additions.
struct PlanOptionsTests {
  static func options(_ change: (inout PlanOptions) -> Void) -> PlanOptions {
    var options = PlanOptions()
    change(&options)
    return options
  }

  // MARK: Set-user-id

  static let setID: [RootPath: InMemoryTree.Node] = [
    "/usr/bin/su": .program(needed: ["libc.so.6"]).setUserID,
    "/srv/shared": .directory(permissions: 0o2775),
    "/srv/shared/sticky": .directory(permissions: 0o1777),
    "/srv/shared/tool": .file([1], permissions: 0o2711),
  ]

  @Test func `set-id bits of files and directories are dropped and told`() throws {
    let plan = try PlanFixture.plan(
      Self.setID, programs: [("/usr/bin/su", at: nil)], additions: [("/srv/shared", at: nil)])
    #expect(
      plan.warnings == ["/usr/bin/su", "/srv/shared", "/srv/shared/tool"].map { .droppedSetID($0) })
    #expect(plan.permissions(of: "/usr/bin/su") == 0o755)
    #expect(plan.permissions(of: "/srv/shared") == 0o775)
    #expect(plan.permissions(of: "/srv/shared/sticky") == 0o1777)
    #expect(plan.permissions(of: "/srv/shared/tool") == 0o711)
  }

  @Test func `set-id bits that are asked for are kept`() throws {
    let plan = try PlanFixture.plan(
      Self.setID, programs: [("/usr/bin/su", at: nil)], additions: [("/srv/shared", at: nil)],
      options: Self.options { $0.keepsSetID = true })
    #expect(plan.warnings.isEmpty)
    #expect(plan.permissions(of: "/usr/bin/su") == 0o4755)
    #expect(plan.permissions(of: "/srv/shared") == 0o2775)
    #expect(plan.permissions(of: "/srv/shared/tool") == 0o2711)
  }

  @Test func `a kept bit that gives root's rights instead of another's is told`() throws {
    let tree = AlteredTree(
      InMemoryTree(PlanFixture.system.merging(Self.setID) { $1 }),
      owners: [
        "/usr/bin/su": .init(user: 0, group: 7), "/srv/shared": .init(user: 7, group: 7),
        "/srv/shared/tool": .init(user: 0, group: 7),
      ])
    let plan = try PlanFixture.plan(
      tree, programs: [("/usr/bin/su", at: nil)], additions: [("/srv/shared", at: nil)],
      options: Self.options { $0.keepsSetID = true })
    #expect(plan.warnings == [.setIDOfOther("/srv/shared/tool", .init(user: 0, group: 7))])
  }
}
