import FileTree
import TestSupport
import Testing

@testable import Discovery

struct LibraryPluginTests {
  @Test func `GIO's modules come from the cache, and TLS is essential where it is used`() {
    let tree: [RootPath: InMemoryTree.Node] = [
      "/lib/libgio-2.0.so.0": .elf(
        .library(soname: "libgio-2.0.so.0"), constants: ["/lib/gio/modules"]),
      "/lib/libsoup.so": .library(soname: "libsoup.so"),
      "/lib/gio/modules/giomodule.cache": .text(
        "# comment\nlibtls.so: gio-tls-backend\nlibproxy.so: gio-proxy-resolver\n"),
      "/lib/gio/modules/libtls.so": .library(), "/lib/gio/modules/libproxy.so": .library(),
    ]
    var fixture = PluginFixture(GioModules(), tree)
    let hints = fixture.needs(of: "/lib/libgio-2.0.so.0")
    #expect(hints.libraries == ["/lib/gio/modules/libtls.so", "/lib/gio/modules/libproxy.so"])
    #expect(hints.essential.isEmpty)
    #expect(hints.first?.place == "/lib/gio/modules/giomodule.cache:2")
    let needs = fixture.needs(of: "/lib/libsoup.so", imports: ["g_tls_client_connection_new"])
    #expect(needs.libraries == ["/lib/gio/modules/libtls.so"])
    #expect(needs.hints.isEmpty)
  }

  @Test func `without a cache GIO loads every module`() {
    var fixture = PluginFixture(
      GioModules(),
      [
        "/lib/libgio-2.0.so.0": .library(soname: "libgio-2.0.so.0"),
        "/lib/gio/modules/liba.so": .library(), "/lib/gio/modules/readme": .text(""),
      ])
    #expect(fixture.needs(of: "/lib/libgio-2.0.so.0").libraries == ["/lib/gio/modules/liba.so"])
  }

  @Test func `schemas are a hint for who has settings`() {
    var fixture = PluginFixture(
      GioModules(),
      [
        "/lib/libgio-2.0.so.0": .library(soname: "libgio-2.0.so.0"), "/bin/app": .program(),
        "/usr/share/glib-2.0/schemas/gschemas.compiled": .text(""),
      ])
    #expect(fixture.needs(of: "/bin/app", imports: ["g_settings_new"]).isEmpty)
    let needs = fixture.needs(of: "/lib/libgio-2.0.so.0")
    #expect(needs.paths == ["/usr/share/glib-2.0/schemas/gschemas.compiled"])
    #expect(needs.essential.isEmpty)
  }

