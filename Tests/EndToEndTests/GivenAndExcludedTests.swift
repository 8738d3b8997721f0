import Foundation
import TestSupport
import Testing

/// `--given` and `--exclude`: what the run time brings, and what isn't wanted.
struct GivenAndExcludedTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void){return 0;}' > f.c; echo 'int f(void); int main(void){return f();}' > m.c
      mkdir l data data/test; echo x > data/a; echo x > data/test/b
      gcc -shared -Wl,-soname,libdriver.so.1 -o l/libdriver.so.1 f.c
      gcc -o main m.c l/libdriver.so.1 -Wl,-rpath,'$ORIGIN/l'
      """, in: scratch.url)
  }

  func run(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  @Test func `what is given isn't packed, and all reports count it as there`() throws {
    let given = ["--given", "libdriver.so.1"]
    let pack = try run("main", "-o", "root/", "--given", "libdriver.so.1")
    #expect(pack.status == 0)
    #expect(pack.errors.contains("given: libdriver.so.1, asked for by "))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/root/l"))
    #expect(try run("check", "root/main", "--root", "root").status == 1)
    #expect(try run("check", "root/main", "--root", "root", given[0], given[1]).status == 0)
    #expect(try run("verify", "root", "--until", "loader").status == 1)
    #expect(try run("verify", "root", "--until", "loader", given[0], given[1]).status == 0)
    #expect(
      try run("inspect", "main", given[0], given[1]).output.contains("the run time brings it"))
  }

  @Test func `a name that nothing asks for is told`() throws {
    let pack = try run("main", "-o", "root/", "--given", "libother.so.1")
    #expect(pack.status == 0)
    #expect(pack.errors.contains("--given libother.so.1: nothing asks for it"))
  }

  @Test func `what is excluded isn't packed, and whoever needs it is told`() throws {
    let trees = try run("main", "--add", "data", "--exclude", "*/test", "-o", "root/")
    #expect(trees.status == 0)
    #expect(try Shell.bash("ls root/data", in: scratch.url) == "a\n")
    let library = try run("main", "--exclude", "*/libdriver.so.*", "-o", "other/")
    #expect(library.status == 1)
    #expect(library.errors.contains("--exclude */libdriver.so.*: leaves out "))
    #expect(library.errors.contains("needed by "))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/other"))
  }
}
