import FileTree
import TestSupport
import Testing

@testable import Discovery

struct UnitCommandTests {
  private func words(_ line: String, of unit: ByteString = "x.service") -> [[ByteString]] {
    let setting = UnitFile.Setting(
      key: "ExecStart", value: ByteString(line), evidence: Evidence(file: "x", mark: .line(1)))
    return UnitCommand.commands(in: setting, of: UnitName(unit)).map(\.words)
  }

  @Test(arguments: [
    ("/bin/a b  c", [["/bin/a", "b", "c"]]),
    ("-@!!/bin/a name 'b c' \"d\\te\"", [["/bin/a", "b c", "d\te"]]),
    ("+/bin/a ; :/bin/b \\; c", [["/bin/a"], ["/bin/b", ";", "c"]]),
    ("/bin/a \\x41\\102\\sd \"\" 'it is'", [["/bin/a", "AB d", "", "it is"]]),
    ("/bin/a %n %p %i %t/x %%", [["/bin/a", "x.service", "x", "", "/run/x", "%"]]),
    ("/bin/a %H %", [["/bin/a", "%H", "%"]]), ("", []), ("\"", [[""]]), ("\\", [["\\"]]),
    ("/bin/a \\x \\08", [["/bin/a", "x", "08"]]),
  ])
  func `a line is split as systemd splits it`(line: String, expected: [[String]]) {
    #expect(words(line) == expected.map { $0.map { ByteString($0) } })
  }

  @Test func `of an instance the name has parts, and of a template some are unknown`() {
    #expect(
      words("/bin/a %i %p %j %f", of: "a-b@c.service") == [["/bin/a", "c", "a-b", "b", "/c"]])
    #expect(words("/bin/a %i %p", of: "a@.service") == [["/bin/a", "%i", "a"]])
  }

  @Test func `variables become words`() {
    let command = UnitCommand(
      words: ["/bin/a", "$OPTS", "${OPTS}", "x$$y${NONE}z", "$NONE", "$2-", "${open"],
      evidence: Evidence(file: "x", mark: .line(1)))
    #expect(
      command.expanded(["OPTS": "-u 'one two'"]) == [
        "/bin/a", "-u", "one two", "-u 'one two'", "x$yz", "$2-", "${open",
      ])
  }

  @Test func `a word that grows and grows has an end`() {
    let word = ByteString(String(repeating: "${A}", count: 10_000))
    let command = UnitCommand(
      words: [word], evidence: Evidence(file: "x", mark: .line(1)))
    let value = ByteString([UInt8](repeating: 65, count: 4096))
    #expect(command.expanded(["A": value])[0].count < 1 << 17)
  }
}

struct ServiceUnitTests {
  private func read(
    _ table: [RootPath: InMemoryTree.Node], named name: ByteString = "x.service"
  ) -> ServiceUnit? {
    var root = RootView(tree: InMemoryTree(table))
    return ServiceUnit(named: name, in: &root)
  }

  @Test func `a drop-in adds to the unit, takes back and hides another of its name`() throws {
    let unit = try #require(
      read([
        "/usr/lib/systemd/system/x.service": .text(
          """
          [Unit]
          User=no
          # comment
          [Service]
          User = first
          ExecStart=/bin/a one \\
          # inside
            two
          ExecStart=/bin/b
          Group=
          [Install]
          User=last
          """),
        "/usr/lib/systemd/system/x.service.d/10.conf": .text("[Service]\nUser=hidden\n"),
        "/etc/systemd/system/x.service.d/10.conf": .text("[Service]\nUser=second\n"),
        "/run/systemd/system/x.service.d/20.conf": .text(
          "[Service]\nExecStart=\nExecStart=/bin/c\n"),
        "/etc/systemd/system/x.service.d/30.txt": .text("[Service]\nUser=third\n"),
      ]))
    #expect(unit.file.last("User")?.value == "second")
    #expect(unit.file.last("Group") == nil)
    #expect(unit.commands("ExecStart").map(\.words) == [["/bin/c"]])
    #expect(
      unit.commands("ExecStart")[0].evidence
        == Evidence(file: "/run/systemd/system/x.service.d/20.conf", mark: .line(3)))
    #expect(unit.facts.runsAs?.value == "second")
  }

  @Test func `a line that goes on is one, and counts from where it begins`() throws {
    let unit = try #require(
      read([
        "/lib/systemd/system/x.service": .text("[Service]\nExecStart=/bin/a one \\\n;c\n  two\n")
      ]))
    #expect(unit.commands("ExecStart").map(\.words) == [["/bin/a", "one", "two"]])
    #expect(unit.commands("ExecStart")[0].evidence.mark == .line(2))
  }

  @Test func `the administrator's unit hides the package's, and may be masked`() {
    let own: RootPath = "/usr/lib/systemd/system/x.service"
    let text = InMemoryTree.Node.text("[Service]\nUser=package\n")
    #expect(
      read([own: text, "/etc/systemd/system/x.service": .text("[Service]\nUser=admin\n")])?.facts
        .runsAs?.value == "admin")
    #expect(
      read([
        own: text, "/etc/systemd/system/x.service": .link("/dev/null"), "/dev/null": .unreadable,
      ])?
      .facts.runsAs == nil)
    #expect(read([:]) == nil)
  }

  @Test func `directories have their kind's place, mode and owner`() throws {
    let unit = try #require(
      read([
        "/lib/systemd/system/x.service": .text(
          """
          [Service]
          User=u
          Group=g
          RuntimeDirectory=a b/c:link
          RuntimeDirectoryMode=0750
          StateDirectory=%p
          CacheDirectory=%H/x
          LogsDirectory=x
          ConfigurationDirectory=x
          PIDFile=p/x.pid
          ReadWritePaths=-/var/lib/w +/var/lib/v
          WorkingDirectory=-/var/lib/x
          """)
      ]))
    let directories = unit.facts.directories.map(\.value)
    #expect(
      directories.map(\.path) == [
        "/run/a", "/run/b/c", "/var/lib/x", "/var/log/x", "/etc/x", "/var/lib/w", "/var/lib/v",
        "/run/p",
      ])
    #expect(directories[0].permissions == 0o750)
    #expect(directories[2].permissions == 0o755)
    #expect(directories[0].user == "u" && directories[0].group == .named("g"))
    #expect(directories[4].user == nil)
    #expect(unit.facts.workingDirectory?.value == "/var/lib/x")
  }

  @Test func `variables are of the unit and of its files, the files' last`() throws {
    let unit = try #require(
      read([
        "/lib/systemd/system/x.service": .text(
          """
          [Service]
          Environment="A=a b" B=%p 'C=c'
          EnvironmentFile=-/etc/default/%p
          EnvironmentFile=/etc/missing
          """),
        "/etc/default/x": .text("# C=no\nexport C='file'\nD=\"x y\"\nnot one\nE F=1\n"),
      ]))
    #expect(unit.variables == ["A": "a b", "B": "x", "C": "file", "D": "x y"])
    #expect(unit.environmentFiles.map(\.value) == ["/etc/default/x", "/etc/missing"])
  }
}
