import Foundation
import TestSupport
import Testing

/// The command as a user meets it: what it says, where, and with which exit code.
struct CommandLineTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      : > empty; echo text > text; mkdir dir; mkfifo fifo; ln -s loop loop
      cp /bin/true true; head -c 1000 /bin/true > cut
      printf '\\x7fELF\\x07' > class; dd if=/dev/zero bs=64 count=1 >> class 2>/dev/null
      cp true machine; printf '\\xee\\xee' | dd of=machine bs=1 seek=18 conv=notrunc 2>/dev/null
      echo 'int f(void){return 0;}' > l.c; gcc -shared -o libgone.so l.c
      echo 'int f(void); int main(void){return f();}' > m.c; gcc -o incomplete m.c libgone.so
      gcc -c l.c -o object.o; rm libgone.so
      """, in: scratch.url)
  }

  func run(_ arguments: [String]) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  static let badInputs: [(file: String, says: String)] = [
    ("empty", "the file is empty"), ("text", "not an ELF file"),
    ("fifo", "is a FIFO"), ("/dev/null", "is a character device"), ("nothing", "no such file"),
    ("loop", "a loop of symbolic links"), ("cut", "truncated: the"),
    ("class", "unknown ELF class 7 at offset 0x4"), ("machine", "machine 61166"),
    ("object.o", "is a relocatable object"), ("text/x", "not a directory"),
  ]

  @Test(arguments: badInputs, ["pack", "inspect"])
  func `bad input gets one line and exit code 3`(
    input: (file: String, says: String), command: String
  ) throws {
    let result = try run([command, input.file])
    #expect(result.status == 3)
    #expect(result.errors.contains(input.says))
    #expect(result.errors.contains(input.file))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/runtime.tar"))
  }

  @Test func `pack refuses a directory, and inspect one without ELF files`() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/hollow", withIntermediateDirectories: false)
    let pack = try run(["pack", "hollow"])
    #expect(pack.status == 3)
    #expect(pack.errors.contains("hollow: is a directory"))
    let inspect = try run(["inspect", "hollow"])
    #expect(inspect.status == 3)
    #expect(inspect.errors.contains("hollow: no ELF file is in this directory"))
  }

  @Test func `a missing library is told by inspect with every place, and refused by pack`() throws {
    let inspect = try run(["inspect", "incomplete"])
    #expect(inspect.status == 1)
    #expect(inspect.output.contains("missing: libgone.so, needed by"))
    #expect(inspect.output.contains("tried /lib/x86_64-linux-gnu/libgone.so"))
    let pack = try run(["incomplete"])
    #expect(pack.status == 1)
    #expect(pack.errors.contains("--allow-missing"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/runtime.tar"))
    let allowed = try run(["incomplete", "--allow-missing"])
    #expect(allowed.status == 1)
    #expect(FileManager.default.fileExists(atPath: scratch.path + "/runtime.tar"))
  }

  static let badOutputs: [(output: String, says: String, status: Int32)] = [
    ("dir", "is a directory", 2), ("/dev/full", "is a character device", 2),
    ("none/x.tar", "no such directory to write it in", 3), ("true", "is also packed", 2),
    ("fifo", "is a FIFO", 2),
  ]

  @Test(arguments: badOutputs)
  func `a bad target gets one line and stays as it is`(
    target: (output: String, says: String, status: Int32)
  ) throws {
    let before = try Shell.bash("sha256sum true", in: scratch.url)
    let result = try run(["true", "--output", target.output])
    #expect(result.status == target.status)
    #expect(result.errors.contains(target.says))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(try Shell.bash("sha256sum true", in: scratch.url) == before)
  }

  @Test func `what may not be read or written is told, and read-only targets stay`() throws {
    // Root may do everything, so it becomes somebody else first.
    let drop = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
    let output = try Shell.bash(
      """
      chmod 755 .; mkdir locked; chmod 555 locked; cp true secret; chmod 000 secret
      chown -R 0:0 . 2>/dev/null || true
      \(drop) "$0" secret 2>&1 || echo "code $?"
      \(drop) "$0" true --output locked/x.tar 2>&1 || echo "code $?"
      ls locked | wc -l
      """.replacing("$0", with: Project.command), in: scratch.url)
    #expect(output.contains("secret: permission denied; read permission is needed"))
    #expect(output.contains("locked/x.tar: can't be written: permission denied"))
    #expect(output.hasSuffix("code 3\n0\n"))
  }

  @Test func `names that are no UTF-8 are read, packed and told`() throws {
    let output = try Shell.bash(
      """
      n=$(printf 'b\\xffd'); mkdir "$n"; cp true "$n/$n"; cd "$n"
      \(Project.command) inspect "$n" | head -n 1
      \(Project.command) "$n" --add "$n:/data/$n" --output "$n.tar"
      mkdir root; tar -xf "$n.tar" -C root; cmp "root/$n" "$n"; cmp "root/data/$n" "$n"
      \(Project.command) "$n$n" 2>&1 || true
      """, in: scratch.url)
    #expect(output.contains("/b\\xFFd/b\\xFFd  x86-64"))
    #expect(output.contains("b\\xFFd.tar: "))
    #expect(output.contains("/b\\xFFd/b\\xFFdb\\xFFd: no such file"))
  }

  @Test func `a full disk leaves the older archive and nothing half written`() throws {
    let output = try Shell.bash(
      """
      mkdir small
      unshare \(getuid() == 0 ? "" : "--user --map-root-user") --mount bash -c '
        mount -t tmpfs -o size=100k tmpfs small
        echo old > small/runtime.tar
        code=0; "$0" true --output small/runtime.tar 2> errors || code=$?
        echo "$code $(cat small/runtime.tar) $(ls -A small | wc -l)"' \(Project.command)
      cat errors
      """, in: scratch.url)
    #expect(output.hasPrefix("3 old 1\n"))
    #expect(output.contains("no space left on the device"))
  }

  static let wrongUsages: [[String]] = [
    [], ["inspect"], ["why", "true"], ["true", "--json"], ["true", "--install", "relative"],
    ["true", "incomplete", "--install", "/app"], ["true", "--no-such-flag"],
    ["true", "--add", "text:relative"], ["true", "--root", "nothing"],
  ]

  @Test(arguments: wrongUsages)
  func `wrong usage is exit code 2`(arguments: [String]) throws {
    let result = try run(arguments)
    #expect(result.status == 2)
    #expect(!result.errors.isEmpty && result.output.isEmpty)
  }

  @Test(arguments: [["--help"], ["pack", "--help"], ["inspect", "--help"], ["why", "--help"]])
  func `help has examples and exit codes`(arguments: [String]) throws {
    let result = try run(arguments)
    #expect(result.status == 0)
    #expect(result.output.contains("Examples:"))
  }

  @Test func `a reader that goes away ends the run quietly`() throws {
    let errors = try Shell.bash(
      "{ \(Project.command) inspect --json /bin/bash || echo \"end $?\" >&2; } 2>&1 >/dev/full",
      in: scratch.url)
    #expect(errors.contains("end 3"))
    let closed = try Shell.bash(
      """
      (\(Project.command) inspect --json /bin/bash; echo $? > code) | true
      until [ -s code ]; do sleep 0.1; done; cat code
      """, in: scratch.url)
    #expect(closed == "0\n")
  }

  @Test func `packing twice gives the same bytes whatever is around`() throws {
    try Shell.bash(
      """
      mkdir here there; cp true here/app; cp -p true there/app; touch -d 2001-01-01 there/app
      chmod 755 here/app there/app
      (cd here; umask 077; TZ=Asia/Tokyo LC_ALL=C \(Project.command) app -q)
      sleep 1
      (cd there; umask 022; taskset 1 \(Project.command) ./app --output x.tar -q)
      cmp here/runtime.tar there/x.tar
      """, in: scratch.url)
  }

  @Test func `a program that is packed runs with nothing around it`() throws {
    try Shell.bash(
      """
      mkdir -p app/bin app/lib root
      echo '#include <stdio.h>
      int answer(void); int main(void){printf("%d\\n", answer()); return 0;}' > main.c
      echo 'int answer(void){return 42;}' > answer.c
      gcc -shared -Wl,-soname,libanswer.so.1 -o app/lib/libanswer.so.1.0 answer.c
      ln -s libanswer.so.1.0 app/lib/libanswer.so.1
      gcc -o app/bin/main main.c app/lib/libanswer.so.1.0 -Wl,-rpath,'$ORIGIN/../lib'
      """, in: scratch.url)
    let result = try run(["app/bin/main"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("runtime.tar: "))
    #expect(result.output.contains("next: docker import"))
    let namespace = getuid() == 0 ? "chroot root" : "unshare --map-root-user chroot root"
    let answer = try Shell.bash(
      "tar -xf runtime.tar -C root; \(namespace) /main", in: scratch.url)
    #expect(answer == "42\n")
    #expect(
      try !Shell.bash("tar -tf runtime.tar", in: scratch.url).contains(
        scratch.url.lastPathComponent))
  }

  @Test func `a library that only the library path finds is found in the image by its cache`()
    throws
  {
    try Shell.bash(
      """
      echo 'int f(void){return 7;}' > l.c; mkdir deps; gcc -shared -o deps/libgone.so l.c
      """, in: scratch.url)
    #expect(try run(["incomplete", "--library-path", "deps"]).status == 0)
    let namespace = getuid() == 0 ? "chroot root" : "unshare --map-root-user chroot root"
    let code = try Shell.bash(
      "mkdir root; tar -xf runtime.tar -C root; \(namespace) /incomplete || echo $?",
      in: scratch.url)
    #expect(code == "7\n")
  }

  @Test func `the dry run shows the plan and writes nothing`() throws {
    let table = try run(["true", "--dry-run"])
    #expect(table.status == 0)
    #expect(table.output.contains("interpreter of /true"))
    let json = try run(["true", "--dry-run", "--json"])
    let document =
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(document?["schemaVersion"] as? Int == 1)
    #expect((document?["entries"] as? [Any])?.isEmpty == false)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/runtime.tar"))
  }

  @Test func `the JSON of inspect has the fields of its contract, sorted`() throws {
    let result = try run(["inspect", "--json", "true", "incomplete"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["schemaVersion", "root", "subjects"])
    let subjects = try #require(document["subjects"] as? [[String: Any]])
    for subject in subjects {
      #expect(
        Set(subject.keys) == [
          "path", "linkage", "machine", "class", "byteOrder", "loader", "interpreter", "complete",
          "objects", "missing", "passedOver", "missingVersions", "beyondProcessor", "buildID",
          "processor", "baseline", "secure", "interpreters", "package", "needs", "given",
        ])
    }
    let need = try #require((subjects[0]["needs"] as? [[String: Any]])?.first)
    #expect(
      Set(need.keys) == [
        "topic", "grade", "priority", "essential", "purpose", "evidence", "wishes", "outcome",
        "flag", "found",
      ])
    let evidence = try #require((need["evidence"] as? [[String: Any]])?.first)
    #expect(Set(evidence.keys) == ["file", "kind", "text", "offset", "line"])
    let wish = try #require((need["wishes"] as? [[String: Any]])?.first)
    #expect(Set(wish.keys) == ["kind", "names", "caller", "destination", "owner"])
    let object = try #require((subjects[0]["objects"] as? [[String: Any]])?.first)
    #expect(
      Set(object.keys) == [
        "path", "realPath", "soname", "size", "requests", "retainedSize", "buildID", "namespace",
      ])
    let request = try #require((object["requests"] as? [[String: Any]])?.first)
    #expect(Set(request.keys) == ["name", "by", "rule", "kind"])
    let missing = try #require((subjects[1]["missing"] as? [[String: Any]])?.first)
    #expect(Set(missing.keys) == ["name", "by", "tried", "kind"])
    let attempt = try #require((missing["tried"] as? [[String: Any]])?.first)
    #expect(Set(attempt.keys) == ["path", "rule", "outcome"])
    #expect(subjects[0]["path"] as? String == scratch.path + "/true")
  }

  @Test func `static and static-PIE programs have no closure and pack alone`() throws {
    try Shell.bash(
      """
      echo 'int main(void){return 0;}' > s.c
      gcc -static -no-pie -o static s.c; gcc -static-pie -o static-pie s.c
      """, in: scratch.url)
    for linkage in ["static", "static-pie"] {
      let inspect = try run(["inspect", "--json", linkage])
      #expect(inspect.output.contains("\"linkage\" : \"\(linkage)\""))
      #expect(inspect.output.contains("\"loader\" : \"none\""))
      #expect(try run([linkage, "-q"]).status == 0)
      #expect(try Shell.bash("tar -tf runtime.tar", in: scratch.url) == "\(linkage)\n")
    }
  }

  @Test func `an interrupted pack leaves nothing behind`() throws {
    // A sparse file is large to read and costs no disk.
    let outcome = try Shell.bash(
      """
      truncate -s 20G big; echo old > runtime.tar
      \(Project.command) true --add big -q 2> errors & pid=$!
      sleep 0.5; kill -INT $pid 2>/dev/null || true; kill -TERM $pid
      code=0; wait $pid || code=$?; echo "$code $(cat runtime.tar)"; ls -A | grep -c partial || true
      """, in: scratch.url)
    #expect(outcome.hasPrefix("143 old\n0\n") || outcome.hasPrefix("130 old\n0\n"))
  }
}
