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

  // MARK: Extended attributes

  static let capability = ExtendedAttribute(name: "security.capability", value: [1, 0, 0, 2])
  static let note = ExtendedAttribute(name: "user.note", value: [])

  func planWithAttributes(keeping keepsAttributes: Bool) throws -> BundlePlan {
    let files: [RootPath: InMemoryTree.Node] = [
      "/usr/bin/ping": .program(needed: ["libc.so.6"]), "/srv/also": .hardLink("/usr/bin/ping"),
      "/srv/text": .text("x"),
    ]
    let labels = ["security.selinux", "security.ima", "system.posix_acl_access", "trusted.x"]
      .map { ExtendedAttribute(name: ByteString($0), value: [1]) }
    let tree = AlteredTree(
      InMemoryTree(PlanFixture.system.merging(files) { $1 }),
      attributes: [
        "/usr/bin/ping": [Self.note, Self.capability] + labels, "/srv": labels + [Self.note],
        // Of the kernel's rules, only an executable file's capabilities count.
        "/srv/also": [Self.note, Self.capability], "/srv/text": [Self.capability],
        "/usr/lib/libc-2.36.so": [Self.note], "/usr": [Self.note],
      ])
    return try PlanFixture.plan(
      tree, programs: [("/usr/bin/ping", at: nil)], additions: [("/srv", at: nil)],
      options: Self.options { $0.keepsExtendedAttributes = keepsAttributes })
  }

  @Test func `capabilities of programs are dropped and told`() throws {
    let plan = try planWithAttributes(keeping: false)
    #expect(
      plan.warnings == [.droppedCapabilities("/usr/bin/ping"), .droppedCapabilities("/srv/also")])
    #expect(plan.entries.allSatisfy { $0.attributes.isEmpty })
  }

  @Test func `attributes that are asked for are kept, those of the system never`() throws {
    let plan = try planWithAttributes(keeping: true)
    #expect(plan.warnings.isEmpty)
    // Two names of one file: the first in the archive has the attributes.
    #expect(plan["/srv/also"]?.attributes == [Self.capability, Self.note])
    #expect(plan["/usr/bin/ping"]?.attributes == [])
    #expect(plan["/srv"]?.attributes == [Self.note])
    #expect(plan["/srv/text"]?.attributes == [Self.capability])
    #expect(plan["/usr/lib/libc-2.36.so"]?.attributes == [Self.note])
    #expect(plan["/usr"]?.attributes == [])
    #expect(PlanTree(plan.entries).hasCapabilities("/usr/bin/ping"))
  }

  // MARK: Overlays

  @Test func `root links that the base image has are left out, and nothing else is`() throws {
    func entries(omitting omitsRootLinks: Bool) throws -> [RootPath] {
      try PlanFixture.plan(
        [
          "/home/me/server": .program(needed: ["libz.so.1", "libc.so.6"]),
          "/srv/lib": .link("usr/lib"), "/srv/usr/lib/x": .text("x"),
        ], programs: [("/home/me/server", at: "/server")], additions: [("/srv", at: nil)],
        options: Self.options { $0.omitsRootLinks = omitsRootLinks }
      ).entries.map(\.path)
    }
    let all = try entries(omitting: false)
    #expect(all.contains("/lib") && all.contains("/lib64"))
    #expect(try entries(omitting: true) == all.filter { $0 != "/lib" && $0 != "/lib64" })
  }
}
