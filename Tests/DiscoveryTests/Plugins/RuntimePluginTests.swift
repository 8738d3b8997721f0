import FileTree
import TestSupport
import Testing

@testable import Discovery

struct RuntimePluginTests {
  private let pythonTree: [RootPath: InMemoryTree.Node] = [
    "/usr/bin/python3": .link("python3.11"), "/usr/bin/python3.11": .program(),
    "/usr/lib/python3.11/os.py": .text(""), "/usr/lib/python3.11/test/big.py": .text(""),
    "/usr/lib/python3.11/config-3.11-x/Makefile": .text(""),
    "/usr/lib/python3.11/json/__init__.py": .text(""),
    "/usr/lib/python3.11/json/__pycache__/__init__.cpython-311.pyc": .text(""),
    "/usr/lib/python3/dist-packages/__pycache__/six.cpython-311.pyc": .text(""),
    "/usr/lib/python3.11/lib-dynload/_ssl.so": .library(),
    "/usr/lib/python3.11/sitecustomize.py": .link("/etc/python3.11/sitecustomize.py"),
    "/etc/python3.11/sitecustomize.py": .text(""),
    "/usr/lib/python3/dist-packages/six.py": .text(""),
    "/usr/lib/python3/dist-packages/x.pth": .text("# no\nimport sys\n/opt/packages\nnowhere\n"),
    "/opt/packages/y.py": .text(""), "/usr/lib/python3.10/os.py": .text(""),
  ]

