import FileTree
import TestSupport
import Testing

@testable import Bundle
@testable import Discovery

struct SensitiveContentTests {
  static let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
  static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

  static let tree = InMemoryTree([
    "/etc/passwd": .text(
      """
      root:x:0:0::/root:/bin/sh
      www-data:x:33:33::/var/www:/bin/sh
      me:x:1000:1000::/srv/people/me:/bin/sh
      odd:x:1001:1001::/:/bin/sh
      """),
    "/srv/key.pem": .text(key), "/srv/certificate.pem": .text(certificate),
    "/srv/both.pem": .text(certificate + key),
    "/srv/commented.pem": .text("# of the test server\n" + key),
    "/srv/windows.pem": .text(key.replacing("\n", with: "\r\n")),
    "/srv/bag.pem": .text("Bag Attributes\n    friendlyName: x\n" + key),
    "/srv/openpgp.asc": .text("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n"),
    "/srv/openssh": .text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"),
    "/srv/putty.ppk": .text("PuTTY-User-Key-File-3: ssh-ed25519\n"),
    "/srv/store.p12": .file([0x30, 0x82, 1, 2]), "/srv/page.p12": .text("no key"),
    "/srv/krb5.keytab": .file([5, 2, 0, 0]),
    "/srv/code.py": .text("x = '''\n\(key)'''\n"), "/srv/text": .text("a PRIVATE KEY-----"),
    "/srv/empty.pem": .text(""),
    "/etc/shadow": .text("root:*:"), "/etc/gshadow-": .text(""), "/srv/shadow": .text("dark"),
    "/run/secrets/token": .text("t"), "/var/www/page": .text("p"),
    "/root/notes": .text(""), "/home/you/notes": .text(""), "/srv/people/me/notes": .text(""),
    "/root/build/server.conf": .text(""), "/root/build/.git/config": .text(""),
    "/root/.config/x": .text(""), "/srv/app/.ssh/config": .text(""),
    "/srv/app/.aws/sso/cache": .text(""), "/srv/.docker/config.json": .text("{}"),
    "/srv/.docker/nginx.conf": .text(""),
  ])

  func reason(_ path: RootPath, projects: [RootPath] = []) throws -> SensitiveReason? {
    let status = try Self.tree.status(of: path)
    return SensitiveContent(tree: Self.tree, projects: projects)
      .reason(for: path, status, in: Self.tree)
  }

  @Test(
    arguments: [
      "/srv/key.pem", "/srv/both.pem", "/srv/commented.pem", "/srv/windows.pem", "/srv/bag.pem",
      "/srv/openpgp.asc", "/srv/openssh", "/srv/putty.ppk", "/srv/store.p12", "/srv/krb5.keytab",
    ] as [RootPath])
  func `a private key is told by what is in it`(path: RootPath) throws {
    #expect(try reason(path) == .privateKey)
  }

  @Test(
    arguments: [
      "/srv/certificate.pem", "/srv/page.p12", "/srv/code.py", "/srv/text", "/srv/empty.pem",
      "/srv/shadow", "/var/www/page", "/etc/passwd",
    ] as [RootPath])
  func `what only speaks of secrets is none`(path: RootPath) throws {
    #expect(try reason(path) == nil)
  }

  @Test func `places are secret whatever lies there`() throws {
    #expect(try reason("/etc/shadow") == .shadow)
    #expect(try reason("/etc/gshadow-") == .shadow)
    #expect(try reason("/run/secrets") == .secrets("/run/secrets"))
    #expect(try reason("/run/secrets/token") == .secrets("/run/secrets"))
    for path: RootPath in [
      "/srv/app/.ssh", "/srv/app/.ssh/config", "/srv/app/.aws/sso/cache",
      "/srv/.docker/config.json",
    ] {
      #expect(try reason(path) == .credentials, "\(path)")
    }
    #expect(try reason("/srv/.docker/nginx.conf") == nil)
  }

  @Test(
    arguments: [
      ("/root/notes", "/root"), ("/root", "/root"), ("/home/you/notes", "/home/you"),
      ("/srv/people/me/notes", "/srv/people/me"),
    ] as [(RootPath, RootPath)])
  func `homes are those of passwd, and all of the usual place`(
    path: RootPath, home: RootPath
  ) throws {
    #expect(try reason(path) == .home(home))
  }

  @Test func `a project may lie in a home, but what is hidden there isn't one`() throws {
    #expect(try reason("/root/build/server.conf", projects: ["/root/build"]) == nil)
    #expect(try reason("/root/build/.git", projects: ["/root/build"]) == nil)
    #expect(try reason("/root/notes", projects: ["/root/build"]) == .home("/root"))
    // Somebody who works in the home itself.
    #expect(try reason("/root/notes", projects: ["/root"]) == nil)
    #expect(try reason("/root/.config", projects: ["/root"]) == .home("/root"))
    #expect(try reason("/root", projects: ["/root"]) == .home("/root"))
    // A place above homes is no project in one.
    #expect(try reason("/root/notes", projects: ["/"]) == .home("/root"))
  }

  // MARK: In plans

  private func plan(_ additions: [Addition], allows: Bool = false) throws -> BundlePlan {
    var contents = PlanContents()
    contents.additions = additions
    contents.needs = [
      FoundNeed(
        RuntimeNeed(
          topic: Topic("nginx"), grade: .registered, evidence: Evidence(file: nil, mark: .line(1)),
          wishes: [], isEssential: true, purpose: ""), outcome: .packed, of: nil)
    ]
    var options = PlanOptions()
    if !allows { options.sensitive = SensitiveContent(tree: Self.tree, projects: []) }
    var builder = PlanBuilder(tree: Self.tree, contents: contents, options: options)
    return try builder.build()
  }

  @Test func `an addition that would bring secrets is refused, with all of them`() {
    let addition = Addition(tree: Self.tree, source: "/srv/app/..", destination: "/data")
    do {
      _ = try plan([addition])
      Issue.record("it isn't refused")
    } catch let PlanError.sensitive(refused) {
      #expect(refused["/srv/key.pem"] == .privateKey)
      #expect(refused["/srv/app/.ssh"] == .credentials)
      #expect(refused["/srv/people/me"] == .home("/srv/people/me"))
      #expect(refused["/srv/people/me/notes"] == nil)
    } catch {
      Issue.record(error)
    }
  }

  @Test func `who allows it gets it`() throws {
    let addition = Addition(tree: Self.tree, source: "/srv/key.pem", destination: "/key.pem")
    #expect(try plan([addition], allows: true).entries.contains { $0.path == "/key.pem" })
  }

  @Test func `a need goes without, which is told`() throws {
    let addition = Addition(tree: Self.tree, source: "/srv", destination: nil, reason: .need(0))
    let plan = try plan([addition])
    #expect(plan.entries.contains { $0.path == "/srv/certificate.pem" })
    #expect(!plan.entries.contains { $0.path == "/srv/key.pem" })
    #expect(plan.warnings.contains(.leftOutSensitive("/srv/key.pem", .privateKey)))
  }
}
