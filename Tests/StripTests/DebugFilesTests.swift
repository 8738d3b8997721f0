import Bundle
import ELF
import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Strip

/// Where debugging data goes, and that none is lost without a word.
struct DebugFilesTests: StripFixture {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try Self.makeScratch()
  }

  @Test func `platforms that have a path in common keep their debugging data apart`() throws {
    try Shell.bash(
      """
      mkdir in/app; cc -g -Wl,--build-id=none main.c -o in/app/one
      cc -g -Wl,--build-id=sha1 main.c -o in/app/two
      """, in: scratch.url)
    let plan = try plan()
    let stripper = try stripper()
    var debugFiles = DebugFiles()
    for folder in ["linux-amd64", "linux-arm64"] as [ByteString] {
      let stripped = try stripper.strip(plan, debuggingData: .kept(folder: folder))
      #expect(debugFiles.add(stripped.debugFiles) == [])
    }
    #expect(debugFiles.count == 3)
    try debugFiles.publish(to: FilePath(scratch.path + "/debug"))
    #expect(
      try Shell.bash(
        "cd debug; find . -type f -not -path './.build-id/*' | sort; find .build-id -type f | wc -l",
        in: scratch.url) == "./linux-amd64/app/one.debug\n./linux-arm64/app/one.debug\n1\n")
  }

  @Test func `two objects of one place and other debugging data are told, and the larger is kept`()
    throws
  {
    try Shell.bash(
      """
      cc -g -Wl,--build-id=0x1234abcd main.c -o in/full
      cc -Wl,--build-id=0x1234abcd main.c -o in/bare
      """, in: scratch.url)
    let result = try strip(try plan(), debugDirectory: "debug")
    #expect(
      result.warnings == [
        .debuggingDataTwice(place: "/.build-id/12/34abcd.debug", kept: "/full", lost: "/bare")
      ])
    #expect(result.strippedFileCount == 2)
    #expect(result.debugFiles.count == 1)
    #expect(
      try Shell.bash("readelf -SW debug/.build-id/12/34abcd.debug", in: scratch.url)
        .contains(".debug_info"))
  }

  @Test func `nothing is published before it is asked for, and nobody's files go`() throws {
    try Shell.bash(
      "cc -g -Wl,--build-id=none main.c -o in/main; mkdir debug; touch debug/.rootfs-pack.1.partial",
      in: scratch.url)
    let result = try stripper().strip(try plan(), debuggingData: .kept())
    #expect(try Shell.bash("ls -A debug", in: scratch.url) == ".rootfs-pack.1.partial\n")
    try result.debugFiles.publish(to: FilePath(scratch.path + "/debug"))
    #expect(
      try Shell.bash("ls -A debug", in: scratch.url) == ".rootfs-pack.1.partial\nmain.debug\n")
  }

  @Test func `a place that can't be written to is found early`() throws {
    try Shell.bash(": > file; mkdir there; ln -s there link", in: scratch.url)
    func path(_ name: String) -> FilePath { FilePath(scratch.path).appending(name) }
    for name in ["there", "there/deep/er", "link/deep", "new"] {
      try DebugFiles.check(path(name))
    }
    try DebugFiles.check("relative")
    for name in ["file", "file/deep"] {
      #expect(throws: StripError.debugDirectory(path(name), .notDirectory)) {
        try DebugFiles.check(path(name))
      }
    }
  }
}
