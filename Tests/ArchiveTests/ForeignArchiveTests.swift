import FileTree
import Foundation
import TestSupport
import Testing

@testable import Archive

/// Archives that the usual programs make of one tree, each in its dialects: all of them hold the same.
struct ForeignArchiveTests {
  let scratch: TemporaryDirectory

  /// A tree that needs more than the oldest headers have.
  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir -p root; cd root
      long=$(printf 'a-long-name-%.0s' {1..15}); mkdir -p "$long/$long/größe" d
      echo content > "$long/$long/größe/file"; ln -s "$long/$long/größe/../größe/file" to-long
      echo text > d/first; ln d/first d/second; ln d/first last; ln -s d/first link
      chmod 4755 d/first; chmod 1777 d; : > empty; head -c 70001 /dev/urandom > random
      find . -exec touch -h -d @1234567890 {} +
      """, in: scratch.url)
  }

  /// Path, kind, permissions, time, content.
  static func told(_ entries: [ArchiveEntry]) -> [String] {
    entries.map {
      "\($0.path) \($0.node) \(String($0.permissions, radix: 8)) \($0.modificationTime)"
    }
  }

  @Test(
    arguments: [
      "tar --format=gnu -cf", "tar --format=pax -cf", "tar --format=oldgnu -cf",
      "tar --format=pax --pax-option=delete=atime,delete=ctime -czf", "tar --format=gnu --zstd -cf",
      "bsdtar --format=pax -cf", "bsdtar --format=gnutar -cf", "bsdtar -cf",
    ])
  func `archives of tars hold the same`(command: String) throws {
    try Shell.bash("\(command) x -C root .", in: scratch.url)
    try compare()
  }

  @Test(arguments: ["ustar", "v7"])
  func `dialects without long names hold what they can`(format: String) throws {
    try Shell.bash(
      "rm -rf root/a-long-name-* root/to-long; tar --format=\(format) -cf x -C root .",
      in: scratch.url)
    try compare()
  }

  @Test(arguments: ["cpio --quiet -o -H newc", "cpio --quiet -o -H crc", "bsdcpio -o -H newc"])
  func `archives of cpios hold the same`(command: String) throws {
    try Shell.bash("cd root; find . | \(command) > ../x", in: scratch.url)
    try compare()
    try Shell.bash("gzip x; mv x.gz x", in: scratch.url)
    try compare()
  }

  @Test(arguments: ["USTAR", "GNU", "PAX"])
  func `archives of Python hold the same`(format: String) throws {
    let remove = format == "USTAR" ? "rm -rf root/a-long-name-* root/to-long;" : ""
    try Shell.bash(
      """
      \(remove) python3 -c '
      import tarfile
      with tarfile.open("x", "w", format=tarfile.\(format)_FORMAT) as archive:
          archive.add("root", ".")'
      """, in: scratch.url)
    try compare()
  }

  private func compare() throws {
    let archive = try Reads.read(scratch, "x")
    let directory = try Reads.read(scratch, "root")
    #expect(Self.told(archive.entries) == Self.told(directory.entries))
    // Order is all that such archives lack.
    let faults = archive.faults.filter { if case .unsorted = $0 { false } else { true } }
    #expect(faults.isEmpty)
    for (entry, other) in zip(archive.entries, directory.entries) {
      #expect(entry.owner == other.owner)
    }
  }

  @Test func `what was appended to an archive takes the place of what was there`() throws {
    try Shell.bash(
      """
      tar -cf x -C root .; echo other > root/d/second; cp root/d/second root/empty
      rm root/link root/random; ln -s empty root/link; ln -s link root/random; chmod 700 root/d
      tar -rf x -C root --no-recursion ./empty ./link ./random ./d
      """, in: scratch.url)
    let archive = try Reads.read(scratch, "x")
    let unpacked = try Shell.bash(
      "mkdir u; tar -xpf x -C u; cat u/empty; readlink u/link u/random; stat -c %a u/d",
      in: scratch.url)
    #expect(unpacked == "other\nempty\nlink\n700\n")
    let directory = try Reads.read(scratch, "u")
    #expect(archive.entries.map(\.node) == directory.entries.map(\.node))
    #expect(archive.entries.map(\.permissions) == directory.entries.map(\.permissions))
    #expect(archive.faults.filter { $0 == .repeatedEntry }.count == 4)
  }

  @Test func `git's archives are read`() throws {
    let listing = try Shell.bash(
      """
      cd root; git init -q .; git add .; git -c user.name=a -c user.email=a@b commit -q -m x
      git archive --format=tar HEAD > ../x; git ls-tree -rtz --name-only HEAD
      """, in: scratch.url)
    let archive = try Reads.read(scratch, "x")
    let names = listing.split(separator: "\0").map { "/\($0)" }
    #expect(archive.entries.map(\.path.description) == names.sorted())
  }
}
