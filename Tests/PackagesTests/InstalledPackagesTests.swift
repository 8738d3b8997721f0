import FileTree
import Foundation
import Packages
import TestSupport
import Testing

/// This machine's packages, held against what its package manager says of them.
struct InstalledPackagesTests {
  private let tree = DirectoryTree(root: "/")
  private let packages = PackageDatabase(DirectoryTree(root: "/"))

  /// What dpkg finds for all programs, by the path in a merged `/usr`.
  private func owners() throws -> [RootPath: Set<ByteString>] {
    var owners: [RootPath: Set<ByteString>] = [:]
    let found = try Shell.bash("dpkg-query -S '/bin/*' '/sbin/*' '/usr/bin/*' '/usr/sbin/*'")
    for line in found.split(separator: "\n") where !line.hasPrefix("diversion") {
      guard let colon = line.range(of: ": ") else { continue }
      let names = line[..<colon.lowerBound].components(separatedBy: ", ")
        .map { $0.prefix { $0 != ":" } }
      let path = String(line[colon.upperBound...])
      owners[merged(path), default: []].formUnion(names.map { ByteString(String($0)) })
    }
    // dpkg tells what records say; a file that is diverted lies elsewhere.
    for line in try Shell.bash("dpkg-divert --list").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 7, let listed = owners[merged(words[2])] else { continue }
      let keeper = ByteString(words[6])
      owners[merged(words[2])] = listed.intersection([keeper])
      owners[merged(words[4])] = listed.subtracting([keeper])
    }
    return owners
  }

  private func merged(_ path: String) -> RootPath {
    RootPath(normalising: ByteString(path.hasPrefix("/usr") ? path : "/usr" + path))
  }

  @Test func `every program has the owners that dpkg finds`() throws {
    let expected = try owners()
    #expect(expected.count > 300)
    for directory: RootPath in ["/usr/bin", "/usr/sbin"] {
      for path in try tree.names(in: directory).map({ directory.appending($0) }) {
        let found = Set(packages.owners(of: path).map(\.name))
        #expect(found == expected[path] ?? [], "\(path)")
      }
    }
  }

  @Test func `the owner that is found without reading all records is the same`() throws {
    let names = try tree.names(in: "/usr/bin")
    for place in stride(from: 0, to: names.count, by: max(1, names.count / 10)) {
      let path = ("/usr/bin" as RootPath).appending(names[place])
      #expect(PackageDatabase(tree).owner(of: path) == packages.owners(of: path).first, "\(path)")
    }
  }

  @Test func `a package has the files, version and source that dpkg tells`() throws {
    for name in ["bash", "libc6", "coreutils", "passwd", "python3"] {
      let package = try #require(packages.packages(named: ByteString(name)).first)
      let fields = try Shell.bash(
        "dpkg-query -W -f '${Version} ${Architecture} ${source:Package}\\n' \(name) | head -n 1")
      let own = [package.version, package.architecture, package.source].map(\.description)
      #expect(own.joined(separator: " ") == fields.trimmingCharacters(in: .whitespacesAndNewlines))
      var resolver = PathResolver(tree: tree)
      let listed = try Shell.bash("dpkg-query -L \(name)").split(separator: "\n")
        .filter { $0.hasPrefix("/") && $0 != "/." }.map {
          RootPath(normalising: ByteString(String($0)))
        }
      let physical = listed.map { path in
        ((try? resolver.resolve(path.parent.text))?.real ?? path.parent).appending(path.name)
      }
      #expect(Set(packages.files(of: package)) == Set(physical), "\(name)")
    }
  }

  @Test func `every package has a version`() {
    #expect(packages.packages.allSatisfy { !$0.version.isEmpty })
    #expect(packages.unread.isEmpty)
  }
}
