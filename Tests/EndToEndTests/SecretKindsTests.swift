import FileTree
import Foundation
import Secrets
import SystemPackage
import TestSupport
import Testing

/// Every kind of secret that programs of Debian's make, and what is like one and isn't.
struct SecretKindsTests {
  /// What each file below a folder is taken for: its path, and the rule's name or nothing.
  private static func rules(in folder: String) throws -> [(path: String, rule: String?)] {
    let tree = DirectoryTree(root: FilePath(folder))
    var pending: [RootPath] = ["/"]
    var rules: [(String, String?)] = []
    while let path = pending.popLast() {
      let status = try tree.status(of: path)
      if status.kind == .directory {
        pending += try tree.names(in: path).map { path.appending($0) }
      } else {
        rules.append(("\(path)", SecretFile.rule(for: path, status, in: tree)?.name))
      }
    }
    return rules.sorted { $0.0 < $1.0 }
  }

  @Test func `all that is secret is told, and nothing that is public`() throws {
    let scratch = try TemporaryDirectory()
    let script = Project.directory.appendingPathComponent("fixtures/secrets/make.sh").path
    let made = try Shell.run(["bash", script, scratch.path])
    #expect(made.status == 0, "\(made.errors)")
    let secrets = try Self.rules(in: scratch.path + "/secret")
    let others = try Self.rules(in: scratch.path + "/public")
    print("secrets: \(secrets.count) kinds, \(others.count) public files beside them")
    #expect(secrets.count >= 190 && others.count >= 60)
    #expect(secrets.filter { $0.rule == nil }.map(\.path) == [])
    #expect(others.compactMap { other in other.rule.map { "\(other.path): \($0)" } } == [])
  }
}
