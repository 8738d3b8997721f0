import FileTree
import TestSupport
import Testing

@testable import Sandbox
@testable import Verify

struct MissedFilesTests {
  static let source = InMemoryTree([
    "/etc/localtime": .text(""), "/usr/lib/libz.so.1": .text(""), "/etc/app.conf": .text(""),
    "/opt/x": .text(""), "/tmp": .directory(),
  ])

  private func findings(_ paths: [ByteString]) -> [VerifyFinding] {
    MissedFiles(source: Self.source, isEmulated: false).result(
      of: paths.map { MissedLook(path: $0, purpose: .opening) }
    ).findings
  }

  @Test func `what the root has is told with the option that adds it`() {
    let paths: [ByteString] = [
      "/etc/localtime", "/usr/lib/libz.so.1", "/etc/app.conf", "/tmp", "/no/such",
      "/usr/lib/libz.so.1",
    ]
    #expect(
      findings(paths).map(\.flag) == [
        "--with timezone", "--load libz.so.1", "--add /etc/app.conf", "--with tmp",
      ])
  }

  @Test(
    arguments: ["/proc/1/maps", "/etc/ld.so.cache", "/dev/shm", "/opt", "/sys/x"] as [ByteString])
  func `what engines make, and a directory at the top, is passed over`(path: ByteString) {
    #expect(findings([path]) == [])
  }

  @Test func `a run that nobody could watch has no findings`() {
    let files = MissedFiles(source: Self.source, isEmulated: true)
    #expect(files.result(of: nil).outcome == .skipped("an emulated run isn't watched"))
  }

  @Test func `what is missed fails nothing`() {
    let files = MissedFiles(source: Self.source, isEmulated: false)
    #expect(
      files.result(of: [MissedLook(path: "/etc/app.conf", purpose: .opening)]).outcome == .passed)
  }
}
