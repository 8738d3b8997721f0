import FileTree
import Packages
import TestSupport
import Testing

struct DpkgTests {
  private static let status = """
    Package: server
    Status: install ok installed
    Architecture: amd64
    Source: server-suite (2:1.0-1)
    Version: 1:1.0-1+b1
    Provides: daemon (= 1.0), mail-agent
    Pre-Depends: init-helpers (>= 1.54~)
    Depends: libc6 (>= 2.34), server-common (= 1:1.0-1), perl:any | python3
      <!nocheck>, debconf (>= 0.5) | debconf-2.0
    Recommends: logrotate
    Conffiles:
     /etc/server.conf 0123456789abcdef0123456789abcdef
     /etc/old.conf 0123456789abcdef0123456789abcdef obsolete
    Description: a server
     Package: none

    Package: server-common
    Source: server-suite
    Version: 1:1.0-1
    Conffiles:
     /etc/server/common 0123456789abcdef0123456789abcdef
     /etc/server/gone 0123456789abcdef0123456789abcdef obsolete

    Package: libc6
    Architecture: amd64
    Multi-Arch: same
    Version: 2.36-9

    Package: libc6
    Architecture: i386
    Multi-Arch: same
    Version: 2.36-8

    Package: other
    Version: 3
    Provides: debconf-2.0

    """

  private static let table: [RootPath: InMemoryTree.Node] = [
    "/var/lib/dpkg/status": .text(status),
    "/var/lib/dpkg/info/server.list": .text(
      "/.\n/usr\n/usr/sbin\n/usr/sbin/server\n/lib\n/lib/systemd/system/server.service\n"
        + "/etc\n/etc/server.conf\n/usr/bin/tool\n/var/run/server\n"),
    "/var/lib/dpkg/info/server.conffiles": .text(
      "/etc/server.conf\nremove-on-upgrade /etc/old.conf\n"),
    "/var/lib/dpkg/info/server-common.list": .text("/.\n/usr\n/usr/share/server\n/usr/bin/tool\n"),
    "/var/lib/dpkg/info/libc6:amd64.list": .text("/.\n/usr\n/usr/share/doc/libc6\n"),
    "/var/lib/dpkg/info/libc6:i386.list": .text("/.\n/usr\n/usr/share/doc/libc6\n"),
    "/var/lib/dpkg/info/other.list": .text("/.\n"),
    "/var/lib/dpkg/diversions": .text(
      "/usr/bin/tool\n/usr/bin/tool.real\nserver\n/usr/share/server\n/usr/share/moved\n:\n"),
    "/var/lib/dpkg/alternatives/editor": .text(
      "auto\n/usr/bin/editor\neditor.1.gz\n/usr/share/man/man1/editor.1.gz\n\n/bin/ed\n10\n\n"),
    "/usr/sbin/server": .text("x"), "/usr/lib/x": .text("x"), "/run/x": .text(""),
    "/lib": .link("usr/lib"), "/var/run": .link("/run"),
  ]

  private let packages = PackageDatabase(InMemoryTree(table))

  private func package(_ name: ByteString) throws -> Package {
    try #require(packages.packages(named: name).first)
  }

  @Test(
    arguments: [
      ("/usr/sbin/server", ["server"]), ("/usr/lib/systemd/system/server.service", ["server"]),
      ("/lib/systemd/system/server.service", ["server"]), ("/etc/server.conf", ["server"]),
      ("/run/server", ["server"]), ("/usr/share/doc/libc6", ["libc6", "libc6"]),
      ("/usr/bin/tool", ["server"]), ("/usr/bin/tool.real", ["server-common"]),
      ("/usr/share/server", []), ("/usr/share/moved", ["server-common"]),
      ("/usr", ["libc6", "libc6", "server", "server-common"]), ("/usr/sbin/serve", []),
      ("/usr/sbin/server2", []), ("/", []), ("/usr/bin/editor", []),
    ] as [(RootPath, [ByteString])])
  func `a path has the owners that its record names, however it is spelled`(
    path: RootPath, owners: [ByteString]
  ) {
    #expect(packages.owners(of: path).map(\.name).sorted() == owners)
    #expect((packages.owner(of: path) == nil) == owners.isEmpty)
  }

