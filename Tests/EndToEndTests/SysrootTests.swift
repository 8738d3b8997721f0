import Foundation
import TestSupport
import Testing

/// `--root`, `--install` and `--add`: which file of which tree ends up where.
struct SysrootTests {
  let scratch: TemporaryDirectory

  /// A sysroot with the machine's own libc, an absolute link inside, and a project beside it.
  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir -p sys/usr/bin sys/usr/lib/x86_64-linux-gnu sys/usr/lib64 sys/etc project/bin project/lib
      ln -s usr/lib sys/lib; ln -s usr/lib64 sys/lib64; ln -s /usr/bin sys/bin
      cp /bin/true sys/usr/bin/tool
      for l in libc.so.6 ld-linux-x86-64.so.2; do
        cp -L /lib/x86_64-linux-gnu/$l sys/usr/lib/x86_64-linux-gnu/
      done
      ln -s /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 sys/usr/lib64/
      echo sysroot > sys/etc/app.conf; echo 'int f(void){return 3;}' > f.c
      echo 'int f(void); int main(void){return f();}' > m.c
      gcc -shared -Wl,-soname,libf.so -o project/lib/libf.so f.c
      gcc -o project/bin/server m.c project/lib/libf.so -Wl,-rpath,'$ORIGIN/../lib'
      mkdir root
      """, in: scratch.url)
  }

  func pack(_ arguments: String...) throws -> String {
    let result = try Shell.run([Project.command] + arguments, in: scratch.url)
    guard result.status == 0 else { throw Failure(text: result.errors) }
    return try Shell.bash("tar -tf runtime.tar", in: scratch.url)
  }

  struct Failure: Error {
    let text: String
  }

  func runPacked(_ program: String) throws -> String {
    // glibc reads /proc/self/exe to know a program's `$ORIGIN`; every container has /proc.
    let namespace = getuid() == 0 ? "" : "--user --map-root-user"
    return try Shell.bash(
      """
      tar -xf runtime.tar -C root; mkdir -p root/proc
      unshare \(namespace) --mount --pid --fork \
        sh -c 'mount -t proc proc root/proc; chroot root "$0"' \(program) && echo 0 || echo $?
      """, in: scratch.url)
  }

  @Test func `an absolute link in a sysroot stays inside it`() throws {
    let result = try Shell.run(
      [Project.command, "inspect", "--json", "--root", "sys", scratch.path + "/sys/bin/tool"],
      in: scratch.url)
    #expect(result.status == 0)
    #expect(result.output.contains("\"path\" : \"/bin/tool\""))
    let host = try Shell.run(
      [Project.command, "inspect", "--root", "sys", scratch.path + "/sys/bin/bash"],
      in: scratch.url)
    #expect(host.status == 3)
  }

  @Test func `a program outside of the sysroot finds its own libraries and the sysroot's`() throws {
    let entries = try pack("project/bin/server", "--root", "sys")
    #expect(entries.contains("server\n"))
    #expect(entries.contains("usr/lib/libf.so\n"))
    #expect(!entries.contains("project"))
    #expect(try runPacked("/server") == "3\n")
  }

  @Test func `an addition inside the sysroot keeps its path in it`() throws {
    let entries = try pack(
      "/usr/bin/tool", "--root", "sys", "--add", scratch.path + "/sys/etc/app.conf")
    #expect(entries.contains("\netc/app.conf\n"))
    #expect(try runPacked("/usr/bin/tool") == "0\n")
    #expect(try scratch.text("root/etc/app.conf") == "sysroot\n")
  }

  @Test func `a program may be installed anywhere, with its libraries beside it`() throws {
    let entries = try pack("project/bin/server", "--install", "/srv/app/bin/run")
    #expect(entries.contains("srv/app/bin/run\n") && entries.contains("srv/app/lib/libf.so\n"))
    #expect(try runPacked("/srv/app/bin/run") == "3\n")
    let several = try pack("project/bin/server", "/bin/true", "--install", "/srv/tools/")
    #expect(several.contains("srv/tools/server\n") && several.contains("srv/tools/true\n"))
  }

  @Test(arguments: ["/usr/bin/true", "/bin/true", "/sbin/../bin/true"])
  func `a program from a system directory keeps its path`(program: String) throws {
    #expect(try pack(program).contains("usr/bin/true\n"))
  }

  @Test func `a tree is added with its links, and the closures of its ELF files`() throws {
    try Shell.bash(
      """
      mkdir -p tree/plugins; ln -s ../../project/lib/libf.so tree/plugins/link.so
      cp project/lib/libf.so "tree/plugins/odd$(printf '\\xff\\n')name.so"
      gcc -shared -o tree/plugins/p.so f.c -Wl,--no-as-needed -lm
      """, in: scratch.url)
    let entries = try pack("project/bin/server", "--add", "tree:/opt/tree")
    #expect(entries.contains("opt/tree/plugins/p.so\n"))
    #expect(entries.contains("libm.so.6\n"))
    #expect(entries.contains("opt/tree/plugins/link.so\n"))
  }

  @Test func `what is added at a linked directory goes where the link leads`() throws {
    try Shell.bash("mkdir -p tree/lib; echo x > tree/lib/data", in: scratch.url)
    #expect(try pack("/bin/true", "--add", "tree/lib:/lib").contains("usr/lib/data\n"))
    #expect(try pack("/bin/true", "--add", "tree/.:/").contains("usr/lib/data\n"))
  }

  @Test func `a library on its own is packed with the loader that it asks for`() throws {
    let entries = try pack("/lib/x86_64-linux-gnu/libc.so.6")
    #expect(entries.contains("ld-linux-x86-64.so.2"))
  }

  @Test func `a name that isn't ASCII is found through the generated cache`() throws {
    try Shell.bash(
      """
      mkdir deps; for n in liba libz libé libë; do
        echo "int $(printf %s $n | md5sum | tr -dc a-z)(void){return 0;}" > n.c
        gcc -shared -o deps/$n.so n.c
      done
      echo 'int main(void){return 5;}' > n.c
      gcc -o wide n.c -Wl,--no-as-needed deps/liba.so deps/libz.so deps/libé.so deps/libë.so
      patchelf --replace-needed deps/liba.so liba.so --replace-needed deps/libz.so libz.so \
        --replace-needed deps/libé.so libé.so --replace-needed deps/libë.so libë.so wide
      """, in: scratch.url)
    _ = try pack("wide", "--library-path", "deps")
    #expect(try runPacked("/wide") == "5\n")
  }

  @Test func `the hint can be pasted into a shell`() throws {
    try Shell.bash("cp /bin/true 'a$(touch pwned) b\"'", in: scratch.url)
    let result = try Shell.run(
      [Project.command, "./a$(touch pwned) b\"", "--output", "x y.tar"], in: scratch.url)
    #expect(result.status == 0)
    try Shell.bash(
      """
      docker() { printf '%s\\n' "$@" >> words; }
      eval "${HINT#*next: }"
      """, in: scratch.url, environment: ["HINT": result.output])
    let words = try scratch.text("words")
    #expect(words.contains("ENTRYPOINT [\"/a$(touch pwned) b\\\"\"]\nx y.tar\na-touch-pwned-b\n"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/pwned"))
  }

  @Test func `a directory that is gone is told, not taken for the root`() throws {
    let errors = try Shell.bash(
      "mkdir gone; cd gone; rmdir ../gone; \(Project.command) bin/true 2>&1 || echo $?",
      in: scratch.url)
    #expect(errors.contains("current directory can't be determined") && errors.hasSuffix("3\n"))
  }
}
