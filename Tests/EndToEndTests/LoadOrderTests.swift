import TestSupport
import Testing

/// Libraries that ask for one that their program opens before them, held against the real loaders.
struct LoadOrderTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private struct Layout {
    let name: String
    /// Where the library lies that has to be first, and how it is called.
    var core = "/app/core/libcore.so"
    var soname = "-Wl,-soname,libcore.so"
    var compiler = "gcc"
    /// Whether the program runs.
    let runs: Bool
  }

  private static let layouts: [Layout] = [
    Layout(name: "beside", runs: true),
    Layout(name: "other-file", core: "/app/core/libcore-1.2.so", runs: true),
    Layout(name: "nameless", soname: "", runs: false),
    Layout(name: "musl", compiler: "musl-gcc", runs: false),
  ]

  /// A program that opens one library, and then one that asks for it by its soname.
  private func build(_ layout: Layout) throws {
    try Shell.bash(
      """
      mkdir \(layout.name); cd \(layout.name); mkdir -p core plugins
      echo 'int core(void) { return 7; }' | \(layout.compiler) -x c - -shared -fPIC \
        \(layout.soname) -o libcore.so
      echo 'int core(void); int plugin(void) { return core(); }' | \(layout.compiler) -x c - -shared \
        -fPIC -L. -lcore -o plugins/libplugin.so
      mv libcore.so core/$(basename \(layout.core))
      cat > main.c << 'CODE'
      #include <dlfcn.h>
      #include <stdio.h>
      int main(void) {
        void *core = dlopen("\(layout.core)", RTLD_NOW);
        void *plugin = dlopen("/app/plugins/libplugin.so", RTLD_NOW);
        if (!core || !plugin) { puts(dlerror()); return 1; }
        return ((int (*)(void))dlsym(plugin, "plugin"))() != 7;
      }
      CODE
      \(layout.compiler) main.c -o main -ldl
      """, in: scratch.url)
  }

  private func run(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  @Test func `what the real loader does is what is told`() throws {
    for layout in Self.layouts {
      try build(layout)
      let name = layout.name
      let packed = try Shell.run(
        [
          Project.command, "\(name)/main", "-q", "--allow-missing", "--add",
          "\(name)/core:/app/core",
          "--add", "\(name)/plugins:/app/plugins", "-o", "\(name).tar", "-o", "\(name)-root/",
        ], in: scratch.url)
      #expect(packed.status == (layout.runs ? 0 : 1), "\(name): \(packed.errors)")
      #expect(packed.errors.contains("has to be opened by its program before") == layout.runs)
      let real = try Shell.run(
        withOwnMounts.split(separator: " ").map(String.init) + ["chroot", "\(name)-root", "/main"],
        in: scratch.url)
      #expect((real.status == 0) == layout.runs, "\(name): \(real.output)\(real.errors)")
      let verified = try run("verify", "\(name).tar")
      #expect((verified.status == 0) == layout.runs, "\(name): \(verified.output)")
      #expect(verified.output.contains("loader     passed") == layout.runs, "\(verified.output)")
      #expect(
        verified.output.contains(
          "note   \(layout.core): counts as opened by its program before 1 library") == layout.runs)
      let checked = try run("check", "\(name).tar")
      #expect((checked.status == 0) == layout.runs, "\(name): \(checked.output)")
      #expect(checked.output.contains("[load-order]") == layout.runs)
      let directory = try run("check", name)
      #expect((directory.status == 0) == layout.runs, "\(name): \(directory.output)")
      #expect(directory.output.contains("[missing-library]") != layout.runs)
    }
  }

  @Test func `what belongs to another program doesn't count`() throws {
    try build(Layout(name: "two", runs: true))
    try Shell.bash(
      """
      mkdir -p root/opt/one root/opt/two root/usr/bin; cp two/plugins/libplugin.so root/opt/one
      cp two/core/libcore.so root/opt/two; cp two/main root/usr/bin/first; cp two/main root/usr/bin/second
      \(Project.command) /usr/bin/true -q --add root/.:/ --allow-missing -o other.tar 2>/dev/null || true
      """, in: scratch.url)
    let verified = try run("verify", "--until", "loader", "other.tar")
    #expect(verified.status == 1)
    #expect(verified.output.contains("libcore.so is missing, needed by /opt/one/libplugin.so"))
    let checked = try run("check", "other.tar")
    #expect(checked.status == 1 && checked.output.contains("libcore.so is missing"))
  }

  @Test func `the rule can be left out, and is told in JSON`() throws {
    try build(Self.layouts[0])
    let json = try run("check", "--json", "beside")
    #expect(
      json.output.contains("\"rule\" : \"load-order\"")
        && json.output.contains("\"soname\" : \"libcore.so\""))
    #expect(!(try run("check", "--ignore", "load-order", "beside").output).contains("load-order"))
    #expect(try run("check", "--sarif", "beside").status == 0)
  }
}
