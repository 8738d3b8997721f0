import FileTree
import TestSupport
import Testing

@testable import Bundle
@testable import Discovery
@testable import Secrets

struct SecretGateTests {
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
    "/srv/code.py": .text("if line == '-----BEGIN PRIVATE KEY-----': # a key\n"),
    "/srv/text": .text("a PRIVATE KEY-----"),
    "/srv/empty.pem": .text(""),
    "/etc/shadow": .text("root:*:"), "/etc/gshadow-": .text(""), "/srv/shadow": .text("dark"),
    "/run/secrets/token": .text("t"), "/var/www/page": .text("p"),
    "/root/notes": .text(""), "/home/you/notes": .text(""), "/srv/people/me/notes": .text(""),
    "/root/build/server.conf": .text(""), "/root/build/.git/config": .text(""),
    "/root/.config/x": .text(""), "/srv/app/.ssh/config": .text(""),
    "/srv/app/.aws/sso/cache": .text(""), "/srv/.docker/config.json": .text("{}"),
    "/srv/.docker/nginx.conf": .text(""),
  ])

  func reason(
    _ path: RootPath, projects: [RootPath] = [], for taker: SecretGate.Taker = .addition
  ) throws -> SensitiveReason? {
    let status = try Self.tree.status(of: path)
    var gate = SecretGate(tree: Self.tree, projects: projects)
    return gate.reason(against: path, status, in: Self.tree, for: taker)
  }

  /// The name of a reason's rule; nil where there is no reason.
  func rule(_ path: RootPath) throws -> String? { try reason(path)?.rule }

  @Test(
    arguments: [
      "/srv/key.pem", "/srv/both.pem", "/srv/commented.pem", "/srv/windows.pem", "/srv/bag.pem",
      "/srv/openpgp.asc", "/srv/openssh", "/srv/putty.ppk", "/srv/store.p12", "/srv/krb5.keytab",
    ] as [RootPath])
  func `a private key is told by what is in it`(path: RootPath) throws {
    #expect(
      try ["pem", "putty", "pkcs12", "keytab"].contains(rule(path) ?? ""), "\(path)")
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
    #expect(try rule("/etc/shadow") == "shadow")
    #expect(try rule("/etc/gshadow-") == "shadow")
    #expect(try rule("/run/secrets") == "secrets")
    #expect(try rule("/run/secrets/token") == "secrets")
    for path: RootPath in [
      "/srv/app/.ssh", "/srv/app/.ssh/config", "/srv/app/.aws/sso/cache",
      "/srv/.docker/config.json",
    ] {
      #expect(try rule(path) == "credentials", "\(path)")
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

  // MARK: Rights

  static let closed = InMemoryTree([
    "/etc/app/token": .file([1], permissions: 0o600),
    "/etc/app/group": .file([1], permissions: 0o640),
    "/etc/app/open": .file([1]), "/etc/app/private": .directory(permissions: 0o750),
    "/etc/app/private/open": .file([1]), "/etc/app/hidden": .directory(permissions: 0o711),
    "/etc/app/hidden/open": .file([1]), "/root": .directory(permissions: 0o700),
    "/root/build/data": .file([1]), "/root/build/key": .file([1], permissions: 0o600),
  ])

  @Test(
    arguments: [
      ("/etc/app/token", "/etc/app/token"), ("/etc/app/group", "/etc/app/group"),
      ("/etc/app/private", "/etc/app/private"), ("/etc/app/private/open", "/etc/app/private"),
      // Nobody can tell what is in there, but whoever knows a name can read it.
      ("/etc/app/hidden", "/etc/app/hidden"), ("/etc/app/hidden/open", nil),
      ("/etc/app/open", nil), ("/etc/app", nil),
    ] as [(RootPath, RootPath?)])
  func `a need gets only what everybody may read`(path: RootPath, closed: RootPath?) throws {
    let tree = Self.closed
    let status = try tree.status(of: path)
    var gate = SecretGate(tree: tree, projects: [])
    #expect(
      gate.reason(against: path, status, in: tree, for: .need)
        == closed.map { .notForEverybody($0) })
    #expect(gate.reason(against: path, status, in: tree, for: .addition) == nil)
  }

  @Test func `the directories above a project say nothing of it`() throws {
    let tree = Self.closed
    var gate = SecretGate(tree: tree, projects: ["/root/build"])
    func reason(_ path: RootPath) throws -> SensitiveReason? {
      gate.reason(against: path, try tree.status(of: path), in: tree, for: .need)
    }
    #expect(try reason("/root/build/data") == nil)
    #expect(try reason("/root/build/key") == .notForEverybody("/root/build/key"))
  }

  // MARK: What is allowed

  @Test func `all that is added may be allowed, and then no need's`() throws {
    var allowance = SecretGate.Allowance()
    allowance.additions = true
    var gate = SecretGate(tree: Self.tree, projects: [], allowance: allowance)
    let status = try Self.tree.status(of: "/srv/key.pem")
    #expect(gate.reason(against: "/srv/key.pem", status, in: Self.tree, for: .addition) == nil)
    #expect(gate.reason(against: "/srv/key.pem", status, in: Self.tree, for: .need) != nil)
  }

  @Test func `a file may be allowed, with the way to it, and a directory with all in it`() throws {
    var allowance = SecretGate.Allowance()
    allowance.places = ["/srv/key.pem", "/srv/app/.ssh", "/run/secrets/token"]
    var gate = SecretGate(tree: Self.tree, projects: [], allowance: allowance)
    func isAllowed(_ path: RootPath, for taker: SecretGate.Taker) throws -> Bool {
      gate.reason(against: path, try Self.tree.status(of: path), in: Self.tree, for: taker) == nil
    }
    for path: RootPath in [
      "/srv/key.pem", "/srv/app/.ssh", "/srv/app/.ssh/config", "/run/secrets",
      "/run/secrets/token",
    ] {
      #expect(try isAllowed(path, for: .addition), "\(path)")
      #expect(try isAllowed(path, for: .need), "\(path)")
    }
    #expect(try !isAllowed("/srv/both.pem", for: .addition))
  }

  // MARK: In plans

  private func plan(_ additions: [Addition], allowed: [RootPath] = []) throws -> BundlePlan {
    var contents = PlanContents()
    contents.additions = additions
    contents.needs = [
      FoundNeed(
        RuntimeNeed(
          topic: Topic("nginx"), grade: .registered, evidence: Evidence(file: nil, mark: .line(1)),
          wishes: [], isEssential: true, purpose: ""), outcome: .packed, of: nil)
    ]
    var options = PlanOptions()
    var allowance = SecretGate.Allowance()
    allowance.places = allowed
    options.gate = SecretGate(tree: Self.tree, projects: [], allowance: allowance)
    var builder = PlanBuilder(tree: Self.tree, contents: contents, options: options)
    return try builder.build()
  }

  @Test func `an addition that would bring secrets is refused, with all of them`() {
    let addition = Addition(tree: Self.tree, source: "/srv/app/..", destination: "/data")
    do {
      _ = try plan([addition])
      Issue.record("it isn't refused")
    } catch let PlanError.sensitive(refused) {
      #expect(refused["/srv/key.pem"]?.rule == "pem")
      #expect(refused["/srv/app/.ssh"]?.rule == "credentials")
      #expect(refused["/srv/people/me"] == .home("/srv/people/me"))
      #expect(refused["/srv/people/me/notes"] == nil)
    } catch {
      Issue.record(error)
    }
  }

  @Test func `who allows it gets it`() throws {
    let addition = Addition(tree: Self.tree, source: "/srv/key.pem", destination: "/key.pem")
    #expect(
      try plan([addition], allowed: ["/srv/key.pem"]).entries.contains { $0.path == "/key.pem" })
  }

  @Test func `a need goes without, which is told`() throws {
    let addition = Addition(tree: Self.tree, source: "/srv", destination: nil, reason: .need(0))
    let plan = try plan([addition])
    #expect(plan.entries.contains { $0.path == "/srv/certificate.pem" })
    #expect(!plan.entries.contains { $0.path == "/srv/key.pem" })
    let told = plan.warnings.compactMap { warning -> (RootPath, String)? in
      guard case .leftOutSensitive(let path, let reason) = warning else { return nil }
      return (path, reason.rule)
    }
    #expect(told.contains { $0 == ("/srv/key.pem", "pem") })
  }

  @Test func `a need's file that the user adds himself isn't told, and one alone is no more found`()
    throws
  {
    let needed = Addition(
      tree: Self.tree, source: "/etc/shadow", destination: nil, reason: .need(0))
    let plan = try plan([needed])
    #expect(plan.warnings.count == 1)
    #expect(!plan.entries.contains { $0.path == "/etc" })
    let added = Addition(tree: Self.tree, source: "/etc/passwd", destination: "/etc/shadow")
    #expect(try self.plan([needed, added]).warnings.isEmpty)
  }
}
