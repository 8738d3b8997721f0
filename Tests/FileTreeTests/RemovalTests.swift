import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Trees of this program's own making go away, and nothing else does.
struct RemovalTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash("mkdir outside; echo kept > outside/file", in: scratch.url)
  }

  func path(_ name: String) -> FilePath { FilePath(scratch.path + "/" + name) }

  func remains() throws -> String {
    try Shell.bash("find . -mindepth 1 -printf '%P %m\\n' | sort", in: scratch.url)
  }

  static let kept = "outside 755\noutside/file 644\n"

  @Test func `everything in a directory goes, links themselves and closed directories too`() throws
  {
    try Shell.bash(
      """
      umask 022; chmod 755 outside; chmod 644 outside/file
      mkdir -p tree/a/b/c tree/closed/deep tree/hidden/deep; touch tree/a/b/file tree/closed/deep/file
      ln -s ../outside tree/link; ln -s "$PWD/outside" tree/a/b/link; ln -s nowhere tree/closed/link
      ln outside/file tree/name; mkfifo tree/fifo
      printf x > tree/$'odd \\xff\\n name'
      chmod 555 tree/a/b tree/closed/deep tree/closed tree; chmod 0 tree/hidden
      """, in: scratch.url)
    try DirectoryTree.remove(path("tree"))
    #expect(try remains() == Self.kept)
  }

  /// Root may do all of it anyway, so somebody else is asked where this is root.
  @Test(.enabled(if: getuid() == 0, "only root can become somebody else"))
  func `a directory's owner needs no rights but those of the owner`() throws {
    try Shell.bash(
      """
      umask 022; chmod 755 outside; chmod 644 outside/file; chmod 777 .
      mkdir -p tree/closed/deep tree/hidden/deep; touch tree/closed/deep/file
      chmod 555 tree/closed/deep tree/closed tree; chmod 0 tree/hidden
      chown -R 65534:65534 tree
      """, in: scratch.url)
    // setfsuid(2) is for this thread alone, and takes the capabilities to pass over permissions too.
    typealias SetUser = @convention(c) (uid_t) -> Int32
    let setfsuid = unsafeBitCast(dlsym(nil, "setfsuid"), to: SetUser.self)
    _ = setfsuid(65534)
    let result = Result { try DirectoryTree.remove(path("tree")) }
    _ = setfsuid(0)
    try result.get()
    #expect(try remains() == Self.kept)
  }

  /// More directories above one another than a process may have open.
  @Test func `no tree is too deep`() throws {
    try Shell.bash(
      """
      umask 022; chmod 755 outside; chmod 644 outside/file; mkdir tree
      python3 -c 'import os
      os.chdir("tree")
      for _ in range(3000):
          open("file", "w").close(); os.mkdir("a"); os.mkdir("b"); os.mkdir(".removed-1"); os.chdir("a")
      '
      """, in: scratch.url)
    try DirectoryTree.remove(path("tree"))
    #expect(try remains() == Self.kept)
  }

  @Test func `a link is no directory to remove`() throws {
    try Shell.bash(
      "umask 022; chmod 755 outside; chmod 644 outside/file; ln -s outside link", in: scratch.url)
    #expect(throws: Errno.notDirectory) { try DirectoryTree.remove(path("link")) }
    #expect(throws: Errno.noSuchFileOrDirectory) { try DirectoryTree.remove(path("missing")) }
    #expect(throws: Errno.notDirectory) { try DirectoryTree.remove(path("outside/file")) }
    #expect(try remains() == "link 777\n" + Self.kept)
  }

  @Test func `directories that are swapped for links meanwhile lead nowhere`() throws {
    try Shell.bash(
      """
      umask 022; chmod 755 outside
      for i in $(seq 200); do mkdir -p outside/$i; touch outside/$i/file; done
      """, in: scratch.url)
    let before = try remains()
    // A name that is a directory and a link to one outside by turns, all the while.
    let swapping = Process()
    swapping.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    swapping.arguments = [
      "python3", "-c",
      """
      import os
      parent = os.getppid()
      while os.getppid() == parent and not os.path.exists("stop"):
          try:
              os.makedirs("tree/swapped/deep"); os.symlink("../outside", "tree/other")
              os.rename("tree/swapped", "tree/away"); os.rename("tree/other", "tree/swapped")
          except OSError:
              pass
          for name in ["swapped", "other"]:
              try: os.unlink("tree/" + name)
              except OSError: pass
      """,
    ]
    swapping.currentDirectoryURL = scratch.url
    try swapping.run()
    for _ in 1...100 {
      try? DirectoryTree.remove(path("tree"))
    }
    try scratch.write("", to: "stop")
    swapping.waitUntilExit()
    try? DirectoryTree.remove(path("tree"))
    try Shell.bash("rm stop", in: scratch.url)
    #expect(try remains() == before)
  }
}
