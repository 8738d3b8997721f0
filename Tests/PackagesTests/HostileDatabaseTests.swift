import FileTree
import Packages
import TestSupport
import Testing

/// Databases that nobody's package manager wrote: nothing of them may end the process or keep it busy.
struct HostileDatabaseTests {
  /// Asks all that there is to ask.
  private func ask(_ table: [RootPath: InMemoryTree.Node]) {
    let packages = PackageDatabase(InMemoryTree(table))
    for package in packages.packages {
      _ = packages.dependencies(of: package, recommended: true)
      _ = packages.configurationFiles(of: package)
      for file in packages.files(of: package).prefix(16) { _ = packages.owners(of: file) }
      _ = packages.packages(named: package.name)
    }
    _ = packages.alternative(at: "/usr/bin/x")
    _ = packages.owner(of: "/usr/bin/x")
  }

  private static let seeds: [(RootPath, String)] = [
    (
      "/var/lib/dpkg/status",
      "Package: a\nSource: b (1)\nDepends: c (>= 1) | d, e:any\nProvides: x\nConffiles:\n /etc/a 0\n\n"
    ),
    ("/var/lib/dpkg/info/a.list", "/.\n/usr\n/usr/bin/x\n/etc/a\n"),
    ("/var/lib/dpkg/info/a.conffiles", "/etc/a\nremove-on-upgrade /etc/b\n"),
    ("/var/lib/dpkg/diversions", "/usr/bin/x\n/usr/bin/x.real\na\n/etc/a\n/usr/bin/x\n:\n"),
    ("/var/lib/dpkg/alternatives/x", "auto\n/usr/bin/x\ny\n/usr/bin/y\n\n/bin/z\n1\n\n"),
    ("/var/lib/dpkg/status.d/p", "Package: p\nVersion: 1\n"),
    ("/var/lib/dpkg/status.d/p.md5sums", "00  usr/bin/p\n11  etc/p\n"),
    (
      "/lib/apk/db/installed",
      "P:q\nV:1\no:r\nD:a>=1 so:b\nF:usr/bin\nR:x\nF:etc\nR:c\n\nP:s\nF:\nR:t\n"
    ),
    ("/var/lib/pacman/local/v-1-1/desc", "%NAME%\nv\n\n%DEPENDS%\na>=1\n"),
    ("/var/lib/pacman/local/v-1-1/files", "%FILES%\nusr/\nusr/bin/x\n\n%BACKUP%\netc/a\t0\n"),
  ]

  @Test(arguments: 0..<300)
  func `bytes that were changed anywhere end nothing`(seed: UInt64) {
    var random = SplitMix(state: seed)
    var table: [RootPath: InMemoryTree.Node] = [:]
    for (path, text) in Self.seeds {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 0..<6, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: Array("\n: /%F\0".utf8), at: place)
        default: bytes.removeSubrange(place...)
        }
      }
      table[path] = .file(bytes)
    }
    ask(table)
  }

  @Test func `records with long or endless lines are read once`() {
    let long = String(repeating: "x", count: 1 << 20)
    ask([
      "/lib/apk/db/installed": .text(
        "P:a\nF:\(long)\n" + String(repeating: "R:y\n", count: 100_000) + "F:\(long.prefix(4000))\n"
          + String(repeating: "R:z\n", count: 1000)),
      "/var/lib/dpkg/info/a.list": .text("/\(long)\n/\(long)"),
      "/var/lib/dpkg/status": .text(
        "Package: a\nDepends: " + String(repeating: "b|c,", count: 20_000) + "\n\n"
          + String(repeating: "Package: a\nVersion: 1\n\n", count: 20_000)),
      "/var/lib/dpkg/alternatives/x": .text(
        "auto\n/\(long)\n" + String(repeating: "y\n", count: 9999)),
      "/var/lib/dpkg/diversions": .text("/\(long)\n/\(long)\n"),
    ])
  }

  @Test func `paths that lead out of the root stay in it`() throws {
    let packages = PackageDatabase(
      InMemoryTree([
        "/var/lib/dpkg/status": .text("Package: a\n"),
        "/var/lib/dpkg/info/a.list": .text("/../../etc/shadow\n/usr/../..\n"),
        "/var/lib/dpkg/info/a.conffiles": .text("/../../etc/shadow\n"),
      ]))
    let package = try #require(packages.packages.first)
    #expect(packages.files(of: package) == ["/etc/shadow"])
    #expect(packages.configurationFiles(of: package) == ["/etc/shadow"])
  }

  @Test func `links that lead round in circles are no links of directories`() {
    ask([
      "/bin": .link("lib"), "/lib": .link("bin"), "/usr/sbin": .link("sbin"), "/sbin": .link("/"),
      "/var/lib/dpkg/info/a.list": .text("/bin/x\n/sbin/x\n/usr/sbin/x\n"),
    ])
  }
}

/// Numbers that are the same in each run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
