import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ServiceNeedsTests {
  private static let server: InMemoryTree.Node = .elf(.program())

  private static func root(
    _ files: [RootPath: InMemoryTree.Node], packages: [(String, source: String, [RootPath])]
  ) -> InMemoryTree {
    var table: [RootPath: InMemoryTree.Node] = [
      "/etc/passwd": .text(
        """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/bin/false
        serve:x:105:110::/nonexistent:/bin/false
        other:x:106:111::/nonexistent:/bin/false

        """),
      "/etc/group": .text("root:x:0:\ndaemon:x:1:\nserve:x:110:\nother:x:111:\nlogs:x:4:\n"),
      "/usr/sbin/server": server, "/usr/bin/client": server,
    ]
    table.merge(files) { $1 }
    var status = ""
    for (name, source, paths) in packages {
      status += "Package: \(name)\nSource: \(source)\nVersion: 1\n\n"
      table[RootPath(normalising: ByteString("/var/lib/dpkg/info/\(name).list"))] = .text(
        paths.map { "\($0)\n" }.joined())
    }
    if !packages.isEmpty { table["/var/lib/dpkg/status"] = .text(status) }
    return InMemoryTree(table)
  }

  private func needs(
    _ tree: any FileTree, of path: ByteString = "/usr/sbin/server"
  ) -> [RuntimeNeed] {
    var fixture = PluginFixture(ServiceNeeds(), tree)
    return fixture.needs(of: path, isProgram: true)
  }

  private func directories(_ needs: [RuntimeNeed]) -> [String] {
    needs.flatMap(\.wishes).compactMap { wish in
      guard case .directory(let path, let permissions, let owner) = wish else { return nil }
      let who = owner.map { " \($0.user):\($0.group)" } ?? ""
      return "\(path) \(String(permissions, radix: 8))\(who)"
    }
  }

  private static let unit: RootPath = "/usr/lib/systemd/system/server.service"

  @Test func `a unit that starts the program names its user and directories`() throws {
    let tree = Self.root(
      [
        Self.unit: .text(
          """
          [Service]
          User=serve
          SupplementaryGroups=logs nowhere
          StateDirectory=server
          ExecStartPre=/bin/mkdir -m 740 -p /run/made
          ExecStartPre=/bin/chown other /run/made /run/never
          ExecStart=/usr/sbin/server --foreground
          """)
      ], packages: [("server", "server", ["/usr/sbin/server", Self.unit])])
    let needs = needs(tree)
    #expect(
      needs.lines(of: "/etc/passwd") == [
        "serve:x:105:110:serve:/nonexistent:/sbin/nologin",
        "other:x:106:111:other:/nonexistent:/sbin/nologin",
      ])
    #expect(
      needs.lines(of: "/etc/group") == ["serve:x:110:", "other:x:111:", "logs:x:4:"])
    #expect(directories(needs) == ["/var/lib/server 755 105:110", "/run/made 740 106:0"])
    #expect(needs.allSatisfy { $0.grade == .registered && $0.isEssential })
    #expect(needs.first?.place == "\(Self.unit):2")
    #expect(self.needs(tree, of: "/usr/bin/client").isEmpty)
  }

  @Test func `a wrapper, a start script and what they read lead to the program`() {
    let tree = Self.root(
      [
        Self.unit: .text("[Service]\nExecStart=/usr/share/server/helper start\n"),
        "/usr/share/server/helper": .text(
          "#!/bin/sh\n. /etc/default/server\nmkdir /run/server\nchown $WHO:logs /run/server\n"
            + "exec $DAEMON -x\n"),
        "/etc/default/server": .text("DAEMON=/usr/sbin/server\nWHO=serve\n"),
      ],
      packages: [
        ("server-base", "server", ["/usr/sbin/server"]),
        ("server", "server", [Self.unit, "/usr/share/server/helper", "/etc/default/server"]),
      ])
    let needs = needs(tree)
    #expect(directories(needs) == ["/run/server 755 105:4"])
    #expect(needs.lines(of: "/etc/passwd").count == 1)
    #expect(needs.contains { $0.place == "/usr/share/server/helper:4" })
  }

  @Test func `OpenRC's scripts say it in variables`() {
    let script: RootPath = "/etc/init.d/server"
    let tree = Self.root(
      [
        script: .text(
          """
          #!/sbin/openrc-run
          command="/usr/sbin/server"
          command_user="serve:logs"
          start_pre() {
            checkpath --directory --owner $command_user --mode 0775 /run/server
          }
          """)
      ], packages: [("server-openrc", "s", [script]), ("server", "s", ["/usr/sbin/server"])])
    #expect(directories(needs(tree)) == ["/run/server 775 105:4"])
  }

  @Test func `a package's directories tell who runs the service, and tmpfiles what is made`() {
    let tree = AlteredTree(
      Self.root(
        [
          Self.unit: .text("[Service]\nExecStart=/usr/sbin/server\n"),
          "/var/lib/server": .directory(permissions: 0o2750), "/var/cache/server": .directory(),
          "/var/log/made-by-hand": .directory(), "/var/log/others": .directory(),
          "/usr/lib/tmpfiles.d/server.conf": .text("d /run/server 0710 serve -\n"),
          "/usr/lib/tmpfiles.d/another.conf": .text("d /run/another 0710 serve -\n"),
        ],
        packages: [
          (
            "server", "server",
            [
              "/usr/sbin/server", Self.unit, "/var", "/var/lib", "/var/lib/server",
              "/var/cache/server", "/usr/lib/tmpfiles.d/server.conf",
            ]
          )
        ]),
      owners: [
        "/var/lib/server": FileStatus.Owner(user: 105, group: 4),
        "/var/log/made-by-hand": FileStatus.Owner(user: 105, group: 4),
        "/var/log/others": FileStatus.Owner(user: 106, group: 4),
      ])
    let needs = needs(tree)
    #expect(
      directories(needs) == [
        "/run/server 710 105:0", "/var/lib/server 750 105:4", "/var/cache/server 755",
        "/var/log/made-by-hand 755 105:4",
      ])
    #expect(needs.lines(of: "/etc/passwd").count == 1)
  }

  @Test func `a user that only sysusers.d declares comes with his number`() {
    let tree = Self.root(
      [
        Self.unit: .text("[Service]\nUser=later\nExecStart=/usr/sbin/server\nRuntimeDirectory=s\n"),
        "/usr/lib/sysusers.d/server.conf": .text("u later 321 - /run/s\n"),
      ], packages: [("server", "server", ["/usr/sbin/server", Self.unit])])
    let needs = needs(tree)
    #expect(needs.lines(of: "/etc/passwd") == ["later:x:321:321:later:/run/s:/sbin/nologin"])
    #expect(needs.lines(of: "/etc/group") == ["later:x:321:"])
    #expect(directories(needs) == ["/run/s 755 321:321"])
  }

  @Test func `users that nobody has are nobody, and a dynamic one has no directories`() {
    let tree = Self.root(
      [
        Self.unit: .text(
          "[Service]\nUser=dynamic\nDynamicUser=yes\nStateDirectory=s\nExecStart=/usr/sbin/server\n"
        )
      ], packages: [("server", "server", ["/usr/sbin/server", Self.unit])])
    let needs = needs(tree)
    #expect(needs.lines(of: "/etc/passwd").isEmpty)
    #expect(directories(needs) == ["/var/lib/s 755"])
  }

  @Test
  func `without packages every unit is looked at, and none that starts something else counts`() {
    let tree = Self.root(
      [
        Self.unit: .text("[Service]\nUser=serve\nExecStart=/usr/sbin/server\n"),
        "/etc/systemd/system/client.service": .text(
          "[Service]\nUser=other\nExecStart=/usr/bin/client --server /usr/sbin/servers\n"),
      ], packages: [])
    #expect(needs(tree).lines(of: "/etc/passwd").count == 1)
    #expect(needs(tree).lines(of: "/etc/passwd")[0].hasPrefix("serve:"))
  }

  @Test func `of a template counts what doesn't depend on the instance`() {
    let unit: RootPath = "/usr/lib/systemd/system/server@.service"
    let tree = Self.root(
      [
        unit: .text(
          "[Service]\nUser=serve\nRuntimeDirectory=server/%i\nStateDirectory=s\n"
            + "ExecStart=/usr/sbin/server %i\n")
      ], packages: [("server", "server", ["/usr/sbin/server", unit])])
    #expect(directories(needs(tree)) == ["/var/lib/s 755 105:110"])
  }
}
