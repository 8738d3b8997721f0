import FileTree
import Packages
import TestSupport
import Testing

struct ApkTests {
  private let packages = PackageDatabase(
    InMemoryTree([
      "/lib/apk/db/installed": .text(
        """
        C:Q1p78yvTLG094tHE1+dToJGbmYzQE=
        P:server-openrc
        V:1.2-r0
        A:x86_64
        o:server
        D:openrc so:libc.musl-x86_64.so.1 busybox>=1.3 !conflict
        p:cmd:server=1.2-r0 daemon
        F:etc
        F:etc/init.d
        R:server
        a:0:0:755
        Z:Q1p78yvTLG094tHE1+dToJGbmYzQE=
        F:usr/sbin
        R:server
        F:
        R:entry
        F:var/lib/server
        M:100:101:750

        P:musl
        V:1.2.4-r0
        o:musl
        p:so:libc.musl-x86_64.so.1=1
        F:lib
        R:ld-musl-x86_64.so.1

        """)
    ]))

  @Test(
    arguments: [
      ("/usr/sbin/server", "server-openrc"), ("/etc/init.d", "server-openrc"),
      ("/entry", "server-openrc"), ("/lib/ld-musl-x86_64.so.1", "musl"),
      ("/var/lib/server", "server-openrc"), ("/usr/sbin/other", nil),
    ] as [(RootPath, ByteString?)])
  func `a path has the owner that its record names`(path: RootPath, owner: ByteString?) {
    #expect(packages.owner(of: path)?.name == owner)
  }

  @Test func `a package is what its paragraph says`() throws {
    let server = try #require(packages.packages(named: "server-openrc").first)
    #expect(server.manager == .apk)
    #expect(server.version == "1.2-r0")
    #expect(server.architecture == "x86_64")
    #expect(server.source == "server")
    #expect(server.dependencies == [["openrc"], ["so:libc.musl-x86_64.so.1"], ["busybox"]])
    #expect(server.provides == ["cmd:server", "daemon"])
    #expect(packages.dependencies(of: server).map(\.name) == ["musl"])
    #expect(packages.configurationFiles(of: server) == ["/etc/init.d/server"])
    #expect(
      packages.files(of: server) == [
        "/etc", "/etc/init.d", "/etc/init.d/server", "/usr/sbin", "/usr/sbin/server", "/entry",
        "/var/lib/server",
      ])
  }
}

struct PacmanTests {
  private let packages = PackageDatabase(
    InMemoryTree([
      "/var/lib/pacman/local/ALPM_DB_VERSION": .text("9\n"),
      "/var/lib/pacman/local/lib-server-1.2-3/desc": .text(
        """
        %NAME%
        lib-server

        %VERSION%
        1.2-3

        %BASE%
        server

        %ARCH%
        x86_64

        %DEPENDS%
        glibc>=2.3
        libz.so=1-64

        %OPTDEPENDS%
        perl: for scripts

        %PROVIDES%
        libserver.so=1-64
        """),
      "/var/lib/pacman/local/lib-server-1.2-3/files": .text(
        "%FILES%\nusr/\nusr/bin/\nusr/bin/server\netc/server.conf\n\n%BACKUP%\netc/server.conf\t12\n"
      ),
      "/var/lib/pacman/local/zlib-1-1/desc": .text("%NAME%\nzlib\n\n%PROVIDES%\nlibz.so=1-64\n"),
      "/var/lib/pacman/local/zlib-1-1/files": .text("%FILES%\nusr/\nusr/lib/\nusr/lib/libz.so.1\n"),
      "/usr/bin/server": .text(""), "/usr/sbin": .link("bin"), "/sbin": .link("usr/bin"),
    ]))

  @Test(
    arguments: [
      ("/usr/bin/server", "lib-server"), ("/usr/sbin/server", "lib-server"),
      ("/sbin/server", "lib-server"), ("/usr/bin", "lib-server"), ("/usr/lib/libz.so.1", "zlib"),
      ("/usr/lib/libz.so", nil),
    ] as [(RootPath, ByteString?)])
  func `a path has the owner that its record names`(path: RootPath, owner: ByteString?) {
    #expect(packages.owner(of: path)?.name == owner)
  }

  @Test func `a package is what its files say`() throws {
    let server = try #require(packages.packages(named: "lib-server").first)
    #expect(server.manager == .pacman)
    #expect(server.version == "1.2-3")
    #expect(server.architecture == "x86_64")
    #expect(server.source == "server")
    #expect(server.dependencies == [["glibc"], ["libz.so"]])
    #expect(server.recommendations == [["perl"]])
    #expect(server.provides == ["libserver.so"])
    #expect(packages.dependencies(of: server).map(\.name) == ["zlib"])
    #expect(packages.configurationFiles(of: server) == ["/etc/server.conf"])
    #expect(
      packages.files(of: server) == ["/usr", "/usr/bin", "/usr/bin/server", "/etc/server.conf"])
  }
}
