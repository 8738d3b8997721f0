import FileTree
import TestSupport
import Testing

@testable import Discovery

struct NamedFilesTests {
  @Test(
    arguments: [
      ("/etc/server/server.conf", true, "files"), ("/usr/share/server/data", true, "files"),
      ("/usr/lib/server/worker", false, "commands"),
      ("/usr/libexec/server/script", false, "commands"),
      // Whether everybody may read it is asked where it would go in, and told there.
      ("/etc/server/key", true, "files"),
      // Of the host, for people, or with a preset of its own.
      ("/etc/server.conf", nil, nil), ("/usr/share/data", nil, nil),
      ("/usr/share/locale/x/server.mo", nil, nil), ("/etc/ssl/openssl.cnf", nil, nil),
      // A library, a program that has its own name, a directory, and nothing.
      ("/usr/lib/server/x.so", nil, nil), ("/etc/server/run", nil, nil),
      ("/etc/server", nil, nil), ("/etc/server/gone", nil, nil),
    ] as [(ByteString, Bool?, String?)])
  func `a file of a program's own that stands in it by its path is packed`(
    path: ByteString, isEssential: Bool?, topic: String?
  ) {
    var fixture = PluginFixture(
      NamedFiles(),
      [
        "/sbin/server": .elf(.program(), constants: [path]),
        "/etc/server/server.conf": .text("x"), "/etc/server.conf": .text("x"),
        "/etc/server/key": .file([1], permissions: 0o640),
        "/etc/server/run": .program(), "/etc/ssl/openssl.cnf": .text(""),
        "/usr/share/server/data": .text("x"), "/usr/share/data": .text("x"),
        "/usr/share/locale/x/server.mo": .text("x"),
        "/usr/lib/server/worker": .program(), "/usr/lib/server/x.so": .file([1]),
        "/usr/libexec/server/script": .file(Array("#!/bin/sh\n".utf8), permissions: 0o755),
      ])
    let needs = fixture.needs(of: "/sbin/server", isProgram: true)
    #expect(needs.first?.isEssential == isEssential)
    #expect(needs.first?.topic.name == topic)
    #expect(needs.paths == (topic == nil ? [] : [path]))
    #expect(fixture.needs(of: "/sbin/server", isProgram: false).isEmpty)
  }

  @Test func `configuration may be made of other files, and name those of all programs`() {
    var fixture = PluginFixture(
      NamedFiles(),
      [
        "/sbin/server": .elf(
          .program(), constants: ["/etc/server.conf:/var/lib/server/config.made", "/etc/aliases"]),
        "/var/lib/server/config.made": .text("aliases = /etc/aliases\nusers = /etc/passwd\n"),
        "/var/lib/server/state": .text(""), "/etc/aliases": .text("x: /var/lib/server/state"),
        "/etc/passwd": .text(""),
      ])
    let needs = fixture.needs(of: "/sbin/server", isProgram: true)
    #expect(needs.paths == ["/etc/aliases", "/var/lib/server/config.made"])
  }

  @Test func `a file of all programs is one's own where the package asks for it`() {
    let script = InMemoryTree.Node.file(
      Array("#!/bin/sh\ncat /etc/mime.types /etc/magic /etc/passwd\n".utf8), permissions: 0o755)
    var fixture = PluginFixture(
      NamedFiles(),
      PackagedRoot.tree(
        [
          "/usr/share/web/mime.sh": script, "/etc/mime.types": .text(""), "/etc/magic": .text(""),
          "/etc/passwd": .text(""),
        ],
        [
          .init(name: "web", depends: "media-types", files: ["/usr/share/web/mime.sh"]),
          .init(name: "media-types", files: ["/etc/mime.types"]),
          .init(name: "file", files: ["/etc/magic"]),
        ]))
    #expect(fixture.needs(of: "/usr/share/web/mime.sh").paths == ["/etc/mime.types"])
  }

  @Test func `what configuration names in such places is packed, by its line`() {
    var fixture = PluginFixture(
      NamedFiles(),
      [
        "/sbin/server": .elf(.program(), constants: ["/etc/server/server.conf"]),
        "/etc/server/server.conf": .text(
          """
          # include: "/etc/server/unused.conf"
          include: "/etc/server/conf.d/*.conf"
          include "/etc/server/empty.d/*.conf";
          hints=/usr/share/dns/hints; pid /run/server/pid
          root { directory "/var/cache/server"; } /etc/passwd /var/lib/gone/x
          include /etc/server/server.conf
          """),
        "/etc/server/unused.conf": .text(""),
        "/etc/server/conf.d/a.conf": .text("key /etc/server/key"),
        "/etc/server/conf.d/b.txt": .text(""), "/etc/server/empty.d": .directory(),
        "/etc/server/key": .file([1], permissions: 0o600), "/etc/passwd": .text(""),
        "/usr/share/dns/hints": .text(""), "/var/cache/server": .directory(permissions: 0o775),
        "/usr/lib/tmpfiles.d/server.conf": .text("d /run/server 755\n"),
      ])
    let needs = fixture.needs(of: "/sbin/server", isProgram: true)
    #expect(
      needs.paths == [
        "/etc/server/conf.d/a.conf", "/etc/server/key", "/etc/server/server.conf",
        "/usr/share/dns/hints",
      ])
    #expect(
      needs.directories == [
        "/etc/server/conf.d", "/etc/server/empty.d", "/run/server", "/var/cache/server",
      ])
    #expect(
      needs.compactMap(\.place) == [2, 2, 3, 4, 4, 5].map { "/etc/server/server.conf:\($0)" }
        + ["/etc/server/conf.d/a.conf:1"])
  }
}
