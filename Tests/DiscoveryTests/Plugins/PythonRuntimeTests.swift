import FileTree
import TestSupport
import Testing

@testable import Discovery

struct PythonRuntimeTests {
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
}
