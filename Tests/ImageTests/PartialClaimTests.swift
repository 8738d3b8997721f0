import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Image

/// What a run that was killed leaves, and what of it the next one removes.
struct PartialClaimTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  func names() throws -> [Substring] {
    try Shell.bash("ls -A", in: scratch.url).split(separator: "\n")
  }

  var target: FilePath { FilePath(scratch.path + "/target") }
  func clear() { PartialClaim.clear(FilePath(scratch.path)) }

  /// What is left of a run that was killed: the lock is free, and the names are there.
  ///
  /// - Returns: the number in both names.
  func leave(_ script: String) throws {
    try Shell.bash(
      """
      umask 077; n=.rootfs-pack.abc123
      leave() { mkdir $n.partial; printf '%s\\n%s\\n' $n.claim "$(stat -c '%d %i' $n.partial)" > $n.claim; }
      \(script)
      """, in: scratch.url)
  }

  @Test func `a claim is there for as long as the directory has no name of its own`() throws {
    var place: AtomicDirectory? = try AtomicDirectory(target: target)
    #expect(try names().map { $0.suffix(6) } == [".claim", "artial"])
    try place?.complete()
    try place?.publish()
    #expect(try names() == ["target"])
    place = nil
    #expect(try names() == ["target"])
  }

  @Test func `what isn't published goes, and its claim`() throws {
    var place: AtomicDirectory? = try AtomicDirectory(target: target)
    #expect(place != nil)
    place = nil
    #expect(try names() == [])
  }

  @Test func `what is alive stays`() throws {
    let place = try AtomicDirectory(target: target)
    clear()
    #expect(try names().count == 2)
    withExtendedLifetime(place) {}
  }

  @Test(
    arguments: [
      // As it is left while it is written, before it is made, before it is known, and when it is published.
      "leave; mkdir -p $n.partial/a/b; echo > $n.partial/a/f; chmod 0 $n.partial/a",
      "echo $n.claim > $n.claim", "echo $n.claim > $n.claim; mkdir $n.partial",
      "leave; mv $n.partial kept; rmdir kept",
    ])
  func `what is dead goes`(script: String) throws {
    try leave(script)
    clear()
    #expect(try names() == [])
  }

  @Test(
    arguments: [
      "mkdir $n.partial", "mkdir $n.partial; echo > $n.partial/f",
      // A claim for another directory, or by somebody else, or that isn't one.
      "leave; mv $n.partial other; mkdir $n.partial; touch $n.partial/f",
      "leave; rmdir $n.partial; ln -s /usr $n.partial", "leave; chmod 644 $n.claim",
      "leave; mv $n.claim .rootfs-pack.def.claim", "leave; echo more > $n.claim",
      "mkdir $n.partial; touch $n.claim $n.partial/f", "leave; ln $n.claim other",
      "leave; mv $n.claim other; ln -s other $n.claim", "leave; rm $n.claim; mkfifo $n.claim",
      "echo $n.claim > $n.claim; mkdir $n.partial; touch $n.partial/f",
      "leave; mv $n.claim .rootfs-pack.xyz.claim", "leave; printf %s $n.claim > $n.claim",
    ])
  func `what may be somebody's stays`(script: String) throws {
    try leave(script)
    let listing = "find . -printf '%P %y %m %l\\n' | sort"
    let before = try Shell.bash(listing, in: scratch.url)
    clear()
    #expect(try Shell.bash(listing, in: scratch.url) == before)
  }

  @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
  func `what another user claims stays`() throws {
    try leave("leave; chown 65534 $n.claim")
    clear()
    #expect(try names().count == 2)
  }
}
