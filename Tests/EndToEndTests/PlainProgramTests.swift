import Foundation
import TestSupport
import Testing

/// A program that asks for nothing at run time, against what its real loader loads.
struct PlainProgramTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      cat > plain.c << 'CODE'
      #include <math.h>
      #include <stdio.h>
      #include <zlib.h>
      int main(int count, char **arguments) {
        return printf("%s %f\\n", zlibVersion(), sqrt(count)) < 0;
      }
      CODE
      gcc plain.c -o plain -lm -lz
      \(Project.command) plain --quiet --output bundle/
      """, in: scratch.url)
  }

  /// Every path of the host that opening a path goes through, the file's own last.
  private func way(to path: String) throws -> [String] {
    var way: [String] = []
    var place = ""
    var pending = Array(path.split(separator: "/").map(String.init).reversed())
    while let name = pending.popLast() {
      if name == ".." {
        place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        continue
      }
      let next = place + "/" + name
      way.append(next)
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next) else {
        place = next
        continue
      }
      if target.hasPrefix("/") { place = "" }
      pending += target.split(separator: "/").map(String.init).reversed()
    }
    return way
  }

  @Test func `with nothing to go in, inspect doesn't look for what is asked for`() throws {
    try Shell.bash(
      """
      printf '#include <stdlib.h>\nint main(void) { char n[] = "/tmp/XXXXXX"; return mkstemp(n) < 0; }' > t.c
      gcc t.c -o temporary
      """, in: scratch.url)
    for (options, isLookedFor) in [
      ([], true), (["--minimal"], false), (["--minimal", "--dlopen", "suggested"], true),
      (["--minimal", "--with", "tmp"], true), (["--minimal", "--guess"], true),
    ] {
      let arguments = [Project.command, "inspect", "temporary"] + options
      let result = try Shell.run(arguments, in: scratch.url)
      #expect(result.status == 0)
      #expect(result.output.contains("at run time") == isLookedFor, "\(options)")
      #expect(result.output.contains("libc.so.6"))
    }
  }

  @Test func `it gets its DT_NEEDED closure, byte for byte, and nothing else`() throws {
    let interpreter = try Shell.bash(
      "readelf --program-headers plain | sed -n 's/.*interpreter: \\(.*\\)]/\\1/p' | tr -d '\\n'",
      in: scratch.url)
    let listed = try Shell.bash("\(interpreter) --list ./plain", in: scratch.url)
    let libraries = listed.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first { $0.contains("/") }.map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    #expect(libraries.count >= 4)
    let expected = Set(try (libraries + [interpreter]).flatMap(way) + ["/plain"])
    let found = try Shell.bash("cd bundle && find . -mindepth 1 | cut -c 2-", in: scratch.url)
    #expect(Set(found.split(separator: "\n").map(String.init)) == expected)
    for path in expected {
      let original = path == "/plain" ? scratch.path + path : path
      let kinds = try Shell.bash(
        """
        for file in 'bundle\(path)' '\(original)'; do
          stat --format '%F' "$file"
          [ ! -L "$file" ] || readlink "$file"
        done
        [ -L '\(original)' ] || [ -d '\(original)' ] || cmp 'bundle\(path)' '\(original)'
        """, in: scratch.url
      ).split(separator: "\n")
      #expect(kinds.prefix(kinds.count / 2) == kinds.suffix(kinds.count / 2), "\(path)")
    }
  }

  @Test func `it runs, and nothing was asked for`() throws {
    let plan = try Shell.run(
      [Project.command, "plain", "--dry-run", "--json"], in: scratch.url)
    #expect(plan.status == 0)
    #expect(plan.output.contains("\"needs\" : [\n\n  ]"), "\(plan.output.suffix(400))")
    // A chroot can't make a user namespace, and root needs none.
    let chroot = getuid() == 0 ? "chroot" : "unshare --map-root-user chroot"
    let run = try Shell.bash("\(chroot) bundle /plain", in: scratch.url)
    #expect(run.hasSuffix("1.000000\n"))
  }
}
