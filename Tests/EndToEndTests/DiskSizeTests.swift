import Foundation
import TestSupport
import Testing

/// Disks of every size: an output is whole or isn't there, and the exit code and one line say which.
@Suite(.serialized)
struct DiskSizeTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  /// How many sizes for each format.
  static let count = 12

  /// Mounts a disk of a size, packs on it, and tells what isn't as it should be: then how many sizes were too
  /// small. Beyond the size that was enough once it has to be enough, and it ends there.
  private static let script = """
    set -euo pipefail
    tool=$1 output=$2 count=$3
    mkdir whole disk
    "$tool" init -q --add a-bit --output "whole/$output"
    total=$(du -s --apparent-size --block-size=1 "whole/$output" | cut -f 1)
    small=0 enough=0
    for turn in $(seq "$count"); do
      # Up to what layers beside an archive need; a tmpfs has whole pages, and none of 0.
      size=$(((total * 5 / 2 * turn / count / 4096 + 1) * 4096))
      mount -t tmpfs -o "size=$size" tmpfs disk
      code=0; "$tool" init -q --add a-bit --output "disk/$output" 2> errors || code=$?
      left=$(find disk -mindepth 1 -maxdepth 1 -printf '%P ')
      case $code in
        0)
          enough=1; diff -r "whole/$output" "disk/$output" || echo "$size: another output"
          [ "$left" = "${output%/} " ] || echo "$size: left $left" ;;
        3)
          small=$((small + 1))
          [ -z "$left" ] || echo "$size: left $left"
          [ "$(wc -l < errors)" = 1 ] && grep -q 'no space left on the device; about .* are needed' errors \\
            || { echo "$size:"; cat errors; } ;;
        *) echo "$size: exit code $code"; cat errors ;;
      esac
      umount disk
    done
    echo "small $((small > count / 4)) enough $enough"
    """

  @Test(arguments: ["x.tar", "x.tar.gz", "x.oci.tar", "x/"])
  func `an output is whole or isn't there`(output: String) throws {
    try Shell.bash("cp /bin/true init; head -c 400000 /dev/urandom > a-bit", in: scratch.url)
    try scratch.write(Self.script, to: "sizes.sh")
    let told = try Shell.bash(
      "\(withOwnMounts) bash sizes.sh '\(Project.command)' \(output) \(Self.count)", in: scratch.url
    )
    #expect(told == "small 1 enough 1\n")
  }
}
