import FileTree
import Foundation
import Secrets
import SystemPackage
import TestSupport
import Testing

/// Holds what tells secrets against all files of real roots, in which there are few.
struct SecretFalseAlarmTests {
  private static func alarms(below top: RootPath, in root: String) throws -> (Int, [String]) {
    let tree = DirectoryTree(root: FilePath(root))
    var pending: [RootPath] = [top]
    var count = 0
    var alarms: [String] = []
    while let path = pending.popLast() {
      let status = try tree.status(of: path)
      if let rule = SecretFile.rule(for: path, status, in: tree) {
        alarms.append("\(path): \(rule.name)")
      }
      switch status.kind {
      case .directory: pending += try tree.names(in: path).map { path.appending($0) }
      case .regular: count += 1
      default: break
      }
    }
    return (count, alarms.sorted())
  }

  @Test(arguments: ["/", Corpora.programs])
  func `nothing of /usr is taken for a secret`(root: String) throws {
    let (count, alarms) = try Self.alarms(below: "/usr", in: root)
    print("secrets: \(count) files of \(root)usr, \(alarms.count) alarms")
    #expect(count > 10_000)
    #expect(alarms == [])
  }

  @Test func `of etc nothing but accounts and keys of the host is`() throws {
    let (count, alarms) = try Self.alarms(below: "/etc", in: Corpora.programs)
    print("secrets: \(count) files of etc, \(alarms.count) alarms: \(alarms)")
    let secrets = try Regex(
      "/etc/(g?shadow-?|security/opasswd|ssh/ssh_host_[a-z0-9]+_key|ssl/private/.*[.]key): .*")
    #expect(alarms.filter { $0.wholeMatch(of: secrets) == nil } == [])
    #expect(alarms.contains("/etc/shadow: shadow"))
  }
}
