import Foundation
import TestSupport
import Testing

/// `--cpu`, `--env` and `--load`: what a program meets that doesn't stand in its files.
struct LoaderOptionsTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int f(void){return 0;}' > f.c; echo 'int f(void); int main(void){return f();}' > m.c
      library() { mkdir -p "$(dirname "$1")"; gcc -shared -Wl,-soname,"$(basename "$1")" -o "$1" f.c; }
      library l/libf.so; library l/glibc-hwcaps/x86-64-v2/libf.so
      library e/libf.so; library l/libp.so; library l/libopened.so
      gcc -o main m.c l/libf.so -Wl,-rpath,'$ORIGIN/l'
      """, in: scratch.url)
  }

  func run(_ arguments: [String], environment: [String: String]? = nil) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url, environment: environment)
  }

  /// The paths that load, those in the test's directory without it.
  func paths(_ arguments: String..., environment: [String: String]? = nil) throws -> [String] {
    let result = try run(
      ["inspect", "--paths", "main"] + arguments, environment: environment)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map { String($0) }
      .filter { $0.hasPrefix(scratch.path) }
      .map { $0.replacing(scratch.path + "/", with: "") }
  }

  // MARK: --cpu

  static let plain = "l/libf.so"
  static let level2 = "l/glibc-hwcaps/x86-64-v2/libf.so"

  @Test func `the baseline loads no variant, and a level loads both`() throws {
    #expect(try paths("--cpu", "baseline") == ["main", Self.plain])
    for level in ["x86-64-v2", "x86-64-v3", "x86-64-v4"] {
      #expect(try paths("--cpu", level) == ["main", Self.level2, Self.plain])
    }
  }

  @Test func `native is what there is without the option, and this machine's own`() throws {
    let native = try paths("--cpu", "native")
    #expect(try native == paths())
    let hasLevel2 = try Shell.bash("grep -c '^flags.* sse4_2' /proc/cpuinfo || true") != "0\n"
    #expect(native == (hasLevel2 ? ["main", Self.level2, Self.plain] : ["main", Self.plain]))
  }

  @Test(arguments: ["x86-64-v9", "power10", "V2", ""])
  func `a level that the loader doesn't know is refused, by every command`(level: String) throws {
    for command in [["inspect", "main"], ["main"], ["why", "main", "libf.so"]] {
      let result = try run(command + ["--cpu", level])
      #expect(result.status == 2)
      #expect(
        result.errors.contains("it knows x86-64-v4, x86-64-v3, x86-64-v2 and baseline"))
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/runtime.tar"))
  }

  @Test func `why shows the search of the processor that was named`() throws {
    let level = try run(["why", "--cpu", "x86-64-v2", "main", "libf.so"])
    #expect(level.output.contains("/l/glibc-hwcaps/x86-64-v2/libf.so"))
    let baseline = try run(["why", "--cpu", "baseline", "main", "libf.so"])
    #expect(baseline.status == 0 && !baseline.output.contains("glibc-hwcaps"))
  }

  // MARK: --env

  @Test func `a variable counts with the value that is given`() throws {
    let relative = try run(["inspect", "--paths", "--env", "LD_LIBRARY_PATH=e", "main"])
    #expect(relative.output.contains("\ne/libf.so\n"))
    #expect(try paths("--env", "LD_LIBRARY_PATH=\(scratch.path)/e") == ["main", "e/libf.so"])
    #expect(
      try paths("--cpu", "baseline", "--env", "LD_PRELOAD=libp.so")
        == ["main", "l/libp.so", Self.plain])
  }

  @Test func `without a value it has the one of the environment, and else counts for nothing`()
    throws
  {
    let environment = ["LD_LIBRARY_PATH": scratch.path + "/e"]
    // The command itself is found by nothing of it.
    #expect(
      try paths("--env", "LD_LIBRARY_PATH", environment: environment) == ["main", "e/libf.so"])
    #expect(
      try paths("--cpu", "baseline", environment: environment) == ["main", Self.plain])
    #expect(
      try paths("--cpu", "baseline", "--env", "LD_AUDIT", "--env", "LD_PRELOAD")
        == ["main", Self.plain])
  }

  @Test func `the last of several values counts, and an equals sign may stand in it`() throws {
    #expect(
      try paths(
        "--env", "LD_LIBRARY_PATH=/none", "--env", "LD_LIBRARY_PATH=\(scratch.path)/e")
        == ["main", "e/libf.so"])
    try Shell.bash("cp -r e 'e=f'", in: scratch.url)
    #expect(
      try paths("--env", "LD_LIBRARY_PATH=\(scratch.path)/e=f") == ["main", "e=f/libf.so"])
  }

  @Test func `a preload that isn't found is passed over, and told in JSON`() throws {
    let result = try run(["inspect", "--json", "--env", "LD_PRELOAD=libnone.so", "main"])
    #expect(result.status == 0)
    #expect(result.output.contains("\"kind\" : \"preload\""))
  }

  // MARK: --load

  @Test func `what is opened is searched for from its caller`() throws {
    #expect(
      try paths("--cpu", "baseline", "--load", "libopened.so")
        == ["main", Self.plain, "l/libopened.so"])
    let library = try run(["inspect", "--load", "libf.so:libopened.so", "main"])
    #expect(library.status == 1)
    #expect(library.output.contains("missing: libopened.so, needed by \(scratch.path)/l/"))
  }

  @Test func `what is opened by a path may have a colon in it`() throws {
    try Shell.bash("mkdir 'c:d'; cp l/libopened.so 'c:d/'", in: scratch.url)
    let result = try run([
      "inspect", "--paths", "--cpu", "baseline", "--load", ":./c:d/libopened.so", "main",
    ])
    #expect(result.output.contains("./c:d/libopened.so\n"), "\(result.errors)")
  }

  @Test func `an opening that fails is exit code 1, and one by nobody 2`() throws {
    let missing = try run(["inspect", "--load", "libnone.so", "main"])
    #expect(missing.status == 1)
    #expect(missing.output.contains("missing: libnone.so"))
    let nobody = try run(["inspect", "--load", "libnone.so:libf.so", "main"])
    #expect(nobody.status == 2)
    #expect(nobody.errors.contains("--load libnone.so:...: the closure of"))
  }

  @Test func `what is opened and its variant are packed, and found in the image`() throws {
    let result = try run(["main", "--cpu", "x86-64-v2", "--load", "libopened.so"])
    #expect(result.status == 0, "\(result.errors)")
    let names = try Shell.bash("tar -tf runtime.tar", in: scratch.url).split(separator: "\n")
    for name in [Self.plain, Self.level2, "l/libopened.so"] {
      #expect(names.contains { $0 == name }, "\(name)")
    }
    // The same rules, inside the image: nothing is missing on any processor.
    try Shell.bash("mkdir root; tar -xf runtime.tar -C root", in: scratch.url)
    for cpu in ["baseline", "x86-64-v2", "native"] {
      let inside = try run([
        "inspect", "--paths", "--root", "root", "--cpu", cpu, "--load", "libopened.so", "/main",
      ])
      #expect(inside.status == 0, "\(inside.errors)")
      #expect(
        inside.output.contains(cpu == "baseline" ? "/l/libf.so" : "/l/glibc-hwcaps/x86-64-v2"))
    }
    // $ORIGIN is what the kernel says of the process; the root has no process file system.
    let namespace = getuid() == 0 ? "chroot root" : "unshare --map-root-user chroot root"
    try Shell.bash(
      "mkdir -p root/proc/self; ln -s /main root/proc/self/exe; \(namespace) /main",
      in: scratch.url)
  }

  @Test func `the baseline is packed alone if it is asked for`() throws {
    #expect(try run(["main", "--cpu", "baseline", "-q"]).status == 0)
    #expect(
      try !Shell.bash("tar -tf runtime.tar", in: scratch.url).contains("glibc-hwcaps"))
  }

  @Test func `variants that only the library path finds are found by the generated cache`() throws {
    try Shell.bash("gcc -o bare m.c l/libf.so", in: scratch.url)
    let result = try run(["bare", "--cpu", "x86-64-v2", "--library-path", "l"])
    #expect(result.status == 0, "\(result.errors)")
    let namespace = getuid() == 0 ? "chroot root" : "unshare --map-root-user chroot root"
    // The real loader reads the cache; the one here has the level, or takes the baseline.
    try Shell.bash(
      "mkdir root; tar -xf runtime.tar -C root; \(namespace) /bare", in: scratch.url)
    for (cpu, path) in [("baseline", "/l/libf.so"), ("x86-64-v2", "/x86-64-v2/libf.so")] {
      let inside = try run(["inspect", "--paths", "--root", "root", "--cpu", cpu, "/bare"])
      #expect(inside.output.contains(path + "\n"), "\(inside.output)")
    }
  }
}
