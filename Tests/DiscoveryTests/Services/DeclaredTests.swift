import FileTree
import TestSupport
import Testing

@testable import Discovery

struct DeclaredTests {
  @Test
  func `what is made at the start has a mode, an owner and a group, and may be a file or link`() {
    var root = RootView(
      tree: InMemoryTree([
        "/usr/lib/tmpfiles.d/x.conf": .text(
          """
          # d /run/no
          d /run/a 2750 u g 10d
          D! "/run/b c" ~0700 :u - -
          d%b /run/%b - - -
          v %S/v - - - -
          L+ /run/l - - - - ../target
          L /etc/factory
          C /run/copy - - - - /usr/share/x
          f /run/file 0644 - - - some text
          r /run/gone
          """)
      ]))
    let declared = root.declaredDirectories
    #expect(declared.all.map(\.path) == ["/run/a", "/run/b c", "/var/lib/v"])
    #expect(declared.all.map(\.permissions) == [0o750, 0o700, 0o755])
    #expect(declared.all.map(\.owner) == ["u", "u", ""])
    #expect(declared.all.map(\.group) == ["g", "", ""])
    #expect(
      declared.all[0].evidence == Evidence(file: "/usr/lib/tmpfiles.d/x.conf", mark: .line(2)))
    #expect(declared.files.map(\.path) == ["/etc/factory", "/run/copy", "/run/file", "/run/l"])
    #expect(
      declared.files.map(\.content) == [
        .link(to: "/usr/share/factory/etc/factory"), .copy(of: "/usr/share/x"),
        .text("some text"), .link(to: "../target"),
      ])
  }

  private func accounts(_ text: String, passwd: String = "root:x:0:0::/:\n") -> DeclaredAccounts {
    var root = RootView(
      tree: InMemoryTree([
        "/etc/passwd": .text(passwd), "/etc/group": .text("root:x:0:\nold:x:998:\n"),
        "/usr/lib/sysusers.d/x.conf": .text(text),
      ]))
    return root.declaredAccounts
  }

  private func show(_ records: [[ByteString]]) -> [String] {
    records.map { $0.map(\.description).joined(separator: ":") }
  }

  @Test func `users that aren't there yet get the numbers that they would`() {
    let found = accounts(
      """
      # a comment
      g grp -
      u one - "A user" /var/lib/one
      u two 777
      u! three 778:grp - /run/three /bin/sh
      u old - -
      u root 0
      m one grp
      u four /usr/bin/x
      """)
    #expect(show(found.groups) == ["grp:x:999:", "one:x:997:", "two:x:777:", "four:x:996:"])
    #expect(
      show(found.users) == [
        "one:x:997:997::/var/lib/one:/usr/sbin/nologin", "two:x:777:777::/:/usr/sbin/nologin",
        "three:x:778:999::/run/three:/usr/sbin/nologin", "old:x:998:998::/:/usr/sbin/nologin",
        "four:x:996:996::/:/usr/sbin/nologin",
      ])
  }

  @Test func `when no number is left, nobody gets one`() {
    let lines = (0..<1200).map { "u user\($0) -\n" }.joined()
    #expect(accounts(lines).users.count == 998)
  }
}
