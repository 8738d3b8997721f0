import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

struct PrivateDirectoryTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.path) }
  }

  @Test func `it is new, its owner's alone, and goes with all that is in it`() throws {
    do {
      let directory = try PrivateDirectory(in: FilePath(scratch.path))
      let other = try PrivateDirectory(in: FilePath(scratch.path))
      #expect(directory.path != other.path)
      #expect(try names.allSatisfy { $0.hasPrefix("rootfs-pack.") && $0.count == 18 })
      #expect(try Shell.bash("stat -c %a '\(directory.path.string)'") == "700\n")
      try Shell.bash(
        "mkdir -p a/b; touch a/b/c; chmod 0 a", in: URL(fileURLWithPath: directory.path.string))
    }
    #expect(try names == [])
  }

  @Test func `it has no links in its path`() throws {
    try Shell.bash("mkdir place; ln -s place link", in: scratch.url)
    let directory = try PrivateDirectory(in: FilePath(scratch.path + "/link/."))
    let parent = scratch.url.resolvingSymlinksInPath().path + "/place"
    #expect(directory.path.removingLastComponent() == FilePath(parent))
  }

  @Test func `it goes even if what keeps it was killed`() throws {
    do {
      let directory = try PrivateDirectory(in: FilePath(scratch.path))
      // Of this process's children it alone leads a session.
      try Shell.bash(
        """
        for child in $(cat /proc/\(getpid())/task/*/children); do
          [ "$(ps -o sid= -p $child | tr -d ' ')" != "$child" ] || kill -KILL $child
        done
        """)
      try Shell.bash("touch '\(directory.path.string)/file'")
    }
    #expect(try names == [])
  }

  @Test func `a place that isn't there is an error`() throws {
    #expect(throws: Errno.noSuchFileOrDirectory) {
      _ = try PrivateDirectory(in: FilePath(scratch.path + "/none"))
    }
    try scratch.write("", to: "file")
    #expect(throws: Errno.notDirectory) {
      _ = try PrivateDirectory(in: FilePath(scratch.path + "/file"))
    }
  }
}
