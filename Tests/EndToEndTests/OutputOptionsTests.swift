import Foundation
import TestSupport
import Testing

/// What the options for outputs do to the files in them.
struct OutputOptionsTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void) { return 0; }' > main.c
      gcc -g -o one main.c; gcc -g -o two main.c -lm -Wl,--no-as-needed
      """, in: scratch.url)
  }

  /// For whoever isn't root, a namespace where that can be done.
  let chroot = getuid() == 0 ? "chroot" : "unshare --map-root-user chroot"

  @discardableResult
  func bash(_ script: String) throws -> String {
    try Shell.bash("pack() { \(Project.command) -q \"$@\"; }\n" + script, in: scratch.url)
  }

  @Test func `images of two programs have the layers of their system in common`() throws {
    let layers = try bash(
      """
      pack one -o one.oci.tar; pack two --tag other:2 -o two.oci.tar --label a=b
      for image in one two; do
        tar -xOf $image.oci.tar manifest.json |
          python3 -c 'import json, sys; print(*json.load(sys.stdin)[0]["Layers"])'
      done
      """
    ).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(layers[0].count >= 3)
    #expect(layers[0].prefix(2) == layers[1].prefix(2))
    #expect(layers[0].last != layers[1].last)
  }

  @Test func `the first of several programs is the entrypoint`() throws {
    let text = try bash(
      """
      pack two one -o both.oci.tar
      tar -xOf both.oci.tar $(tar -xOf both.oci.tar manifest.json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["Config"])')
      """)
    #expect(text.contains(#""Entrypoint":["/two"]"#))
  }

  @Test func `owners are those that were asked for`() throws {
    let listing = try bash("pack one -o - --owner 12:34 | tar --numeric-owner -tv")
    for line in listing.split(separator: "\n") { #expect(line.contains(" 12/34 ")) }
  }

  @Test(.enabled(if: getuid() == 0, "setting capabilities needs root"))
  func `set-user-id bits and capabilities are dropped with a word, or kept`() throws {
    try Shell.bash(
      "chmod u+s one; setcap cap_net_raw+ep two; echo data > data; setfattr -n user.a -v b data",
      in: scratch.url)
    let dropped = try Shell.run(
      [Project.command, "one", "two", "-q", "-o", "plain.tar"], in: scratch.url)
    #expect(dropped.errors.contains("keep it with --keep-setid"))
    #expect(dropped.errors.contains("keep them with --keep-xattrs"))
    let kept = try Shell.run(
      [
        Project.command, "one", "two", "--add", "data", "-q", "-o", "kept.tar", "-o", "kept/",
        "--keep-setid", "--keep-xattrs",
      ], in: scratch.url)
    #expect(kept.errors.isEmpty)
    let facts = try bash(
      """
      tar -tvf plain.tar one; tar -tvf kept.tar one; stat -c %a kept/one
      getcap kept/two; getfattr --only-values -n user.a kept/data; echo
      mkdir out; tar --xattrs --xattrs-include='*' -C out -xf kept.tar; getcap out/two
      """)
    #expect(facts.contains("-rwxr-xr-x") && facts.contains("-rwsr-xr-x") && facts.contains("4755"))
    #expect(facts.contains("kept/two cap_net_raw=ep") && facts.contains("out/two cap_net_raw=ep"))
    #expect(facts.contains("\nb\n"))
  }

  @Test func `an overlay-safe archive leaves a base image's own links alone`() throws {
    let listing = try bash(
      """
      pack one -o over.tar --overlay-safe
      mkdir -p base/usr/lib base/usr/lib64; ln -s usr/lib base/lib; ln -s usr/lib64 base/lib64
      tar -C base -xf over.tar; readlink base/lib base/lib64; tar -tf over.tar
      \(chroot) base /one && echo runs
      """)
    #expect(listing.hasPrefix("usr/lib\nusr/lib64\n"))
    #expect(!listing.contains("\nlib\n") && !listing.contains("\nlib64\n"))
    #expect(listing.hasSuffix("runs\n"))
  }

  @Test func `a base image with directories of its own gets links in them`() throws {
    let told = try bash(
      """
      pack one -o over.tar --overlay-safe=split
      mkdir -p base/lib base/lib64; echo kept > base/lib/kept
      tar -C base -xf over.tar; cat base/lib/kept; test -d base/lib64 -a ! -L base/lib64 && echo own
      \(chroot) base /one && echo runs
      pack one -o over.tar --overlay-safe=other 2>&1 || echo $?
      """)
    #expect(told.hasPrefix("kept\nown\nruns\n"))
    #expect(told.contains("'other'") && told.contains("overlay-safe-base"))
  }

  @Test func `stripping keeps debugging data by build id, and the program runs`() throws {
    let text = try Shell.bash(
      """
      mkdir tmp
      TMPDIR=$PWD/tmp \(Project.command) one --strip --debug-dir debug -o out/
      \(chroot) out /one && echo runs
      id=$(readelf -n one | sed -n 's/.*Build ID: //p')
      readelf -S debug/.build-id/${id:0:2}/${id:2}.debug | grep -c '\\.debug_info'
      readelf -S out/one | grep -c debug_info || true
      ls -A tmp | wc -l
      """, in: scratch.url)
    #expect(text.hasPrefix("stripped: 1 file, "))
    #expect(text.contains("less; 1 file of debugging data in debug\n"))
    #expect(text.hasSuffix("runs\n1\n0\n0\n"))
  }

  @Test func `a dry run writes nothing, whatever the outputs`() throws {
    let plan = try bash(
      "pack one -o a.oci.tar -o b/ --strip --debug-dir d --dry-run --json; ls -A")
    #expect(plan.contains("\"stratum\" : \"libc\""))
    #expect(plan.hasSuffix("}\nmain.c\none\ntwo\n"))
  }

  @Test func `a directory that nothing can take the place of is refused at once`() throws {
    let namespace = getuid() == 0 ? "" : "--map-root-user"
    let told = try Shell.bash(
      """
      mkdir mounted empty
      unshare \(namespace) --mount sh -c '
        mount -t tmpfs tmpfs mounted; "$0" one -o mounted/ 2>&1' \(Project.command) || echo $?
      cd empty; \(Project.command) ../one -o ./ 2>&1 || echo $?; ls -A
      """, in: scratch.url)
    #expect(told.contains("mounted: is a mount point, which nothing can take the place of;"))
    #expect(told.contains(": is the current directory, which nothing can take the place of;"))
    #expect(told.hasSuffix("\n2\n") && told.split(separator: "\n").count == 4)
  }
}
