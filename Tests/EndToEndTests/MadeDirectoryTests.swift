import TestSupport
import Testing

/// `--mkdir`: directories with a mode and an owner of their own, in every format.
struct MadeDirectoryTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void) { return 0; }' | gcc -x c - -static -o main
      mkdir data; echo x > data/x
      """, in: scratch.url)
  }

  private func pack(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command, "main", "-q", "--no-config"] + arguments, in: scratch.url)
  }

  private static let directories = [
    "--mkdir", "/var/lib/app:750:1000:1001", "--mkdir", "/srv", "--mkdir", "/spool:1777:7",
    "--add", "data:/data", "--mkdir", "/data:700:5:6",
  ]

  @Test func `every archive has them with mode and owner`() throws {
    let result = try Shell.run(
      [Project.command, "main", "-q", "-o", "x.tar", "-o", "x.oci.tar", "-o", "x.cpio"]
        + Self.directories, in: scratch.url)
    #expect(result.status == 0, "\(result.errors)")
    let listing = try Shell.bash(
      """
      tar --numeric-owner -tvf x.tar
      layer=$(tar -xOf x.oci.tar manifest.json | grep -o 'blobs/sha256/[0-9a-f]*' | tail -n 1)
      tar -xOf x.oci.tar "$layer" | tar --numeric-owner -tvzf -
      """, in: scratch.url)
    for line in [
      "drwxr-x--- 1000/1001 var/lib/app/", "drwxr-xr-x 0/0 srv/", "drwxrwxrwt 7/0 spool/",
      "drwx------ 5/6 data/", "drwxr-xr-x 0/0 var/lib/",
    ] {
      let parts = line.split(separator: " ")
      let found = listing.split(separator: "\n").filter {
        $0.hasPrefix("\(parts[0]) \(parts[1]) ") && $0.hasSuffix(" \(parts[2])")
      }
      // A layer has parents of its own only where another entry isn't enough.
      #expect(found.count == 2 || parts[2] == "var/lib/" && found.count == 1, "\(line)\n\(listing)")
    }
    let cpio = try Shell.bash("cpio -itvn --quiet < x.cpio", in: scratch.url)
    #expect(cpio.contains("drwxr-x---   2 1000     1001            0"), "\(cpio)")
    let plan = try pack("--dry-run", "--mkdir", "/srv:700")
    #expect(plan.output.contains("directory that was asked for"), "\(plan.output)")
  }

  @Test func `a directory output has them too, where this user may give them away`() throws {
    let result = try pack("-o", "out/", "--mkdir", "/a/b:750:1000:1001", "--mkdir", "/c:700")
    let listing =
      result.status == 0 ? try Shell.bash("stat -c '%a %u:%g' out/a/b out/c", in: scratch.url) : ""
    let isRoot = try Shell.bash("id -u") == "0\n"
    #expect(
      isRoot
        ? listing == "750 1000:1001\n700 0:0\n"
        : result.errors.contains("/a/b can't be given to its owner"))
  }

  @Test func `what the root links elsewhere is made there, and a file is in the way`() throws {
    try Shell.bash(
      "mkdir -p root/run root/var; ln -s /run root/var/run; cp main root/main", in: scratch.url)
    let linked = try Shell.run(
      [
        Project.command, "/main", "--root", "root", "-q", "-o", "l.tar", "--mkdir",
        "/var/run/app:711",
      ],
      in: scratch.url)
    #expect(linked.status == 0, "\(linked.errors)")
    let listing = try Shell.bash("tar -tvf l.tar", in: scratch.url)
    #expect(listing.contains("run/app/") && listing.contains("var/run -> /run"), "\(listing)")
    #expect(!listing.contains("var/run/"))
    let conflict = try pack("--mkdir", "/main")
    #expect(
      conflict.status == 2 && conflict.errors.contains("/main is wanted for two different things"))
  }

  @Test(
    arguments: [
      ("rel", "no path of a directory"), ("/", "no path of a directory"), ("", "no path"),
      ("/a:9", "no octal mode"), ("/a:", "no octal mode"), ("/a:10000", "no octal mode"),
      ("/a:700:x", "isn't given by numbers"), ("/a:700:1:", "isn't given by numbers"),
      ("/a:700:1:2:3", "more than four parts"), ("/a:700:4294967295", "isn't given by numbers"),
    ])
  func `wrong usage is one line`(word: String, says: String) throws {
    let result = try pack("--mkdir", word)
    #expect(result.status == 2 && result.errors.contains(says), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `a configuration file may ask for them`() throws {
    try scratch.write("mkdir = [\"/srv/a:700:1:2\"]\n", to: "rootfs-pack.toml")
    let result = try Shell.run([Project.command, "main", "-q", "-o", "c.tar"], in: scratch.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try Shell.bash("tar --numeric-owner -tvf c.tar", in: scratch.url).contains("drwx------ 1/2"))
  }
}