  @Test
  func `python takes the library above its own directory, without tests and what it compiled`() {
    var fixture = PluginFixture(PythonRuntime(), pythonTree)
    let needs = fixture.needs(of: "/usr/bin/python3", isProgram: true)
    #expect(
      needs.paths == [
        "/opt/packages", "/usr/lib/python3.11/json/__init__.py",
        "/usr/lib/python3.11/lib-dynload", "/usr/lib/python3.11/os.py",
        "/usr/lib/python3.11/sitecustomize.py", "/usr/lib/python3/dist-packages/six.py",
        "/usr/lib/python3/dist-packages/x.pth",
      ])
    #expect(needs.allSatisfy { $0.isEssential && $0.grade == .registered })
    #expect(needs.last?.place == "/usr/lib/python3/dist-packages/x.pth:3")
    #expect(fixture.needs(of: "/usr/bin/python3", isProgram: true).isEmpty)
  }

  @Test func `a program that embeds python takes the library above libpython`() {
    var tree = pythonTree
    tree["/usr/lib/x/libpython3.11.so.1.0"] = .library(soname: "libpython3.11.so.1.0")
    var fixture = PluginFixture(PythonRuntime(), tree)
    #expect(
      fixture.needs(of: "/usr/lib/x/libpython3.11.so.1.0").covers("/usr/lib/python3.11/os.py"))
  }

  @Test func `python far from its library takes the prefix that is compiled in`() {
    var tree = pythonTree
    tree["/app/python3.10"] = .elf(.program(), constants: ["/nothing", "/usr"])
    var fixture = PluginFixture(PythonRuntime(), tree)
    #expect(fixture.needs(of: "/app/python3.10", isProgram: true).covers("/usr/lib/python3.10"))
  }

  @Test func `a virtual environment brings its packages and its home's library`() {
    var tree = pythonTree
    tree["/venv/bin/python"] = .link("/usr/bin/python3.11")
    tree["/venv/pyvenv.cfg"] = .text("include-system-site-packages = false\nhome = /usr/bin\n")
    tree["/venv/lib/python3.11/site-packages/flask/__init__.py"] = .text("")
    var fixture = PluginFixture(PythonRuntime(), tree)
    let needs = fixture.needs(of: "/venv/bin/python", isProgram: true)
    #expect(needs.first?.place == "/venv/pyvenv.cfg:2")
    #expect(needs.covers("/venv/pyvenv.cfg"))
    #expect(needs.covers("/venv/lib/python3.11/site-packages/flask"))
    #expect(needs.covers("/usr/lib/python3.11/os.py"))
  }

  @Test func `perl takes the directories of its include path without headers`() {
    var fixture = PluginFixture(
      PerlRuntime(),
      [
        "/usr/lib/libperl.so.5.36": .elf(
          .library(soname: "libperl.so.5.36"),
          constants: ["/etc/perl", "/usr/share/perl5", "/usr/lib/perl/5.36", "/usr/share/doc"]),
        "/usr/share/perl5/A.pm": .text(""), "/usr/share/doc/x": .text(""),
        "/usr/lib/perl/5.36": .link("5.36.0"), "/usr/lib/perl/5.36.0/Config.pm": .text(""),
        "/usr/lib/perl/5.36.0/CORE/perl.h": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/lib/libperl.so.5.36")
    #expect(needs.paths == ["/usr/lib/perl/5.36/Config.pm", "/usr/share/perl5"])
    #expect(needs.first?.evidence.mark == .soname("libperl.so.5.36"))
  }

  @Test func `ruby takes its load path and the gems beside the standard library`() {
    var fixture = PluginFixture(
      RubyRuntime(),
      [
        "/usr/lib/libruby-3.1.so.3.1": .elf(
          .library(soname: "libruby-3.1.so.3.1"),
          constants: ["/usr/lib/ruby/3.1.0", "/usr/lib/ruby/vendor_ruby"]),
        "/usr/lib/ruby/3.1.0/set.rb": .text(""),
        "/usr/lib/ruby/gems/3.1.0/gems/json/json.rb": .text(""),
        "/usr/lib/ruby/gems/2.7.0/gems/json/json.rb": .text(""),
      ])
    #expect(
      fixture.needs(of: "/usr/lib/libruby-3.1.so.3.1").paths == [
        "/usr/lib/ruby/3.1.0", "/usr/lib/ruby/gems/3.1.0",
      ])
  }

  @Test func `lua takes the directories that are in its paths`() {
    var fixture = PluginFixture(
      LuaRuntime(),
      [
        "/usr/bin/lua5.4": .elf(
          .program(),
          constants: [
            "/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;./?.lua",
            "/usr/lib/lua/5.4/?.so;./?.so",
          ]),
        "/usr/share/lua/5.4/socket.lua": .text(""), "/usr/lib/lua/5.4/socket/core.so": .library(),
      ])
    #expect(
      fixture.needs(of: "/usr/bin/lua5.4", isProgram: true).paths == [
        "/usr/lib/lua/5.4", "/usr/share/lua/5.4",
      ])
  }

  @Test(arguments: [("/usr/bin/lua", true), ("/usr/bin/server", false)])
  func `what only has Lua inside gets its installed modules as a hint`(
    program: ByteString, isEssential: Bool
  ) {
    var fixture = PluginFixture(
      LuaRuntime(),
      [
        RootPath(normalising: program): .program(),
        "/usr/lib/liblua.so.5": .elf(
          .library(soname: "liblua.so.5"), constants: ["/usr/share/lua/5.3/?.lua"]),
        "/usr/share/lua/5.3/socket.lua": .text(""),
      ])
    _ = fixture.needs(of: program, isProgram: true)
    #expect(fixture.needs(of: "/usr/lib/liblua.so.5").map(\.isEssential) == [isEssential])
  }

  @Test(arguments: [
    ("/opt/jdk/lib/libjli.so", "/opt/jdk/lib/jvm.cfg"),
    ("/opt/jdk/lib/server/libjvm.so", "/opt/jdk/lib/modules"),
    ("/opt/jdk/lib/amd64/jli/libjli.so", "/opt/jdk/lib/amd64/jvm.cfg"),
  ])
  func `a Java machine takes its home`(library: String, landmark: String) {
    var fixture = PluginFixture(
      JavaRuntime(),
      [
        RootPath(normalising: ByteString(library)): .library(),
        RootPath(normalising: ByteString(landmark)): .text(""),
        "/opt/jdk/bin/java": .program(), "/opt/jdk/jmods/a.jmod": .text(""),
        "/opt/jdk/conf/net.properties": .link("/etc/jdk/net.properties"),
        "/etc/jdk/net.properties": .text(""), "/opt/jdk/lib/src.zip": .text(""),
        "/opt/jdk/lib/ct.sym": .text(""),
      ])
    let needs = fixture.needs(of: ByteString(library))
    #expect(needs.covers(ByteString(landmark)) && needs.covers("/opt/jdk/bin/java"))
    #expect(needs.paths.contains("/opt/jdk/conf/net.properties"))
    #expect(!needs.covers("/opt/jdk/jmods/a.jmod") && !needs.covers("/opt/jdk/lib/src.zip"))
    #expect(!needs.covers("/opt/jdk/lib/ct.sym"))
    #expect(fixture.needs(of: ByteString(library)).isEmpty)
  }

  @Test func `erlang takes its root without sources`() {
    var fixture = PluginFixture(
      ErlangRuntime(),
      [
        "/usr/bin/erl": .link("../lib/erlang/bin/erl"),
        "/usr/lib/erlang/bin/erl": .text("#!/bin/sh\n"),
        "/usr/lib/erlang/releases/25/start.boot": .text(""),
        "/usr/lib/erlang/erts-13/bin/beam.smp": .program(),
        "/usr/lib/erlang/lib/kernel-8/ebin/a.beam": .text(""),
        "/usr/lib/erlang/lib/kernel-8/src/a.erl": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/bin/erl", isProgram: true)
    #expect(needs.covers("/usr/lib/erlang/lib/kernel-8/ebin/a.beam"))
    #expect(needs.covers("/usr/lib/erlang/erts-13/bin/beam.smp"))
    #expect(!needs.covers("/usr/lib/erlang/lib/kernel-8/src/a.erl"))
  }

  @Test func `PHP takes its settings and the extensions that they name`() {
    var fixture = PluginFixture(
      PhpRuntime(),
      [
        "/usr/bin/php8.2": .elf(
          .program(),
          constants: ["/etc/php/8.2/cli", "/etc/php/8.2/cli/conf.d", "/usr/lib/php/20220829"]),
        "/etc/php/8.2/cli/php.ini": .text("[PHP]\n;extension=no\nextension = sqlite3\n"),
        "/etc/php/8.2/cli/conf.d/10-opcache.ini": .link("../../mods/opcache.ini"),
        "/etc/php/8.2/mods/opcache.ini": .text("zend_extension=opcache.so\nextension=gone\n"),
        "/usr/lib/php/20220829/opcache.so": .library(),
        "/usr/lib/php/20220829/sqlite3.so": .library(),
        "/usr/lib/php/20220829/unused.so": .library(),
      ])
    let needs = fixture.needs(of: "/usr/bin/php8.2", isProgram: true)
    #expect(
      needs.essential.paths == [
        "/etc/php/8.2/cli/conf.d/10-opcache.ini", "/etc/php/8.2/cli/php.ini",
      ])
    #expect(
      needs.libraries == [
        "/usr/lib/php/20220829/sqlite3.so", "/usr/lib/php/20220829/opcache.so",
      ])
    #expect(
      needs.asking(for: "/usr/lib/php/20220829/opcache.so")?.place
        == "/etc/php/8.2/cli/conf.d/10-opcache.ini:1")
  }

  @Test func `Node takes the parts of its library that lie outside of it`() {
    var fixture = PluginFixture(
      NodeRuntime(),
      [
        "/usr/lib/libnode.so.108": .elf(
          .library(soname: "libnode.so.108"),
          constants: ["/usr/share/nodejs/undici/undici.js", "/gone.js", "path.js"]),
        "/usr/share/nodejs/undici/undici.js": .text(""),
      ])
    let needs = fixture.needs(of: "/usr/lib/libnode.so.108")
    #expect(needs.essential.paths == ["/usr/share/nodejs/undici/undici.js"])
  }
}
