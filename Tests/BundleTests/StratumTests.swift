import Bundle
import FileTree
import Loader
import TestSupport
import Testing

/// How widely each entry of a plan is shared with other plans of the same system.
struct StratumTests {
  static let skeleton = ["lib", "lib64"]
  static let libc = [
    "usr/lib/libc-2.36.so", "usr/lib/libc.so.6", "usr/lib64/ld-linux-x86-64.so.2",
  ]
  static let libz = ["usr/lib/libz.so.1", "usr/lib/libz.so.1.3"]

  @Test func `what every program of the system has lies below what this one has`() throws {
    let plan = try PlanFixture.plan(
      [
        "/home/me/server": .program(
          needed: ["libz.so.1", "libown.so", "libc.so.6"], runpath: "$ORIGIN"),
        "/home/me/libown.so": .library(), "/srv/data/x": .text("x"),
      ], programs: [("/home/me/server", at: "/app/server")],
      additions: [("/srv/data", at: "/app/data")])
    #expect(plan.names(in: .skeleton) == Self.skeleton)
    #expect(plan.names(in: .libc) == Self.libc)
    #expect(plan.names(in: .libraries) == Self.libz)
    #expect(plan.names(in: .application) == ["app/data/x", "app/libown.so", "app/server"])
    #expect(plan["/usr/lib"]?.stratum == .skeleton)
    #expect(plan["/app"]?.stratum == .skeleton)
    #expect(plan["/app/data"]?.stratum == .application)
  }

  @Test func `another program of the same system has the same skeleton and C library`() throws {
    let first = try PlanFixture.plan(
      ["/home/me/server": .program(needed: ["libz.so.1", "libc.so.6"])],
      programs: [("/home/me/server", at: "/server")])
    let second = try PlanFixture.plan(
      [
        "/usr/bin/other": .program(needed: ["libx.so", "libc.so.6"]),
        "/usr/lib/libx.so": .library(needed: ["libc.so.6"]),
      ], programs: [("/usr/bin/other", at: nil)])
    for stratum in [Stratum.skeleton, .libc] {
      #expect(first.names(in: stratum) == second.names(in: stratum))
    }
    #expect(second.names(in: .libraries) == ["usr/lib/libx.so"])
    #expect(second.names(in: .application) == ["usr/bin/other"])
  }

  @Test func `the libraries of an addition are libraries, and the addition isn't`() throws {
    let plan = try PlanFixture.plan(
      [
        "/usr/bin/server": .program(needed: ["libc.so.6"]),
        "/srv/plugin.so": .library(needed: ["libz.so.1"]),
      ], programs: [("/usr/bin/server", at: nil)], libraries: [("/srv/plugin.so", at: nil)])
    #expect(plan.names(in: .libraries) == Self.libz)
    #expect(plan.names(in: .application) == ["srv/plugin.so", "usr/bin/server"])
  }

  @Test(arguments: [true, false])
  func `a path that several reasons want lies in the lowest stratum of theirs`(
    programFirst: Bool
  ) throws {
    let programs: [(ByteString, at: RootPath?)] = [
      ("/usr/bin/server", at: nil), ("/usr/lib/libz.so.1", at: nil),
    ]
    let plan = try PlanFixture.plan(
      ["/usr/bin/server": .program(needed: ["libz.so.1", "libc.so.6"])],
      programs: programFirst ? programs : programs.reversed(),
      additions: [("/usr/lib/libc.so.6", at: nil)])
    #expect(plan.names(in: .libc) == Self.libc)
    #expect(plan.names(in: .libraries) == Self.libz)
  }

  @Test func `all names of one file are in the highest stratum among them`() throws {
    let plan = try PlanFixture.plan(
      [
        "/usr/bin/server": .program(needed: ["libz.so.1", "libc.so.6"]),
        "/srv/also": .hardLink("/usr/lib/libz.so.1.3"),
      ], programs: [("/usr/bin/server", at: nil)], additions: [("/srv/also", at: nil)])
    #expect(plan["/srv/also"]?.stratum == .application)
    #expect(plan["/usr/lib/libz.so.1.3"]?.stratum == .application)
    #expect(plan.names(in: .libraries) == ["usr/lib/libz.so.1"])
  }

  @Test(arguments: ["libc.so", "libc.musl-x86_64.so.1"] as [ByteString])
  func `the C library of musl is its loader`(soname: ByteString) throws {
    let plan = try PlanFixture.plan(
      [
        "/lib/ld-musl-x86_64.so.1": .library(soname: soname),
        "/lib/libc.musl-x86_64.so.1": .link("ld-musl-x86_64.so.1"),
        "/usr/lib/libz.so.1": .library(needed: [soname]),
        "/srv/app": .program(
          interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libz.so.1", soname]),
      ], programs: [("/srv/app", at: nil)], system: [:])
    #expect(plan.names(in: .libc).first == "lib/ld-musl-x86_64.so.1")
    #expect(plan.names(in: .libraries) == ["usr/lib/libz.so.1"])
    #expect(plan.names(in: .application) == ["srv/app"])
  }

  @Test func `a directory that an addition brings has its permissions, whoever passes it`() throws {
    let plan = try PlanFixture.plan(
      [
        "/home/me/server": .program(needed: ["libx.so"], runpath: "/srv/private/../lib"),
        "/srv/lib/libx.so": .library(), "/srv/private": .directory(permissions: 0o700),
      ], programs: [("/home/me/server", at: nil)], additions: [("/srv/private", at: nil)])
    #expect(plan["/srv/private"]?.stratum == .application)
    #expect(plan.permissions(of: "/srv/private") == 0o700)
  }
}
