import Foundation
import TestSupport
import Testing

/// What programs show that have their C library inside, and no symbols.
struct StaticNeedsTests {
  @Test(arguments: [
    "gcc -static -O0", "gcc -static -O2 -s", "musl-gcc -static -s", "musl-gcc -static -O2",
  ])
  func `a directory for temporary files is seen in constants and in code`(compiler: String) throws {
    let scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdlib.h>
      int main(void) { char name[] = "/tmp/dataXXXXXX"; return mkstemp(name) < 0; }
      """, to: "writes.c")
    try scratch.write("int main(void) { return 0; }\n", to: "nothing.c")
    try Shell.bash(
      "\(compiler) -o writes writes.c && \(compiler) -o nothing nothing.c", in: scratch.url)
    for (program, writes) in [("writes", true), ("nothing", false)] {
      let plan = try Project.run("--no-config", "--dry-run", "./\(program)", in: scratch.url)
      #expect(plan.status == 0, "\(plan.errors)")
      let lines = plan.output.split(separator: "\n")
      #expect(
        lines.contains { $0.hasPrefix("1777") && $0.contains("/tmp/") } == writes, "\(plan.output)")
    }
  }
}
