import TestSupport
import Testing

/// What the kernel does before any loader runs.
struct InterpreterTests {
  @Test func `a program whose interpreter is missing is not started, and inspect says so`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash(
      "echo 'int main(void){return 0;}' | gcc -Wl,--dynamic-linker,/nowhere/ld.so -x c - -o program",
      in: scratch.url)
    let start = try Shell.run(["bash", "-c", "./program"], in: scratch.url)
    #expect(start.status == 127)
    let inspect = try Shell.run([Project.command, "inspect", "program"], in: scratch.url)
    #expect(inspect.status == 1)
    #expect(inspect.output.contains("missing: /nowhere/ld.so, needed by"))
    let pack = try Shell.run([Project.command, "program"], in: scratch.url)
    #expect(pack.status == 1)
    #expect(pack.errors.contains("missing: /nowhere/ld.so"))
  }
}
