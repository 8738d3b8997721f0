import Foundation
import TestSupport
import Testing

/// The same bytes from the same files, whatever is around.
@Suite(.serialized)
struct ReproducibleOutputTests {
  /// Each changes what mustn't count, and packs by `pack`.
  static let surroundings: [(name: String, script: String)] = [
    ("another time", "sleep 1.1; pack"),
    ("another time zone", "TZ=Asia/Tokyo pack"),
    ("another language", "LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 pack"),
    ("another user's files", "umask 077; HOME=/nonexistent USER=nobody pack"),
    ("an open umask", "umask 000; pack"),
    ("one core", "taskset --cpu-list 0 $command"),
    (
      "another place",
      "mkdir elsewhere; cp -a init data elsewhere; (cd elsewhere; $command)"
    ),
    ("other times of the files", "find init data -exec touch -h -d 2001-02-03 {} +; pack"),
    ("another order in the folder", "cp -a data other; rm -r data; mv other data; pack"),
  ]

  @Test func `every format has the same bytes`() throws {
    let scratch = try TemporaryDirectory()
    // Enough to be compressed in several pieces at once.
    try Shell.bash(
      sampleFiles + "\nseq 1500000 > data/many; cat /bin/bash >> data/many",
      in: scratch.url)
    let expected = try digests("pack", in: scratch)
    #expect(expected.split(separator: "\n").count == OutputSample.allCases.count)
    for surrounding in Self.surroundings {
      let found = try digests(surrounding.script, in: scratch)
      #expect(found == expected, "\(surrounding.name)")
    }
  }

  /// One line for each format. A directory counts as it would be archived: with its times, and with
  /// its owners.
  func digests(_ script: String, in scratch: TemporaryDirectory) throws -> String {
    try Shell.bash(
      """
      out=$(mktemp -d)
      trap 'rm -rf "$out"' EXIT
      outputs=(); for name in \(OutputSample.allNames); do outputs+=(--output "$out/$name"); done
      command="\(Project.command) init --add data --quiet ${outputs[*]}"
      pack() { $command; }
      \(script)
      cd "$out"
      for name in \(OutputSample.allNames); do
        case $name in
          */) tar --create --sort=name --numeric-owner --format=posix \
            --pax-option=delete=atime,delete=ctime "$name" | sha256sum ;;
          *) sha256sum < "$name" ;;
        esac | sed "s| .*| $name|"
      done
      """, in: scratch.url)
  }
}
