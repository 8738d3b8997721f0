import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// What is read of tar archives of all dialects.
struct TarReadingTests {
  @Test func `a tree is read with its contents`() throws {
    let bundle = try Reads.read(
      RawTar(
        .directory("bin/"), .file("bin/a", "content", mode: "0004755\0"),
        .hardLink("bin/b", to: "bin/a"), .link("c", to: "bin/a")
      ).complete)
    #expect(
      bundle.table == [
        "/bin directory 0755", "/bin/a file 4755 7", "/bin/b hardlink /bin/a", "/c link bin/a",
      ])
    #expect(bundle.violations == [.init(.hardLinkMetadata, at: bundle.violations[0].place)])
    #expect(try bundle.text("/bin/b") == "content")
    #expect(bundle.entries[1].content?.digest == ContentDigest(of: Array("content".utf8)))
  }
}