  @Test func `gdk-pixbuf's loaders come from its cache`() {
    let cache = """
      # LoaderDir = x
      "/lib/gdk-pixbuf-2.0/2.10.0/loaders/libgif.so"
      "gif" 4 "gdk-pixbuf" "GIF" "LGPL"
      "image/gif" ""
      "GIF8" "" 100

      "/lib/gdk-pixbuf-2.0/2.10.0/loaders/libsvg.so"
      "svg" 6 "gdk-pixbuf" "Scalable Vector Graphics" "LGPL"

      """
    var fixture = PluginFixture(
      GdkPixbufLoaders(),
      [
        "/lib/libgdk_pixbuf-2.0.so.0": .library(soname: "libgdk_pixbuf-2.0.so.0"),
        "/lib/gdk-pixbuf-2.0/2.10.0/loaders.cache": .text(cache),
      ])
    let needs = fixture.needs(of: "/lib/libgdk_pixbuf-2.0.so.0")
    #expect(
      needs.libraries == [
        "/lib/gdk-pixbuf-2.0/2.10.0/loaders/libgif.so",
        "/lib/gdk-pixbuf-2.0/2.10.0/loaders/libsvg.so",
      ])
    #expect(needs.last?.place == "/lib/gdk-pixbuf-2.0/2.10.0/loaders.cache:7")
  }

  @Test func `fontconfig reads included files, and its fonts are hints`() {
    let configuration = """
      <?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
      <fontconfig>
        <!-- <dir>/commented</dir> -->
        <dir>/usr/share/fonts</dir> <dir>/usr/share/none</dir> <dir>~/.fonts</dir>
        <dir prefix="xdg">fonts</dir>
        <include ignore_missing="yes">conf.d</include>
        <include>fonts.conf</include>
      </fontconfig>

      """
    var fixture = PluginFixture(
      FontConfiguration(),
      [
        "/lib/libfontconfig.so.1": .library(soname: "libfontconfig.so.1"),
        "/etc/fonts/fonts.conf": .text(configuration),
        "/etc/fonts/conf.d/10-a.conf": .text(
          "<fontconfig>\n<dir>\n  /opt/a&amp;b\n</dir>\n</fontconfig>"),
        "/etc/fonts/conf.d/README.conf": .text("<dir>/var</dir>"),
        "/etc/fonts/conf.d/20-b.txt": .text("<dir>/var</dir>"),
        "/usr/share/fonts/x.ttf": .text("x"), "/opt/a&b/y.ttf": .text("y"), "/var/x": .text(""),
      ])
    let needs = fixture.needs(of: "/lib/libfontconfig.so.1")
    #expect(needs.essential.paths == ["/etc/fonts/conf.d/10-a.conf", "/etc/fonts/fonts.conf"])
    #expect(needs.hints.paths == ["/opt/a&b", "/usr/share/fonts"])
    #expect(
      needs.compactMap(\.place) == [
        "/etc/fonts/fonts.conf:4", "/etc/fonts/fonts.conf:6", "/etc/fonts/conf.d/10-a.conf:2",
      ])
  }

  @Test func `p11-kit's modules are hints unless they are critical, and the system's go before`() {
    var fixture = PluginFixture(
      P11KitModules(),
      [
        "/lib/libp11-kit.so.0": .elf(
          .library(soname: "libp11-kit.so.0"),
          constants: ["/etc/pkcs11/modules", "/usr/share/p11-kit/modules", "/lib/pkcs11"]),
        "/usr/share/p11-kit/modules/a.module": .text("module: a-packaged.so\n"),
        "/etc/pkcs11/modules/a.module": .text("# mine\nmodule: a.so\ncritical: yes\n"),
        "/usr/share/p11-kit/modules/b.module": .text("module: /opt/b.so\n"),
        "/usr/share/p11-kit/modules/c.module": .text("remote: |cat\n"),
        "/lib/pkcs11/a.so": .library(),
      ])
    let needs = fixture.needs(of: "/lib/libp11-kit.so.0")
    #expect(needs.libraries == ["/lib/pkcs11/a.so", "/opt/b.so"])
    #expect(needs.essential.libraries == ["/lib/pkcs11/a.so"])
    #expect(needs.first?.place == "/etc/pkcs11/modules/a.module:2")
  }

  @Test func `Kerberos reads included files and names its plugins`() {
    var fixture = PluginFixture(
      KerberosConfiguration(),
      [
        "/lib/libkrb5.so.3": .elf(
          .library(soname: "libkrb5.so.3"),
          constants: ["/etc/krb5.conf:/usr/etc/krb5.conf", "/lib/krb5/plugins"]),
        "/etc/krb5.conf": .text(
          "includedir /etc/krb5.conf.d\n[libdefaults]\n module = no:no.so\n[plugins]\n"
            + " clpreauth = {\n  module = otp:preauth/otp.so\n }\n"),
        "/etc/krb5.conf.d/site_1": .text("include /etc/krb5.conf\n[realms]\n"),
        "/etc/krb5.conf.d/site.bak": .text(""), "/etc/krb5.conf.d/b.conf": .text(""),
        "/lib/krb5/plugins/preauth/spake.so": .library(),
      ])
    let needs = fixture.needs(of: "/lib/libkrb5.so.3")
    #expect(needs.essential.libraries == ["/lib/krb5/plugins/preauth/otp.so"])
    #expect(
      needs.asking(for: "/lib/krb5/plugins/preauth/otp.so")?.place == "/etc/krb5.conf:6")
    #expect(
      needs.paths == ["/etc/krb5.conf", "/etc/krb5.conf.d/b.conf", "/etc/krb5.conf.d/site_1"])
    #expect(
      needs.asking(for: "/lib/krb5/plugins/preauth/spake.so")?.isEssential == false)
  }

  @Test func `GSS-API names its mechanisms`() {
    var fixture = PluginFixture(
      GssMechanisms(),
      [
        "/lib/libgssapi_krb5.so.2": .elf(
          .library(soname: "libgssapi_krb5.so.2"),
          constants: ["/lib/gss/", "/etc/gss/mech", "/etc/gss/mech.d/*.conf"]),
        "/etc/gss/mech.d/a.conf": .text("# c\ngssproxy 1.2.3 proxymech.so\nshort 1.2\n"),
      ])
    let needs = fixture.needs(of: "/lib/libgssapi_krb5.so.2")
    #expect(needs.libraries == ["/lib/gss/proxymech.so"])
    #expect(needs.first?.place == "/etc/gss/mech.d/a.conf:2")
  }

  @Test func `SASL's mechanisms are essential for a program that begins with it itself`() {
    let tree: [RootPath: InMemoryTree.Node] = [
      "/lib/libsasl2.so.2": .elf(
        .library(soname: "libsasl2.so.2"),
        constants: ["/etc/sasl2:/lib/sasl2", "/lib/sasl2"]),
      "/lib/sasl2/libplain.so": .library(), "/lib/sasl2/libplain.so.2": .library(),
      "/lib/sasl2/imapd.conf": .text("mech_list: PLAIN\n"),
      "/lib/sasl2/smtpd.conf": .text("mech_list: PLAIN\n"),
      "/sbin/server": .elf(.program(), constants: ["imapd"]),
    ]
    var fixture = PluginFixture(SaslPlugins(), tree)
    let hints = fixture.needs(of: "/lib/libsasl2.so.2")
    #expect(hints.libraries == ["/lib/sasl2/libplain.so"] && hints.essential.isEmpty)
    let needs = fixture.needs(
      of: "/sbin/server", isProgram: true, imports: ["sasl_server_init"])
    #expect(needs.essential.libraries == ["/lib/sasl2/libplain.so"])
    #expect(needs.paths == ["/lib/sasl2/imapd.conf"])
  }

  @Test func `iconv's modules are those that the first configuration names`() {
    var root = RootView(
      tree: InMemoryTree([
        "/lib/w/gconv/C-2.so": .library(),
        "/lib/x/gconv/gconv-modules": .text(
          "# c\nalias A// B//\nmodule\tB//\tINTERNAL\tISO8859-1\t1\nmodule INTERNAL B// ISO8859-1 1\n"
        ),
        "/lib/x/gconv/gconv-modules.d/extra.conf": .text("module C// INTERNAL C-2 # last\n"),
        "/lib/x/gconv/ISO8859-1.so": .library(), "/lib/x/gconv/C-2.so": .library(),
        "/lib/x/gconv/unnamed.so": .library(),
        "/lib/y/gconv/gconv-modules.cache": .text(""),
      ]))
    let directories: [ByteString] = ["/lib/w/", "/lib/x/", "/lib/y/"]
    #expect(
      Set(GconvModules.wishes(in: &root, directories))
        == [
          .path("/lib/x/gconv/gconv-modules", at: nil),
          .path("/lib/x/gconv/gconv-modules.d", at: nil),
          .path("/lib/x/gconv/ISO8859-1.so", at: nil), .path("/lib/x/gconv/C-2.so", at: nil),
        ])
    #expect(GconvModules.wishes(in: &root, ["/lib/y/"]) == [.path("/lib/y/gconv", at: nil)])
    #expect(GconvModules.wishes(in: &root, ["/lib/w/"]).isEmpty)
  }

  @Test func `unixODBC's drivers are named by path or soname`() {
    var fixture = PluginFixture(
      OdbcDrivers(),
      [
        "/lib/libodbc.so.2": .elf(.library(soname: "libodbc.so.2"), constants: ["/opt/etc"]),
        "/opt/etc/odbcinst.ini": .text(
          "[PostgreSQL]\nDescription=x\nDriver = psqlodbcw.so\nSetup=setup.so\n; no\n[X]\n"
            + "Driver64=\"/opt/x.so\"\n"),
        "/opt/etc/odbc.ini": .text("[base]\nDriver=PostgreSQL\n"),
      ])
    let needs = fixture.needs(of: "/lib/libodbc.so.2")
    #expect(needs.libraries == ["psqlodbcw.so", "/opt/x.so"])
    #expect(needs.asking(for: "/opt/x.so")?.place == "/opt/etc/odbcinst.ini:7")
    #expect(needs.covers("/opt/etc/odbc.ini"))
  }

  private let qtTree: [RootPath: InMemoryTree.Node] = [
    "/usr/lib/libQt5Core.so.5": .elf(
      .library(soname: "libQt5Core.so.5"),
      constants: ["qt_prfxpath=/usr", "lib/qt5/plugins", "some plugins"]),
    "/usr/lib/libQt5Gui.so.5": .elf(.library(soname: "libQt5Gui.so.5"), constants: ["xcb"]),
    "/usr/lib/libQt5Sql.so.5": .library(soname: "libQt5Sql.so.5"),
    "/usr/lib/qt5/plugins/platforms/libqxcb.so": .library(),
    "/usr/lib/qt5/plugins/platforms/libqvnc.so": .library(),
    "/usr/lib/qt5/plugins/imageformats/libqgif.so": .library(),
    "/usr/lib/qt5/plugins/sqldrivers/libqsqlite.so": .library(),
    "/opt/app/app": .program(),
  ]

  @Test func `Qt's plugins are those of the Qt libraries in the closure`() {
    var fixture = PluginFixture(QtPlugins(), qtTree)
    #expect(fixture.needs(of: "/opt/app/app", isProgram: true).isEmpty)
    #expect(fixture.needs(of: "/usr/lib/libQt5Gui.so.5").isEmpty)
    let needs = fixture.needs(of: "/usr/lib/libQt5Core.so.5")
    #expect(
      needs.essential.libraries == [
        "/usr/lib/qt5/plugins/platforms/libqxcb.so",
        "/usr/lib/qt5/plugins/imageformats/libqgif.so",
      ])
    #expect(needs.libraries.contains("/usr/lib/qt5/plugins/platforms/libqvnc.so"))
    #expect(
      fixture.needs(of: "/usr/lib/libQt5Sql.so.5").libraries == [
        "/usr/lib/qt5/plugins/sqldrivers/libqsqlite.so"
      ])
  }

  @Test func `a qt.conf beside the program moves the plugins`() {
    var tree = qtTree
    tree["/opt/app/qt.conf"] = .text("[Paths]\nPrefix = ..\nPlugins = plug\n")
    tree["/opt/plug/sqldrivers/libqmine.so"] = .library()
    var fixture = PluginFixture(QtPlugins(), tree)
    _ = fixture.needs(of: "/opt/app/app", isProgram: true)
    _ = fixture.needs(of: "/usr/lib/libQt5Core.so.5")
    let needs = fixture.needs(of: "/usr/lib/libQt5Sql.so.5")
    #expect(needs.libraries.first == "/opt/plug/sqldrivers/libqmine.so")
    #expect(needs.first?.place == "/opt/app/qt.conf:3")
    #expect(needs.covers("/opt/app/qt.conf"))
  }

  @Test func `ImageMagick takes its formats and settings`() {
    let directory: ByteString = "/usr/lib/ImageMagick-6.9.11/modules-Q16/coders"
    var fixture = PluginFixture(
      MagickModules(),
      [
        "/usr/lib/libMagickCore-6.Q16.so.6": .elf(
          .library(soname: "libMagickCore-6.Q16.so.6"),
          constants: [directory + "/", "/etc/ImageMagick-6/", "/usr/share/doc/ImageMagick-6/"]),
        "/usr/lib/ImageMagick-6.9.11/modules-Q16/coders/png.so": .library(),
        "/usr/lib/ImageMagick-6.9.11/modules-Q16/coders/png.la": .text("dlname='png.so'"),
        "/etc/ImageMagick-6/policy.xml": .text(""), "/usr/share/doc/ImageMagick-6/x.xml": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/lib/libMagickCore-6.Q16.so.6").essential
    #expect(needs.libraries == [directory + "/png.so"])
    #expect(needs.paths == ["/etc/ImageMagick-6/policy.xml", directory + "/png.la"])
  }
}
