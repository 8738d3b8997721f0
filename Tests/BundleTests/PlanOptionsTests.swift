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
    func entries(on base: BaseLayout?) throws -> [RootPath] {
      try PlanFixture.plan(
        [
          "/home/me/server": .program(needed: ["libz.so.1", "libc.so.6"]),
          "/srv/lib": .link("usr/lib"), "/srv/usr/lib/x": .text("x"),
        ], programs: [("/home/me/server", at: "/server")], additions: [("/srv", at: nil)],
        options: Self.options { $0.base = base }
      ).entries.map(\.path)
    }
    let all = try entries(on: nil)
    #expect(all.contains("/lib") && all.contains("/lib64"))
    #expect(try entries(on: .merged) == all.filter { $0 != "/lib" && $0 != "/lib64" })
  }

  // MARK: What an image needs

  static let server: [RootPath: InMemoryTree.Node] = [
    "/home/me/server": .program(needed: ["libc.so.6"])
  ]

  func plan(
    _ files: [RootPath: InMemoryTree.Node] = [:], at destination: RootPath = "/app/server",
    additions: [(ByteString, at: RootPath?)] = [], _ change: (inout PlanOptions) -> Void
  ) throws -> BundlePlan {
    try PlanFixture.plan(
      files.merging(Self.server) { $1 }, programs: [("/home/me/server", at: destination)],
      additions: additions, options: Self.options(change))
  }

  func text(_ entry: BundleEntry?) -> String? {
    guard case .file(.generated(let bytes), 0o644)? = entry?.node else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      (
        PlannedUser(name: "app", uid: 1000, gid: 2000),
        "root:x:0:0:root:/root:/sbin/nologin\napp:x:1000:2000:app:/:/sbin/nologin\n",
        "root:x:0:\napp:x:2000:\n"
      ),
      (
        PlannedUser(name: "app", uid: 1000, gid: 0),
        "root:x:0:0:root:/root:/sbin/nologin\napp:x:1000:0:app:/:/sbin/nologin\n", "root:x:0:\n"
      ),
      (
        PlannedUser(name: "root", uid: 0, gid: 0), "root:x:0:0:root:/root:/sbin/nologin\n",
        "root:x:0:\n"
      ),
    ])
  func `a user has a name in the image, and nobody of the host has`(
    user: PlannedUser, passwd: String, group: String
  ) throws {
    let plan = try plan(["/etc/passwd": .text("host"), "/etc/group": .text("host")]) {
      $0.user = user
    }
    #expect(text(plan["/etc/passwd"]) == passwd)
    #expect(text(plan["/etc/group"]) == group)
    #expect(plan["/etc/passwd"]?.reason == .user(user.name))
    #expect(plan["/etc/passwd"]?.stratum == .application)
  }

  @Test func `a user's file that an addition brings is a failure that tells so`() throws {
    let user = PlannedUser(name: "app", uid: 1000, gid: 1000)
    #expect(
      throws: PlanError.takenFromUser(
        user, path: "/etc/group", existing: .addition(of: "/srv/group"))
    ) {
      try plan(["/srv/group": .text("x")], additions: [("/srv/group", at: "/etc/group")]) {
        $0.user = user
      }
    }
  }

  @Test func `directories that the configuration names exist, where links lead`() throws {
    let plan = try plan(
      [
        "/srv/data": .link("/var/data"), "/srv/own": .directory(permissions: 0o700),
        "/srv/lib-link": .link("/lib/state"),
      ], additions: [("/srv", at: nil)]
    ) {
      $0.directories = [
        PlannedDirectory(path: "/app/deep", purpose: .work),
        PlannedDirectory(path: "/srv/data", purpose: .volume),
        PlannedDirectory(path: "/srv/own", purpose: .volume),
        PlannedDirectory(path: "/srv/lib-link", purpose: .volume),
        PlannedDirectory(path: "/usr/lib", purpose: .work),
        PlannedDirectory(path: "/", purpose: .work),
      ]
    }
    #expect(plan["/app/deep"]?.reason == .workingDirectory)
    #expect(plan["/app/deep"]?.stratum == .application)
    #expect(plan.permissions(of: "/app/deep") == 0o755)
    #expect(plan["/app"]?.reason == .parent)
    #expect(plan["/var/data"]?.reason == .volume)
    #expect(plan["/usr/lib/state"]?.reason == .volume)
    #expect(plan.permissions(of: "/srv/own") == 0o700)
    #expect(plan["/usr/lib"]?.reason == .parent)
    #expect(plan.warnings.isEmpty)
  }

  @Test(arguments: ["/srv/file", "/srv/file/below", "/app/server"] as [RootPath])
  func `a file where a directory has to be is a conflict`(path: RootPath) throws {
    #expect {
      try plan(["/srv/file": .text("x")], additions: [("/srv", at: nil)]) {
        $0.directories = [PlannedDirectory(path: path, purpose: .volume)]
      }
    } throws: { error in
      guard case .conflict? = error as? PlanError else { return false }
      return true
    }
  }

  @Test func `the kernel's init leads to the first program, beside the plan`() throws {
    let plan = try plan { _ in }
    #expect(plan["/init"] == nil)
    guard case .symbolicLink("/app/server")? = plan.initLink?.node else {
      Issue.record("\(String(describing: plan.initLink))")
      return
    }
  }

  @Test func `an init of the program's or an addition's own stays`() throws {
    #expect(try plan(at: "/init") { _ in }.initLink == nil)
    let added = try plan(["/srv/start": .text("x")], additions: [("/srv/start", at: "/init")]) {
      _ in
    }
    #expect(added.initLink == nil)
  }
}