  @Test func `a part of a root without its links has the same owners`() {
    var table = Self.table
    table["/lib"] = nil
    let packages = PackageDatabase(InMemoryTree(table))
    #expect(packages.owner(of: "/usr/lib/systemd/system/server.service")?.name == "server")
    table["/lib/systemd/system/server.service"] = .text("of the package")
    let unmerged = PackageDatabase(InMemoryTree(table))
    #expect(unmerged.owner(of: "/usr/lib/systemd/system/server.service") == nil)
    #expect(unmerged.owner(of: "/lib/systemd/system/server.service")?.name == "server")
  }

  @Test func `a package is what its paragraph says`() throws {
    let server = try package("server")
    #expect(server.manager == .dpkg)
    #expect(server.version == "1:1.0-1+b1")
    #expect(server.architecture == "amd64")
    #expect(server.source == "server-suite")
    #expect(server.provides == ["daemon", "mail-agent"])
    #expect(
      server.dependencies == [
        ["init-helpers"], ["libc6"], ["server-common"], ["perl", "python3"],
        ["debconf", "debconf-2.0"],
      ])
    #expect(server.recommendations == [["logrotate"]])
    #expect(server.record == "/var/lib/dpkg/info/server.list")
    #expect(server.isSibling(of: try package("server-common")))
    #expect(!server.isSibling(of: try package("other")))
  }

  @Test func `a package of several architectures has a paragraph for each`() {
    #expect(packages.packages(named: "libc6").map(\.version) == ["2.36-9", "2.36-8"])
    #expect(packages.packages(named: "libc6").map(\.architecture) == ["amd64", "i386"])
  }

  @Test func `dependencies are installed packages, by name or by what they provide`() throws {
    let names = packages.dependencies(of: try package("server")).map(\.name)
    #expect(names == ["libc6", "libc6", "server-common", "other"])
  }

  @Test func `files are where they really lie`() throws {
    #expect(
      packages.files(of: try package("server")) == [
        "/usr", "/usr/sbin", "/usr/sbin/server", "/lib", "/usr/lib/systemd/system/server.service",
        "/etc", "/etc/server.conf", "/usr/bin/tool", "/run/server",
      ])
    #expect(
      packages.files(of: try package("server-common")) == [
        "/usr", "/usr/share/moved", "/usr/bin/tool.real",
      ])
  }

  @Test func `what an administrator may change is told, but not what the package has no longer`()
    throws
  {
    #expect(packages.configurationFiles(of: try package("server")) == ["/etc/server.conf"])
    #expect(packages.configurationFiles(of: try package("server-common")) == ["/etc/server/common"])
  }

  @Test func `a link of alternatives is known by its group`() {
    #expect(packages.alternative(at: "/usr/bin/editor")?.name == "editor")
    #expect(packages.alternative(at: "/usr/share/man/man1/editor.1.gz")?.name == "editor.1.gz")
    #expect(packages.alternative(at: "/bin/ed") == nil)
  }

  @Test func `an image without dpkg has a record for each package`() throws {
    let packages = PackageDatabase(
      InMemoryTree([
        "/var/lib/dpkg/status.d/tzdata": .text("Package: tzdata\nVersion: 2024a\n"),
        "/var/lib/dpkg/status.d/tzdata.md5sums": .text(
          "0123456789abcdef0123456789abcdef  usr/share/zoneinfo/UTC\n"),
        "/var/lib/dpkg/status.d/python3.11": .text("Package: python3.11\nVersion: 3.11\n"),
      ]))
    #expect(packages.packages.map(\.name) == ["python3.11", "tzdata"])
    #expect(packages.owner(of: "/usr/share/zoneinfo/UTC")?.version == "2024a")
    #expect(packages.files(of: packages.packages[1]) == ["/usr/share/zoneinfo/UTC"])
  }

  @Test func `a root without a database has no packages`() {
    let packages = PackageDatabase(InMemoryTree(["/usr/bin/tool": .text("")]))
    #expect(packages.packages.isEmpty)
    #expect(packages.owner(of: "/usr/bin/tool") == nil)
    #expect(packages.alternative(at: "/usr/bin/tool") == nil)
    #expect(packages.unread.isEmpty)
  }

  @Test func `what can't be read is told`() {
    var table = Self.table
    table["/var/lib/dpkg/info/server.list"] = .unreadable
    let packages = PackageDatabase(InMemoryTree(table))
    #expect(packages.owner(of: "/usr/sbin/server") == nil)
    #expect(packages.unread == ["/var/lib/dpkg/info/server.list"])
  }
}
