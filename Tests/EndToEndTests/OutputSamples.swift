import Foundation
import TestSupport

/// One output of each format, by its name.
enum OutputSample: String, CaseIterable, Sendable {
  case tar = "x.tar"
  case gzipTar = "x.tar.gz"
  case zstdTar = "x.tar.zst"
  case directory = "x/"
  case imageArchive = "x.oci.tar"
  case imageLayout = "x.oci/"
  case cpio = "x.cpio"
  case gzipCpio = "x.cpio.gz"

  var isDirectory: Bool { rawValue.hasSuffix("/") }

  /// The options that ask for all formats in one run.
  static let allOptions = allCases.map { "--output \($0.rawValue)" }.joined(separator: " ")
  static let allNames = allCases.map(\.rawValue).joined(separator: " ")
}

/// What reads images without the code that writes them.
enum ImageOracle {
  static let directory = Project.directory.appendingPathComponent("fixtures/images")
  static let validate = directory.appendingPathComponent("validate.py").path
  static let tree = directory.appendingPathComponent("tree.py").path
}

/// Files that readers of archives differ in, and a program that needs libraries.
///
/// Leaves a program `init`, which an initramfs needs no link for, and a folder `data`.
let sampleFiles = """
  cp /bin/true init
  long=$(printf 'a-long-name-%.0s' {1..12}); mkdir -p "data/$long"
  echo content > data/first; ln data/first data/second; ln data/first "data/$long/third"
  ln -s ../first "data/$long/link"; ln -s "$long/../$long/../$long/third" data/to-third
  touch data/empty; chmod 600 data/empty
  seq 400000 > data/numbers
  """

/// Where a command's mounts are its own; a user who isn't root gets a namespace.
let withOwnMounts =
  getuid() == 0 ? "unshare --mount" : "unshare --user --map-root-user --mount"
