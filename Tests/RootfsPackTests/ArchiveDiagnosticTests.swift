import Archive
import FileTree
import SystemPackage
import Testing

@testable import RootfsPack

/// What the user reads of an archive that is refused, or that something is wrong with.
struct ArchiveDiagnosticTests {
  static let place = ArchivePlace(
    file: "/blobs/sha256/ab", offset: 0x1200, name: "usr/../\u{1B}[31m")

  @Test func `a place names the input, the file in it, the name in that and the offset`() {
    let diagnostic = Diagnostic(.refused(Self.place, .traversal), of: "x.oci.tar")
    #expect(
      diagnostic.line
        == "rootfs-pack: x.oci.tar, blobs/sha256/ab: usr/../\\x1B[31m at offset 0x1200: "
        + "a name with .. in it may lead out of the root")
    #expect(diagnostic.status == .failure)
  }

  @Test(
    arguments: [
      (.input("x", .noSuchFileOrDirectory), "x: no such file; check the path"),
      (.inputKind("/dev/zero", .characterDevice), "/dev/zero: is a character device; name an"),
      (.unknownFormat("x", .xz), "x: is compressed by xz"),
      (.unknownFormat("x", nil), "x: is neither an archive nor an image; tar, cpio"),
      (.temporaryDirectory("/t", .permissionDenied), "variable TMPDIR"),
      (.noSpace("/t", needed: 2_000_000), "the next file has 2.0 MB; name a larger place"),
      (.damaged(ArchivePlace(offset: 512), .truncated), "x at offset 0x200: ends here"),
      (
        .damaged(ArchivePlace(file: "/index.json"), .document(field: "manifests[0].size")),
        "x, index.json: isn't the JSON that it has to be, at manifests[0].size"
      ),
      (.damaged(ArchivePlace(), .digest("a\nb")), "x: 'a\\x0Ab' isn't a SHA-256 digest"),
      (
        .beyondLimit(ArchivePlace(), .compressionRatio, 250),
        "x: unfolds to more than 250 times its size"
      ),
      (.refused(ArchivePlace(name: "n"), .whiteoutDevice), "x: n: is the device 0:0, by which"),
    ] as [(ArchiveReadError, String)])
  func `an error names the place and the cause`(error: ArchiveReadError, part: String) {
    let line = Diagnostic(error, of: "x").line
    #expect(line.contains(part), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func `a platform that isn't there is a wrong use`() {
    let diagnostic = Diagnostic(
      .noPlatform(
        ImagePlatform(architecture: "arm64"),
        available: [ImagePlatform(architecture: "amd64"), ImagePlatform(architecture: "386")]),
      of: "x")
    #expect(
      diagnostic.line
        == "rootfs-pack: x: has no image for linux/arm64; there is linux/amd64, linux/386")
    #expect(diagnostic.status == .usage)
  }

  @Test func `a signal has the exit code that a shell would show`() {
    #expect(Diagnostic(.interrupted(signal: 2), of: "x").status.rawValue == 130)
  }

  @Test(
    arguments: [
      (.digest(stated: .init(of: []), actual: .init(of: [1])), "its digest is sha256:4bf5"),
      (.diffID(stated: "\u{7}", actual: .init(of: [])), "the configuration says \\x07"),
      (.missingParent, "usr/../\\x1B[31m at offset 0x1200: the directory has no entry"),
      (.linkLeavesRoot(text: "../../x"), "the link's text ../../x leads above the root"),
      (.missingEnd, "copy or make it again"), (.special(.fifo), "is a FIFO, which is neither"),
      (.more(7), "7 more violations"),
    ] as [(Violation.Fault, String)])
  func `a violation names the place and what is wrong`(fault: Violation.Fault, part: String) {
    let words = Violation(fault, at: Self.place).words
    let line = words.place + ": " + words.message
    #expect(line.contains(part), "\(line)")
  }
}
