import FileTree
import TestSupport
import Testing

@testable import Discovery

struct OpenSSLPluginTests {
  private func fixture(
    _ configuration: String, version: ByteString = "OpenSSL 3.0.2 x",
    _ more: [RootPath: InMemoryTree.Node] = [:]
  ) -> PluginFixture {
    let table: [RootPath: InMemoryTree.Node] = [
      "/lib/libcrypto.so.3": .elf(
        .library(soname: "libcrypto.so.3"),
        constants: [
          version, "OPENSSLDIR: \"/usr/lib/ssl\"", "ENGINESDIR: \"/lib/engines-3\"",
          "MODULESDIR: \"/lib/ossl-modules\"",
        ]),
      "/usr/lib/ssl/openssl.cnf": .link("/etc/ssl/openssl.cnf"),
      "/etc/ssl/openssl.cnf": .text(configuration),
    ]
    return PluginFixture(OpenSSLConfiguration(), table.merging(more) { $1 })
  }

  @Test func `a configuration that changes nothing is only a hint`() {
    var fixture = fixture(
      """
      openssl_conf = init
      [init]
      providers = list
      [list]
      default = default_sect
      [default_sect]
      activate = 1
      """)
    let needs = fixture.needs(of: "/lib/libcrypto.so.3")
    #expect(needs.paths == ["/usr/lib/ssl/openssl.cnf"])
    #expect(needs.essential.isEmpty && needs.libraries.isEmpty)
  }

  @Test func `providers that are activated are asked for, by the line that names each`() {
    var fixture = fixture(
      """
      openssl_conf = init # this one
      [init]
      providers = list
      [list]
      default = default_sect
      legacy = legacy_sect
      off = off_sect
      mine = mine_sect
      [default_sect]
      activate = 1
      [legacy_sect]
      activate = 1
      [off_sect]
      [mine_sect]
      identity = other
      module = "/opt/\\
      mine.so"
      activate = yes
      """)
    let needs = fixture.needs(of: "/lib/libcrypto.so.3")
    #expect(needs.libraries == ["/lib/ossl-modules/legacy.so", "/opt/mine.so"])
    #expect(
      needs.asking(for: "/opt/mine.so")?.place == "/usr/lib/ssl/openssl.cnf:16")
    #expect(needs.hints.isEmpty)
  }

  @Test(arguments: [
    ("OpenSSL 3.0.2 x", "0", true), ("OpenSSL 3.1.2 x", "no", true),
    ("OpenSSL 3.2.0 x", "no", false), ("OpenSSL 3.2.0 x", "ON", true),
    ("OpenSSL 4.0.0 x", "0", false),
  ])
  func `activate can say no since OpenSSL 3.2`(version: String, value: String, isActive: Bool) {
    var fixture = fixture(
      "openssl_conf=i\n[i]\nproviders=p\n[p]\nlegacy=l\n[l]\nactivate = \(value)\n",
      version: ByteString(version))
    let needs = fixture.needs(of: "/lib/libcrypto.so.3")
    #expect(needs.libraries == (isActive ? ["/lib/ossl-modules/legacy.so"] : []))
  }

  @Test func `engines come by their path or their name`() {
    var fixture = fixture(
      """
      openssl_conf = init
      [init]
      engines = engines
      [engines]
      a = a_sect
      b = b_sect
      rdrand = c_sect
      [a_sect]
      engine_id = pkcs11
      dynamic_path = $ENGINES/pkcs11.so
      [b_sect]
      engine_id = afalg
      [default]
      ENGINES = /late
      """)
    // A variable that isn't known yet stays as it is.
    #expect(
      fixture.needs(of: "/lib/libcrypto.so.3").libraries == [
        "/lib/engines-3/$ENGINES/pkcs11.so", "/lib/engines-3/afalg.so",
      ])
  }

  @Test func `files and directories are included, and variables are replaced`() {
    var fixture = fixture(
      """
      home = /opt/p
      openssl_conf = init
      .include /etc/ssl/conf.d
      .include = ${home}/more.cnf
      .include /etc/ssl/openssl.cnf
      """, version: "OpenSSL 3.0.2 x",
      [
        "/etc/ssl/conf.d/a.cnf": .text("[init]\nproviders = list\n"),
        "/etc/ssl/conf.d/b.txt": .text("[init]\nproviders = none\n"),
        "/opt/p/more.cnf": .text(
          "dir = /opt\n[list]\nx = sect\n[sect]\nmodule = $(default::dir)/x.so\nactivate=1\n"),
      ])
    let needs = fixture.needs(of: "/lib/libcrypto.so.3")
    #expect(needs.libraries == ["/opt/x.so"])
    #expect(needs.covers("/etc/ssl/conf.d/a.cnf") && needs.covers("/opt/p/more.cnf"))
    #expect(!needs.covers("/etc/ssl/conf.d/b.txt"))
    #expect(
      needs.first { $0.wishes == [.path("/opt/p/more.cnf", at: nil)] }?.place
        == "/usr/lib/ssl/openssl.cnf:4")
  }

  @Test func `a file that doubles a value again and again stays small`() {
    let doubling = (1..<20_000).map { "v\($0) = $v\($0 - 1)$v\($0 - 1)" }
    let lines = ["openssl_conf = init", "v0 = abcdefgh"] + doubling
    var fixture = fixture(lines.joined(separator: "\n"))
    #expect(fixture.needs(of: "/lib/libcrypto.so.3").count == 1)
  }

  @Test func `without the directory's text nothing is asked for`() {
    var fixture = PluginFixture(
      OpenSSLConfiguration(),
      ["/lib/libcrypto.so.3": .library(soname: "libcrypto.so.3")])
    #expect(fixture.needs(of: "/lib/libcrypto.so.3").isEmpty)
  }
}
