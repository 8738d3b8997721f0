import FileTree
import Foundation
import TestSupport
import Testing

@testable import Archive

/// A good image broken in one way after the other: what is only wrong is told, what can't be read or lies
/// about a size is refused.
struct BrokenImageTests {
  /// A change of an image, by what it is about.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout RawImage) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout RawImage) -> Void) {
      (testDescription, self.apply) = (name, apply)
    }
  }

  static func read(_ change: Change, _ edit: (inout ReadOptions) -> Void = { _ in }) throws
    -> ReadBundle
  {
    var image = RawImage()
    change.apply(&image)
    return try Reads.read(image.archive(), edit)
  }

  /// Where a layer of the good image lies.
  static func blob(ofLayer number: Int) -> String {
    "blobs/sha256/" + ContentDigest(of: RawImage().layers[number].complete).hexadecimal
  }

  static let zeros = "sha256:" + String(repeating: "0", count: 64)

  // MARK: Violations

  static let odd: [(Change, @Sendable (Violation.Fault) -> Bool)] = [
    (
      Change("a bit of a layer") {
        $0.editFiles = { $0[blob(ofLayer: 1)]?[1024] ^= 1 }
      },
      // The blob isn't what it is named by, nor the layer what the configuration says.
      { if case .digest = $0 { true } else if case .diffID = $0 { true } else { false } }
    ),
    (
      Change("a diff id") {
        $0.editConfiguration = set(zeros, at: "rootfs", "diff_ids", 0)
      }, { if case .diffID(stated: zeros, _) = $0 { true } else { false } }
    ),
    (
      Change("a diff id that is none") {
        $0.editConfiguration = set("x", at: "rootfs", "diff_ids", 1)
      }, { if case .diffID(stated: "x", _) = $0 { true } else { false } }
    ),
    (
      Change("a missing diff id") {
        $0.editConfiguration = set(nil, at: "rootfs", "diff_ids", 1)
      }, { $0 == .diffIDCount(1, layers: 2) }
    ),
    (
      Change("a missing entry of the history") {
        $0.editConfiguration = set(nil, at: "history", 0)
      }, { $0 == .historyCount(1, layers: 2) }
    ),
    (
      Change("a layer's media type") {
        $0.editManifest = set(RawImage.oci + "layer.v1.tar+gzip", at: "layers", 0, "mediaType")
      },
      {
        $0
          == .mediaType(
            stated: RawImage.oci + "layer.v1.tar+gzip", actual: RawImage.oci + "layer.v1.tar")
      }
    ),
    (
      Change("the manifest's media type") {
        $0.editManifest = set("text/plain", at: "mediaType")
      }, { $0 == .mediaType(stated: "text/plain", actual: RawImage.oci + "manifest.v1+json") }
    ),
    (
      Change("the index's media type") { $0.editIndex = set("text/plain", at: "mediaType") },
      { $0 == .mediaType(stated: "text/plain", actual: RawImage.oci + "index.v1+json") }
    ),
    (
      Change("the layout's version") {
        $0.editFiles = { $0["oci-layout"] = Array(#"{"imageLayoutVersion":"2.0.0"}"#.utf8) }
      }, { $0 == .layoutVersion("2.0.0") }
    ),
    (
      Change("the platform in the index") {
        $0.editIndex = set("arm64", at: "manifests", 0, "platform", "architecture")
      },
      {
        $0
          == .platform(
            stated: ImagePlatform(architecture: "arm64"),
            actual: ImagePlatform(architecture: "amd64"))
      }
    ),
    (
      Change("a blob that nothing names") {
        $0.editFiles = { $0["blobs/sha256/x"] = [] }
      }, { $0 == .unreferenced }
    ),
    (
      Change("a file beside the layout") { $0.editFiles = { $0["readme"] = [] } },
      { $0 == .unreferenced }
    ),
    (
      Change("another platform's manifest") {
        $0.platforms = ["linux/amd64", "linux/arm64"]
        $0.editIndex = set(zeros, at: "manifests", 1, "digest")
      },
      // What the manifest refers to is nobody's.
      { $0 == .missingBlob || $0 == .unreferenced }
    ),
    (
      Change("docker's layers") {
        $0.editDocker = { $0[0]["Layers"] = ["blobs/sha256/x"] }
      }, { $0 == .dockerManifest }
    ),
    (
      Change("docker's configuration") { $0.editDocker = { $0[0]["Config"] = "x" } },
      { $0 == .dockerManifest }
    ),
  ]

  @Test(arguments: odd)
  func `what is wrong is told, and the image read`(
    change: Change, isExpected: @Sendable (Violation.Fault) -> Bool
  ) throws {
    let bundle = try Self.read(change)
    #expect(!bundle.violations.isEmpty)
    for violation in bundle.violations {
      #expect(isExpected(violation.fault), "\(violation)")
      #expect(violation.place.file != nil)
    }
    #expect(bundle.table == ImageReadingTests.table)
  }

  @Test func `what isn't a platform's image is passed over`() throws {
    var image = RawImage()
    image.platforms = ["unknown/unknown", "linux/amd64"]
    let bundle = try Reads.read(image.archive())
    #expect(bundle.image?.choices.map(\.platform.description) == ["linux/amd64"])
    // docker's manifest names the first, which is no image.
    #expect(bundle.faults == [.dockerManifest])
  }

  @Test func `the usual variant needn't be named on both sides`() throws {
    var image = RawImage()
    image.platforms = ["linux/arm64"]
    image.editIndex = set("v8", at: "manifests", 0, "platform", "variant")
    #expect(try Reads.read(image.archive()).violations.isEmpty)
    image.editIndex = set("v9", at: "manifests", 0, "platform", "variant")
    #expect(try Reads.read(image.archive()).faults.count == 1)
  }

  // MARK: Refusals

  static let refused: [(Change, @Sendable (ArchiveReadError) -> Bool)] = [
    (
      Change("a manifest shorter than its descriptor") {
        $0.editIndex = set(100_000, at: "manifests", 0, "size")
      }, { if case .damaged(_, .size(stated: 100_000, _)) = $0 { true } else { false } }
    ),
    (
      Change("a layer longer than its descriptor") {
        $0.editManifest = set(512, at: "layers", 1, "size")
      }, { if case .damaged(_, .size(stated: 512, _)) = $0 { true } else { false } }
    ),
    (
      Change("a size below zero") { $0.editManifest = set(-1, at: "config", "size") },
      // The decoder doesn't tell where such a number stands.
      { isDocument($0, nil) }
    ),
    (
      Change("a size of letters") { $0.editIndex = set("x", at: "manifests", 0, "size") },
      { isDocument($0, "manifests[0].size") }
    ),
    (
      Change("an index that is no JSON") { $0.editFiles = { $0["index.json"] = [0x7B] } },
      { isDocument($0, nil) }
    ),
    (
      Change("an index of deep nesting") {
        $0.editFiles = {
          $0["index.json"] = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        }
      }, { isDocument($0, nil) }
    ),
    (
      Change("an index without manifests") {
        $0.editIndex = set(nil, at: "manifests")
        $0.editFiles = { $0["manifest.json"] = nil }
      }, { $0 == .damaged(ArchivePlace(), .noImage) }
    ),
    (
      Change("no index") {
        $0.editFiles = { files in for name in ["index.json", "manifest.json"] { files[name] = nil }
        }
      },
      { $0 == .damaged(ArchivePlace(file: "/index.json"), .missing) }
    ),
    (
      Change("no manifest") {
        $0.editFiles = { files in
          for (path, bytes) in files
          where path.hasPrefix("blobs/")
            && String(decoding: bytes, as: UTF8.self).contains("\"layers\":[")
          {
            files[path] = nil
          }
        }
      }, { if case .damaged(let place, .missing) = $0 { place.file != nil } else { false } }
    ),
    (
      Change("no image") {
        $0.editIndex = set([Any](), at: "manifests")
        $0.editFiles = { $0["manifest.json"] = nil }
      }, { $0 == .damaged(ArchivePlace(), .noImage) }
    ),
    (
      Change("an entry point that is no list") {
        $0.editConfiguration = set("/a", at: "config", "Entrypoint")
      }, { isDocument($0, "config.Entrypoint") }
    ),
    (
      Change("a configuration without a platform") {
        $0.editConfiguration = set(nil, at: "architecture")
      }, { isDocument($0, "architecture") }
    ),
    (
      Change("a digest that leads out") {
        $0.editIndex = set("sha256:../../etc/passwd", at: "manifests", 0, "digest")
      }, { $0 == .damaged(ArchivePlace(), .digest("sha256:../../etc/passwd")) }
    ),
    (
      Change("a digest of another kind") {
        $0.editManifest = set("sha512:00", at: "layers", 0, "digest")
      }, { $0 == .damaged(ArchivePlace(), .digest("sha512:00")) }
    ),
    (
      Change("a digest of capital letters") {
        $0.editManifest = set(
          "sha256:" + String(repeating: "A", count: 64), at: "config", "digest")
      }, { if case .damaged(_, .digest) = $0 { true } else { false } }
    ),
    (
      Change("a layer that is gone") {
        $0.editManifest = set(zeros, at: "layers", 0, "digest")
      }, { if case .damaged(_, .missing) = $0 { true } else { false } }
    ),
    (
      Change("an index in itself") { image in
        // Its digest is wrong, which alone would be told and not refused.
        let inner: RawImage.Document = [
          "mediaType": RawImage.oci + "index.v1+json", "digest": zeros, "size": 0,
        ]
        image.editFiles = { files in
          var index: RawImage.Document = ["manifests": [inner]]
          var size = 0
          while let bytes = try? RawImage.encode(index), bytes.count != size {
            size = bytes.count
            set(size, at: "manifests", 0, "size")(&index)
          }
          files["index.json"] = try? RawImage.encode(index)
          files["blobs/sha256/" + String(repeating: "0", count: 64)] = files["index.json"]
        }
      }, { isDocument($0, "manifests") }
    ),
    (
      Change("a traversal in a layer") { $0.layers[1] = RawTar(.file("../x")) },
      {
        if case .refused(let place, .traversal) = $0 {
          place.file?.isInside("/blobs/sha256") == true && place.name == "../x"
        } else {
          false
        }
      }
    ),
    (
      Change("a traversal in the archive") { $0.editFiles = { $0["../x"] = [] } },
      { if case .refused(_, .traversal) = $0 { true } else { false } }
    ),
    (
      Change("a layer that is no archive") {
        $0.editFiles = { files in
          let size = files[blob(ofLayer: 0)]?.count ?? 0
          files[blob(ofLayer: 0)] = [UInt8](repeating: 65, count: size)
        }
      }, { if case .damaged(_, .checksum) = $0 { true } else { false } }
    ),
  ]

  private static func isDocument(_ error: ArchiveReadError, _ field: String?) -> Bool {
    if case .damaged(_, .document(field)) = error { true } else { false }
  }

  @Test(arguments: refused)
  func `what lies or can't be read is refused`(
    change: Change, isExpected: @Sendable (ArchiveReadError) -> Bool
  ) {
    let error = #expect(throws: ArchiveReadError.self) { try Self.read(change) }
    if let error { #expect(isExpected(error), "\(error)") }
  }

  @Test func `documents and layers have limits`() throws {
    let large = Change("a label of 1 MB") {
      $0.editConfiguration = set(
        String(repeating: "x", count: 1 << 20), at: "config", "Labels", "k")
    }
    var error = #expect(throws: ArchiveReadError.self) {
      try Self.read(large) { $0.limits.documentSize = 1 << 20 }
    }
    guard case .beyondLimit(_, .documentSize, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Self.read(large).violations.isEmpty)
    error = #expect(throws: ArchiveReadError.self) {
      try Self.read(Change("two layers") { _ in }) { $0.limits.layerCount = 1 }
    }
    #expect(error == .beyondLimit(ArchivePlace(), .layerCount, 1))
  }

  @Test func `a flipped bit of an image never goes unseen`() throws {
    var image = RawImage()
    image.layers = [RawTar(.file("a", "text"))]
    let files = try image.files()
    let good = try Reads.read(RawImage.archive(of: files))
    // Of the blobs, each bit is covered by a digest; the other files have none.
    for name in files.keys.sorted() where name.hasPrefix("blobs/") {
      let content = files[name] ?? []
      for index in stride(from: 0, to: content.count, by: content.count / 60 + 1) {
        var damaged = files
        damaged[name]?[index] ^= 0x04
        do {
          let bundle = try Reads.read(RawImage.archive(of: damaged))
          #expect(!bundle.violations.isEmpty, "\(name) at \(index)")
        } catch is ArchiveReadError {
        }
      }
    }
    #expect(good.violations.isEmpty)
  }
}
