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
      // Of the host, for people, or with a preset of its own.
      ("/etc/server.conf", nil, nil), ("/usr/share/data", nil, nil),
      ("/usr/share/locale/x/server.mo", nil, nil), ("/etc/ssl/openssl.cnf", nil, nil),
      // Secret, a library, a program that has its own name, a directory, and nothing.
      ("/etc/server/key", nil, nil), ("/usr/lib/server/x.so", nil, nil),
      ("/etc/server/run", nil, nil), ("/etc/server", nil, nil), ("/etc/server/gone", nil, nil),
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
}
