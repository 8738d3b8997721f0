import Foundation
import TestSupport
import Testing

/// `why` on compiled programs: the words that name a library, and what nothing asks for.
struct WhyTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void){return 0;}' > l.c; gcc -shared -o libx.so l.c -Wl,-soname,libx.so
      echo 'int f(void); int main(void){return f();}' > m.c
      gcc -o program m.c ./libx.so -Wl,-rpath,'$ORIGIN'
      gcc -static -o static -x c - <<< 'int main(void){return 0;}'
      ln -s libx.so link.so
      """, in: scratch.url)
  }

  func why(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "why"] + arguments, in: scratch.url)
  }

  @Test(arguments: ["libx.so", "./libx.so", "./link.so", "./../%/libx.so"])
  func `a library is known by its name and by every path to it`(word: String) throws {
    let name = scratch.url.lastPathComponent
    let result = try why("program", word.replacing("%", with: name))
    #expect(result.status == 0)
    #expect(result.output.contains("→ libx.so\n  1.  "))
  }

  @Test func `for what nothing asks for, it shows what a dlopen would try`() throws {
    let found = try why("program", "libm.so.6")
    #expect(found.status == 1)
    #expect(found.output.contains("if the program opened it by dlopen:\n  1.  "))
    let opened = try why("--load", "libm.so.6", "program", "libm.so.6")
    #expect(opened.status == 0)
    #expect(opened.output.contains("asked for by dlopen"))
  }

  @Test func `a static program loads nothing`() throws {
    let result = try why("static", "libx.so")
    #expect(result.status == 1)
    #expect(result.output.hasSuffix("static is static\n"))
  }

  @Test func `a program that nobody may execute is packed with a warning`() throws {
    try Shell.bash("chmod 644 program", in: scratch.url)
    let result = try Shell.run([Project.command, "program"], in: scratch.url)
    #expect(result.status == 0)
    #expect(result.errors.contains("/program: no execute bit is set"))
  }
}
