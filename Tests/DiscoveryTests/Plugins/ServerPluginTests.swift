import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ServerPluginTests {
  @Test func `nginx reads what it includes and loads what it names`() {
    var fixture = PluginFixture(
      NginxServer(),
      [
        "/usr/sbin/nginx": .elf(
          .program(),
          constants: [
            "configure arguments: --with-cc-opt='-g -O2' --prefix=/usr/share/nginx "
              + "--conf-path=/etc/nginx/nginx.conf --pid-path=/run/nginx.pid "
              + "--error-log-path=stderr --http-log-path=/var/log/nginx/access.log"
          ]),
        "/etc/nginx/nginx.conf": .text(
          "user x; include modules-enabled/*.conf;\n# include no.conf;\nhttp {\n"
            + "  include\n    mime.types;\n  log_format a '{;}' ;\n  include \"gone.conf\";\n}\n"),
        "/etc/nginx/modules-enabled/50-echo.conf": .text("load_module modules/echo.so;\n"),
        "/etc/nginx/mime.types": .text("types { include nginx.conf; }\n"),
        "/etc/nginx/no.conf": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/sbin/nginx", isProgram: true)
    #expect(needs.libraries == ["/usr/share/nginx/modules/echo.so"])
    #expect(
      needs.asking(for: "/usr/share/nginx/modules/echo.so")?.place
        == "/etc/nginx/modules-enabled/50-echo.conf:1")
    #expect(
      needs.paths == [
        "/etc/nginx/mime.types", "/etc/nginx/modules-enabled/50-echo.conf",
        "/etc/nginx/nginx.conf",
      ])
    #expect(needs.directories == ["/var/log/nginx", "/run"])
  }

  @Test(arguments: [
    ("user www-data;", ["www-data:x:33:33:www-data:/var/www:/sbin/nologin"], ["www-data:x:33:"]),
    (
      "user www-data adm;", ["www-data:x:33:33:www-data:/var/www:/sbin/nologin"],
      ["www-data:x:33:", "adm:x:4:"]
    ),
    ("user nobody-here;", [], []),
  ])
  func `nginx's workers have their user and group`(
    line: String, users: [ByteString], groups: [ByteString]
  ) {
    var fixture = PluginFixture(
      NginxServer(),
      [
        "/usr/sbin/nginx": .elf(
          .program(), constants: ["configure arguments: --conf-path=/etc/nginx/nginx.conf"]),
        "/etc/nginx/nginx.conf": .text(line),
        "/etc/passwd": .text(
          "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:secret:/var/www:/bin/sh\n"),
        "/etc/group": .text("adm:x:4:somebody\nwww-data:x:33:\n"),
      ])
    let needs = fixture.needs(of: "/usr/sbin/nginx", isProgram: true)
    #expect(needs.essential.lines(of: "/etc/passwd") == users)
    #expect(needs.essential.lines(of: "/etc/group") == groups)
  }

  @Test func `httpd reads what it includes and loads what it names`() {
    var fixture = PluginFixture(
      ApacheServer(),
      [
        "/usr/sbin/apache2": .elf(
          .program(),
          constants: [
            " -D HTTPD_ROOT=\"/etc/apache2\"", " -D SERVER_CONFIG_FILE=\"apache2.conf\"",
          ]),
        "/etc/apache2/envvars": .text(
          "# c\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nunset HOME\n"),
        "/etc/apache2/apache2.conf": .text(
          "Define mods mods-enabled\nIncludeOptional ${mods}/*.load\nErrorLog \\\n"
            + "${APACHE_LOG_DIR}/error.log\nCustomLog \"|/bin/x\" common\n"
            + "PidFile ${APACHE_PID_FILE}\nInclude apache2.conf\nUser www-data\nGroup adm\n"
            + "DefaultRuntimeDir /run/apache2\n"),
        "/etc/passwd": .text("www-data:x:33:33:x:/var/www:/bin/sh\n"),
        "/etc/group": .text("adm:x:4:somebody\nwww-data:x:33:\n"),
        "/etc/apache2/mods-enabled/mime.load": .text(
          "LoadModule mime_module /usr/lib/mod_mime.so\nTypesConfig /etc/mime.types\n"),
        "/etc/mime.types": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/sbin/apache2", isProgram: true)
    #expect(needs.libraries == ["/usr/lib/mod_mime.so"])
    #expect(
      needs.paths == [
        "/etc/apache2/apache2.conf", "/etc/apache2/mods-enabled/mime.load", "/etc/mime.types",
      ])
    #expect(needs.directories == ["/var/log/apache2", "/run/apache2"])
    #expect(
      needs.lines(of: "/etc/passwd") == ["www-data:x:33:33:www-data:/var/www:/sbin/nologin"])
    #expect(needs.lines(of: "/etc/group") == ["www-data:x:33:", "adm:x:4:"])
  }

  @Test func `PostgreSQL takes its share directory and what catalogs and settings name`() {
    var fixture = PluginFixture(
      PostgresServer(),
      [
        "/opt/pg/bin/postgres": .elf(
          .program(),
          constants: ["/usr/share/postgresql/15", "/usr/lib/pg/lib", "libpqwalreceiver"]),
        "/opt/pg/bin/initdb": .elf(.program(), constants: ["postgres"]), "/bin/sh": .program(),
        "/usr/share/postgresql/15/postgres.bki": .text(
          "open x\ninsert ( 1 $libdir/utf8_and_win $libdir/gone )\n"),
        "/usr/share/postgresql/15/man/x.1": .text(""),
        "/usr/share/postgresql/15/snowball_create.sql": .text("AS '$libdir/dict_snowball', 'x'\n"),
        "/usr/share/postgresql/15/extension/plpgsql.control": .text(
          "module_pathname = '$libdir/plpgsql'\n"),
        "/usr/share/postgresql/15/extension/hstore.control": .text(
          "module_pathname = '$libdir/hstore'\n"),
        "/usr/lib/pg/lib/plpgsql.so": .library(), "/usr/lib/pg/lib/hstore.so": .library(),
        "/usr/lib/pg/lib/dict_snowball.so": .library(),
        "/usr/lib/pg/lib/utf8_and_win.so": .library(),
        "/usr/lib/pg/lib/libpqwalreceiver.so": .library(),
        "/etc/postgresql/15/main/postgresql.conf": .text(
          "#shared_preload_libraries = 'no'\ninclude_dir 'conf.d'\n"),
        "/etc/postgresql/15/main/conf.d/a.conf": .text(
          "Shared_Preload_Libraries = 'pg_stat, $libdir/auto' # two\n"),
      ])
    let needs = fixture.needs(of: "/opt/pg/bin/postgres", isProgram: true)
    #expect(
      Set(needs.essential.libraries) == [
        "/usr/lib/pg/lib/utf8_and_win.so", "/usr/lib/pg/lib/dict_snowball.so",
        "/usr/lib/pg/lib/plpgsql.so", "/usr/lib/pg/lib/libpqwalreceiver.so",
        "/usr/lib/pg/lib/pg_stat.so", "/usr/lib/pg/lib/auto.so",
      ])
    #expect(needs.asking(for: "/usr/lib/pg/lib/hstore.so")?.isEssential == false)
    #expect(
      needs.asking(for: "/usr/lib/pg/lib/utf8_and_win.so")?.place
        == "/usr/share/postgresql/15/postgres.bki:2")
    #expect(
      needs.asking(for: "/usr/lib/pg/lib/pg_stat.so")?.place
        == "/etc/postgresql/15/main/conf.d/a.conf:1")
    #expect(needs.covers("/usr/share/postgresql/15/extension/hstore.control"))
    #expect(!needs.covers("/usr/share/postgresql/15/man/x.1"))
    #expect(
      fixture.needs(of: "/opt/pg/bin/initdb", isProgram: true).essential.paths == [
        "/bin/sh", "/opt/pg/bin/postgres",
      ])
  }

  @Test func `git takes its commands, transports and a shell; servers and scripts are hints`() {
    var fixture = PluginFixture(
      GitPrograms(),
      [
        "/usr/bin/git": .elf(
          .program(),
          constants: ["/usr/lib/git-core", "share/git-core/templates", "/usr", "/etc/gitconfig"]),
        "/usr/lib/git-core/git": .link("../../bin/git"),
        "/usr/lib/git-core/git-remote-http": .program(),
        "/usr/lib/git-core/git-daemon": .program(),
        "/usr/lib/git-core/git-upload-pack": .link("git"),
        "/usr/lib/git-core/git-submodule": .text("#!/bin/sh\n"),
        "/usr/share/git-core/templates/description": .text(""),
        "/etc/gitconfig": .text(""), "/bin/sh": .program(),
      ])
    let needs = fixture.needs(of: "/usr/bin/git", isProgram: true)
    #expect(
      needs.essential.paths == [
        "/bin/sh", "/etc/gitconfig", "/usr/lib/git-core/git", "/usr/lib/git-core/git-remote-http",
        "/usr/lib/git-core/git-upload-pack", "/usr/share/git-core/templates",
      ])
    #expect(
      needs.hints.paths == ["/usr/lib/git-core/git-daemon", "/usr/lib/git-core/git-submodule"])
    #expect(fixture.needs(of: "/usr/bin/git", isProgram: true).isEmpty)
  }

  @Test func `GnuPG takes its agent, and what asks networks and cards is a hint`() {
    var fixture = PluginFixture(
      GnupgPrograms(),
      [
        "/usr/bin/gpg": .elf(.program(), constants: ["/usr/bin", "/usr/lib/gnupg"]),
        "/usr/bin/gpg-agent": .program(), "/usr/bin/dirmngr": .program(),
        "/usr/lib/gnupg/scdaemon": .program(),
      ])
    let needs = fixture.needs(of: "/usr/bin/gpg", isProgram: true)
    #expect(needs.essential.paths == ["/usr/bin/gpg-agent"])
    #expect(needs.hints.paths == ["/usr/bin/dirmngr", "/usr/lib/gnupg/scdaemon"])
  }
}
