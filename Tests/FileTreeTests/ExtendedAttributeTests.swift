import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Extended attributes of files on a disk.
struct ExtendedAttributeTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  @Test func `wanted attributes come sorted by name, with any bytes in them`() throws {
    let large = String(repeating: "v", count: 2000)
    try Shell.bash(
      """
      touch file; ln -s file link
      python3 -c 'import os
      os.setxattr("file", "user.z", b"\\x00\\xff")
      os.setxattr("file", "user.a", b"")
      os.setxattr("file", "user.large", b"\(large)")'
      """, in: scratch.url)
    let attributes = try scratch.tree.extendedAttributes(of: "/file") { $0.hasPrefix("user.") }
    #expect(
      attributes == [
        ExtendedAttribute(name: "user.a", value: []),
        ExtendedAttribute(name: "user.large", value: Array(large.utf8)),
        ExtendedAttribute(name: "user.z", value: [0, 0xFF]),
      ])
    #expect(try scratch.tree.extendedAttributes(of: "/file") { _ in false }.isEmpty)
    // Of the link itself, which can't have any of a user's.
    #expect(try scratch.tree.extendedAttributes(of: "/link") { $0.hasPrefix("user.") }.isEmpty)
  }

  @Test func `a file system without attributes has none`() throws {
    let tree = DirectoryTree(root: "/proc")
    #expect(try tree.extendedAttributes(of: "/version") { $0.hasPrefix("user.") }.isEmpty)
  }

  @Test func `a missing file is an error`() {
    #expect(throws: Errno.noSuchFileOrDirectory) {
      try scratch.tree.extendedAttributes(of: "/missing") { _ in true }
    }
  }
}
