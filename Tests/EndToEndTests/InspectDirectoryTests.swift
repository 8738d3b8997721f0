import Foundation
import TestSupport
import Testing

/// `inspect` of whole directories: every ELF file in them, and a word on the others.
struct InspectDirectoryTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir -p tree/bin tree/lib tree/share
      echo 'int f(void){return 0;}' > f.c; echo 'int main(void){return 0;}' > m.c
      gcc -shared -Wl,-soname,libf.so -o tree/lib/libf.so f.c
      gcc -o tree/bin/main m.c; gcc -static -o tree/bin/static m.c
      gcc -c -o tree/share/one.o f.c; cp tree/share/one.o tree/share/two.o
      gcc -g -o debug m.c; objcopy --only-keep-debug debug tree/share/main.debug
      echo text > tree/share/text; : > tree/share/empty; mkfifo tree/share/fifo
      ln -s ../bin/main tree/share/link; ln -s .. tree/share/up; ln -s loop tree/loop
      """, in: scratch.url)
  }

  func inspect(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "inspect"] + arguments, in: scratch.url)
  }

  func subjects(_ result: Shell.Result) throws -> [String] {
    try result.output.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let path = try #require(object?["path"] as? String)
      return path.replacing(scratch.path + "/", with: "")
    }
  }

  @Test func `programs and libraries are shown in order, and the rest is one line`() throws {
    let result = try inspect("--json-lines", "tree")
    #expect(result.status == 0)
    #expect(
      try subjects(result) == ["tree/bin/main", "tree/bin/static", "tree/lib/libf.so"])
    #expect(
      result.errors
        == "rootfs-pack: passed over: 2 relocatable objects, 1 split-off debugging data\n")
  }

  @Test func `a broken ELF file gets a line, exit code 3, and doesn't hide the others`() throws {
    try Shell.bash(
      "head -c 1000 tree/bin/main > tree/bin/cut; printf '\\x7fELF\\x07' > tree/bin/odd",
      in: scratch.url)
    let result = try inspect("--json-lines", "tree")
    #expect(result.status == 3)
    #expect(
      try subjects(result) == ["tree/bin/main", "tree/bin/static", "tree/lib/libf.so"])
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].contains("tree/bin/cut: truncated: the"))
    #expect(lines[1].contains("tree/bin/odd: "))
    #expect(lines[2].contains("passed over: "))
  }

  @Test func `a file that is named is never passed over in silence`() throws {
    let result = try inspect("--json-lines", "tree/share/one.o", "tree/bin")
    #expect(result.status == 3)
    #expect(try subjects(result) == ["tree/bin/main", "tree/bin/static"])
    #expect(result.errors.contains("one.o: is a relocatable object"))
    #expect(!result.errors.contains("passed over"))
  }

  @Test func `a missing library is exit code 1, and a failure after it stays 3`() throws {
    try Shell.bash(
      """
      echo 'int f(void); int main(void){return f();}' > u.c
      gcc -o tree/bin/incomplete u.c tree/lib/libf.so
      """, in: scratch.url)
    #expect(try inspect("--paths", "tree/bin").status == 1)
    for order in [["tree/bin", "tree/share/one.o"], ["tree/share/one.o", "tree/bin"]] {
      let result = try Shell.run(
        [Project.command, "inspect", "--paths"] + order, in: scratch.url)
      #expect(result.status == 3)
    }
  }

  @Test func `files and directories mix, in the order of the arguments`() throws {
    let result = try inspect("--json-lines", "tree/lib", "tree/bin/static", "tree/bin")
    #expect(
      try subjects(result) == [
        "tree/lib/libf.so", "tree/bin/static", "tree/bin/main", "tree/bin/static",
      ])
  }

  @Test func `a directory is found through a link, and its files by their real paths`() throws {
    try Shell.bash("ln -s tree/lib way", in: scratch.url)
    #expect(try subjects(inspect("--json-lines", "way")) == ["tree/lib/libf.so"])
  }

  @Test func `a directory without ELF files says so, and one that can't be read too`() throws {
    try Shell.bash("mkdir hollow closed; cp tree/bin/main closed", in: scratch.url)
    let hollow = try inspect("hollow", "tree/lib")
    #expect(hollow.status == 3)
    #expect(hollow.errors.contains("hollow: no ELF file is in this directory"))
    #expect(hollow.output.contains("tree/lib/libf.so"))
    // Root may do everything, so it becomes somebody else first.
    let drop = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
    let output = try Shell.bash(
      """
      chmod 755 .; chmod 000 closed
      \(drop) \(Project.command) inspect --paths closed tree/lib 2>&1 || echo "code $?"
      chmod 755 closed
      """, in: scratch.url)
    #expect(output.contains("closed: permission denied; nothing in it is shown"))
    #expect(output.contains("tree/lib/libf.so\n"))
    #expect(output.hasSuffix("code 3\n"))
  }

  @Test func `names that are no UTF-8 are found and told`() throws {
    let output = try Shell.bash(
      """
      d=$(printf 'n\\xff'); mkdir "$d"; cp tree/bin/main "$d/$(printf 'f\\xfe')"
      \(Project.command) inspect --paths "$d" | head -n 1
      """, in: scratch.url)
    #expect(output == "\(scratch.path)/n\\xFF/f\\xFE\n")
  }

  @Test func `the result is the same each time, and with one processor`() throws {
    let output = try Shell.bash(
      """
      for i in 1 2 3; do \(Project.command) inspect --json tree 2>/dev/null | sha256sum; done
      taskset 1 \(Project.command) inspect --json tree 2>/dev/null | sha256sum
      """, in: scratch.url)
    #expect(Set(output.split(separator: "\n")).count == 1)
  }
}
