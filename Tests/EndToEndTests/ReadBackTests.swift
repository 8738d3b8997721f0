import Archive
import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Everything that is written, read back by the reader that shares no code with the writers.
struct ReadBackTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
  }

  func read(_ name: String, platform: String? = nil) throws -> ReadBundle {
    var options = ReadOptions()
    options.temporaryDirectory = FilePath(NSTemporaryDirectory())
    if let platform = platform.flatMap({ ImagePlatform($0) }) { options.platform = .only(platform) }
    return try ArchiveReader(options: options).read(FilePath(scratch.path + "/" + name))
  }

  /// What every format can tell of an entry.
  func told(_ entries: [ArchiveEntry], hasOwners: Bool) -> [String] {
    entries.map { entry in
      var text = "\(entry.path) \(entry.node) \(String(entry.permissions, radix: 8)) "
      text += "\(entry.modificationTime) \(entry.attributes)"
      if hasOwners { text += " \(entry.owner.user):\(entry.owner.group)" }
      return text
    }
  }

  @Test(
    arguments: [
      "/usr/bin/git", "init --add data --owner 7:8 --keep-setid", "init --add data --layers single",
      "init --add data --compression zstd", "init --add data --compression none --user app",
    ])
  func `all formats hold the same, and nothing is wrong with any`(options: String) throws {
    try Shell.bash(
      sampleFiles
        + "\nchmod 4755 data/first\n\(Project.command) \(options) -q \(OutputSample.allOptions)",
      in: scratch.url, environment: ["SOURCE_DATE_EPOCH": "1234567890"])
    let expected = try read("x.tar")
    #expect(expected.violations.isEmpty && expected.entries.count > 10)
    for output in OutputSample.allCases {
      let bundle = try read(output.rawValue)
      #expect(bundle.violations == [], "\(output.rawValue)")
      // Only root may give files to others, and who isn't keeps the set-user-id bit all the same.
      let hasOwners = output != .directory || getuid() == 0
      // The kernel starts /init, which leads to the program.
      let isInitramfs = output == .cpio || output == .gzipCpio
      let entries = bundle.entries.filter { entry in
        !isInitramfs || expected.entries.contains { $0.path == entry.path }
      }
      #expect(
        told(entries, hasOwners: hasOwners) == told(expected.entries, hasOwners: hasOwners),
        "\(output.rawValue)")
      #expect((bundle.image == nil) == (output != .imageArchive && output != .imageLayout))
    }
  }

  @Test func `the reader in Python sees the same`() throws {
    try Shell.bash(
      sampleFiles + "\n\(Project.command) init --add data -q -o x.oci.tar", in: scratch.url)
    let listing = try Shell.bash("\(ImageOracle.tree) x.oci.tar", in: scratch.url)
    let lines = try read("x.oci.tar").entries.map { entry in
      let permissions = String(entry.permissions, radix: 8)
      let mode = String(repeating: "0", count: max(0, 4 - permissions.count)) + permissions
      let detail =
        switch entry.node {
        case .directory: "directory \(mode)"
        case .symbolicLink(let text): "symlink \(mode) \(text)"
        case .file(let content), .hardLink(_, let content):
          "file \(mode) \(content.digest.hexadecimal)"
        case .special(let kind, _): "\(kind) \(mode)"
        }
      return "\(entry.path.text.description.dropFirst()) \(detail)"
    }
    // Python sorts by names, this by paths: the same for all but directories.
    #expect(lines.sorted() == listing.split(separator: "\n").map(String.init).sorted())
  }

  @Test func `an image tells what it was asked to be`() throws {
    try Shell.bash(
      """
      \(sampleFiles)
      \(Project.command) init -q -o x.oci.tar --tag example.org/a/b:1 --user 5:6 --workdir /w \
        --env A=b --entrypoint '["/init","x"]' --cmd y --expose 80 --volume /v --label k=v \
        --stop-signal SIGINT
      """, in: scratch.url)
    let image = try #require(try read("x.oci.tar").image)
    #expect(image.names == ["example.org/a/b:1"])
    let configuration = image.configuration
    #expect(configuration.entrypoint == ["/init", "x"] && configuration.command == ["y"])
    #expect(configuration.user == "5:6" && configuration.workingDirectory == "/w")
    #expect(configuration.environment.contains("A=b"))
    #expect(configuration.exposedPorts == ["80/tcp"] && configuration.volumes == ["/v"])
    #expect(configuration.labels == ["k": "v"] && configuration.stopSignal == "SIGINT")
  }

  @Test func `each platform of an image is read`() throws {
    try Shell.bash(
      """
      \(sampleFiles)
      mkdir -p other/lib; cp "$(readlink -f /lib64/ld-linux-x86-64.so.2)" other/program
      printf '\\xb7' | dd of=other/program bs=1 seek=18 conv=notrunc status=none
      \(Project.command) init -q -o x.oci.tar --platform linux/arm64=other:/program
      """, in: scratch.url)
    #expect(try read("x.oci.tar").image?.platform.description == "linux/amd64")
    let other = try read("x.oci.tar", platform: "linux/arm64")
    #expect(other.image?.choices.count == 2 && other.violations.isEmpty)
    #expect(other.entries.contains { $0.path == "/program" })
    #expect(throws: ArchiveReadError.self) { try read("x.oci.tar", platform: "linux/s390x") }
  }
}
