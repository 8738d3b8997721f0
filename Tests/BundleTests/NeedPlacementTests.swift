import FileTree
import Loader
import TestSupport
import Testing

@testable import Bundle
@testable import Discovery

/// Where what needs ask for goes: where the root has it, and nowhere that is taken.
struct NeedPlacementTests {
  private static let files: [RootPath: InMemoryTree.Node] = [
    "/bin": .link("usr/bin"), "/usr/bin/sh": .link("dash"),
    "/usr/bin/dash": .program(needed: ["libc.so.6"]),
    "/usr/bin/busybox": .program(needed: ["libz.so.1"]),
    "/srv/start": .text("#!/bin/sh\n"),
    "/run": .directory(), "/var/run": .link("/run"), "/var/lock": .link("../run/lock"),
    "/etc": .link("system/etc"), "/system/etc": .directory(), "/srv/more": .link("/data/more"),
  ]
  private static let tree = InMemoryTree(PlanFixture.system.merging(files) { $1 })
  private static let need = FoundNeed(
    RuntimeNeed(
      topic: StateDirectories.topic, grade: .requested,
      evidence: Evidence(file: nil, mark: .line(1)),
      wishes: [], isEssential: true, purpose: ""), outcome: .packed)

  private func plan(
    _ programs: [(ByteString, InclusionReason)] = [],
    needs: [(ByteString, at: RootPath?)] = [], additions: [(ByteString, at: RootPath)] = [],
    content: [Wish] = [], options: PlanOptions = PlanOptions()
  ) throws -> BundlePlan {
    var loader = Loader(tree: Self.tree)
    var contents = PlanContents()
    contents.needs = [Self.need]
    contents.subjects =
      try programs.map {
        PackSubject(graph: try loader.closure(of: $0.0), destination: nil, reason: $0.1)
      }
      + needs.map {
        PackSubject(graph: try loader.closure(of: $0.0), destination: $0.at, reason: .need(0))
      }
    contents.additions =
      additions.map { Addition(tree: Self.tree, source: $0.0, destination: $0.at) }
      + needs.map {
        Addition(tree: Self.tree, source: $0.0, destination: $0.at, reason: .need(0))
      }
    contents.content = content.map { NeededContent(wish: $0, need: 0) }
    var builder = PlanBuilder(tree: Self.tree, contents: contents, options: options)
    return try builder.build()
  }

  private func link(_ entry: BundleEntry?) -> ByteString? {
    if case .symbolicLink(let text)? = entry?.node { text } else { nil }
  }

  // MARK: Places that are taken

  @Test func `a shell that a script brings stays where another one is asked for`() throws {
    let plan = try plan(
      [("/bin/sh", .interpreter(of: "/srv/start"))],
      needs: [("/usr/bin/busybox", at: nil), ("/usr/bin/busybox", at: "/bin/sh")])
    #expect(link(plan["/usr/bin/sh"]) == "dash")
    #expect(plan["/usr/bin/dash"]?.reason == .scriptInterpreter(of: "/srv/start"))
    #expect(plan["/usr/bin/busybox"]?.size ?? 0 > 0)
  }

  @Test func `an addition stays where a need would put a program, whose libraries stay away`()
    throws
  {
    let plan = try plan(
      needs: [("/usr/bin/busybox", at: "/bin/sh")], additions: [("/srv/start", at: "/bin/sh")])
    #expect(plan["/usr/bin/sh"]?.reason == .addition(of: "/srv/start"))
    #expect(plan["/usr/lib/libz.so.1"] == nil)
  }

  @Test func `a need's program comes with its libraries where nothing is`() throws {
    let plan = try plan(needs: [("/usr/bin/busybox", at: "/bin/sh")])
    #expect(plan["/usr/bin/sh"]?.size ?? 0 > 0)
    #expect(link(plan["/usr/lib/libz.so.1"]) == "libz.so.1.3")
  }

  // MARK: Links of the root

  @Test func `what is made lies where the root's links lead, and the links are there`() throws {
    let plan = try plan(
      content: [
        .directory("/var/run", permissions: 0o755), .directory("/var/run/app", permissions: 0o700),
        .directory("/var/lock/app", permissions: 0o711), .lines("/etc/passwd", ["x"]),
        .generated("/var/run/made", [1]),
      ])
    #expect(link(plan["/var/run"]) == "/run")
    #expect(link(plan["/var/lock"]) == "../run/lock")
    #expect(link(plan["/etc"]) == "system/etc")
    #expect(plan.permissions(of: "/run/app") == 0o700)
    #expect(plan.permissions(of: "/run/lock/app") == 0o711)
    #expect(plan["/system/etc/passwd"]?.size == 2)
    #expect(plan["/run/made"]?.size == 1)
    #expect(!plan.entries.contains { $0.path.isInside("/var/run") && $0.path != "/var/run" })
  }

  @Test func `a directory belongs to whom one of its needs names, or to the image's user`() throws {
    let owner = FileStatus.Owner(user: 105, group: 113)
    let content: [Wish] = [
      .directory("/run/app", permissions: 0o755), .directory("/run", permissions: 0o755),
      .directory("/var/run/app", permissions: 0o700, owner: owner),
      .directory("/srv/data/below", permissions: 0o700, owner: owner),
      .directory("/srv/data", permissions: 0o750, owner: owner),
    ]
    let plan = try plan(content: content)
    #expect(plan["/run/app"]?.owner == owner)
    #expect(plan.permissions(of: "/run/app") == 0o755)
    #expect(plan["/srv/data"]?.owner == owner)
    #expect(plan.permissions(of: "/srv/data") == 0o750)
    #expect(plan["/run"]?.owner == nil && plan["/srv"]?.owner == nil)
    var options = PlanOptions()
    options.volumeOwner = FileStatus.Owner(user: 7, group: 8)
    let other = try self.plan(content: content, options: options)
    #expect(other["/run/app"]?.owner == options.volumeOwner)
  }

  @Test func `so do an image's directories and its user`() throws {
    var options = PlanOptions()
    options.user = PlannedUser(name: "app", uid: 7, gid: 7)
    options.directories = [
      PlannedDirectory(path: "/var/run/app", purpose: .volume),
      PlannedDirectory(path: "/srv/more", purpose: .work),
    ]
    let plan = try plan(options: options)
    #expect(plan["/run/app"]?.reason == .volume)
    #expect(plan["/data/more"]?.reason == .workingDirectory)
    #expect(plan["/system/etc/passwd"]?.reason == .user("app"))
  }

  @Test func `a user's own place is left as he wrote it`() throws {
    let plan = try plan(additions: [("/srv/start", at: "/var/run/start")])
    #expect(plan["/var/run/start"]?.reason == .addition(of: "/srv/start"))
    #expect(plan["/var/run"]?.reason == .parent)
  }
}
