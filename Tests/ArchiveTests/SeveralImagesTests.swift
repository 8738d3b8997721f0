import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// Inputs with several images of one platform, as `docker save a b` and copies of several tags make them.
struct SeveralImagesTests {
  /// Two images that have nothing in common but their platform.
  private static func images() throws -> [(name: String, files: [String: [UInt8]])] {
    try ["first", "second"].map { name in
      var image = RawImage()
      image.layers = [RawTar(.file(name, name))]
      image.editIndex = set(
        "docker.io/library/\(name):1", at: "manifests", 0, "annotations", "io.containerd.image.name"
      )
      image.editDocker = { $0[0]["RepoTags"] = ["\(name):1"] }
      return (name, try image.files())
    }
  }

  /// One input of both, with `index.json` and `manifest.json` for all.
  private static func joined(isDocker: Bool) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var manifests: [Any] = []
    var docker: [Any] = []
    for image in try images() {
      files.merge(image.files) { $1 }
      func json(_ name: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(image.files[name] ?? []))
      }
      manifests += (try json("index.json") as? RawImage.Document)?["manifests"] as? [Any] ?? []
      docker += try json("manifest.json") as? [Any] ?? []
    }
    files["index.json"] = try RawImage.encode(["schemaVersion": 2, "manifests": manifests])
    files["manifest.json"] = try RawImage.encode(docker)
    if isDocker { (files["index.json"], files["oci-layout"]) = (nil, nil) }
    return files
  }

  private static func read(
    _ files: [String: [UInt8]], _ edit: (inout ReadOptions) -> Void = { _ in }
  ) throws -> [(name: String?, bundle: Result<ReadBundle, ArchiveReadError>)] {
    let directory = try TemporaryDirectory()
    try directory.write(RawImage.archive(of: files), to: "input")
    var options = ReadOptions()
    options.temporaryDirectory = FilePath(NSTemporaryDirectory())
    edit(&options)
    return try ArchiveReader(options: options).read(FilePath(directory.path + "/input")) {
      ($0.image?.name, $0.bundle)
    }
  }

  @Test(arguments: [false, true])
  func `each image is read with what it holds`(isDocker: Bool) throws {
    let read = try Self.read(try Self.joined(isDocker: isDocker))
    #expect(read.count == 2)
    for (image, name) in zip(read, ["first", "second"]) {
      let bundle = try image.bundle.get()
      #expect(image.name?.hasSuffix("\(name):1") == true)
      #expect(bundle.table == ["/\(name) file 0644 \(name.count)"])
      #expect(bundle.image?.choices.count == 2)
      // docker's documents leave the manifests out.
      #expect(bundle.violations.allSatisfy { isDocker && $0.fault == .unreferenced })
    }
  }

  @Test(arguments: [
    ("second:1", ["second"]), ("docker.io/library/second:1", ["second"]), ("second", ["second"]),
    ("1", ["first", "second"]), ("library/first:1", ["first"]), ("localhost/first:1", ["first"]),
  ])
  func `an image is chosen by its name, tag or repository`(
    text: String, names: [String]
  ) throws {
    for isDocker in [false, true] {
      let read = try Self.read(try Self.joined(isDocker: isDocker)) { $0.image = text }
      #expect(try read.map { try $0.bundle.get().table.count } == names.map { _ in 1 })
      #expect(read.compactMap(\.name).map { $0.contains("first") ? "first" : "second" } == names)
    }
  }

  @Test func `an image is chosen by its digest or id, whole or begun`() throws {
    let files = try Self.joined(isDocker: false)
    let second = try #require(try Self.read(files).last?.bundle.get().image)
    let digests = try [#require(second.manifestDigest), second.identifier]
    for digest in digests {
      for text in [digest.description, digest.hexadecimal, String(digest.hexadecimal.prefix(12))] {
        let read = try Self.read(files) { $0.image = text }
        #expect(read.map(\.name) == [second.choice.name])
      }
    }
  }

  @Test(arguments: ["third", "second:2", "sha256:000000", ""])
  func `a name that no image has is refused with those that there are`(text: String) throws {
    let names = ["first", "second"].map { "docker.io/library/\($0):1" }
    #expect(throws: ArchiveReadError.noImage(text, available: names)) {
      try Self.read(try Self.joined(isDocker: false)) { $0.image = text }
    }
  }

  @Test func `what is no image has none of a name`() throws {
    #expect(throws: ArchiveReadError.noImage("a", available: [])) {
      try Reads.read(RawTar(.file("a", "a")).complete) { $0.image = "a" }
    }
  }

  @Test(arguments: [false, true])
  func `damage of one image is that one's, and the other is read`(isDocker: Bool) throws {
    var files = try Self.joined(isDocker: isDocker)
    let layer = RawTar(.file("second", "second")).complete
    let path = "blobs/sha256/" + ContentDigest(of: layer).hexadecimal
    files[path]?[0] ^= 1
    let read = try Self.read(files)
    #expect(try read[0].bundle.get().table == ["/first file 0644 5"])
    let place = ArchivePlace(file: RootPath(normalising: ByteString("/" + path)), offset: 0)
    #expect(throws: ArchiveReadError.damaged(place, .checksum)) { try read[1].bundle.get() }
  }

  @Test func `an image with several names is read once`() throws {
    var image = RawImage()
    image.editIndex = { index in
      guard let manifests = index["manifests"] as? [RawImage.Document] else { return }
      let other = manifests[0].merging(
        ["annotations": ["io.containerd.image.name": "docker.io/library/other:2"]]) { $1 }
      index["manifests"] = manifests + [other]
    }
    let read = try Self.read(try image.files())
    #expect(read.count == 1)
    #expect(
      try read[0].bundle.get().image?.names == [RawImage.name, "docker.io/library/other:2"])
  }

  @Test func `layers of what isn't read are held against the configuration all the same`() throws {
    var files = try Self.joined(isDocker: true)
    let layer = RawTar(.file("second", "second")).complete
    let path = "blobs/sha256/" + ContentDigest(of: layer).hexadecimal
    // A file's content, which no header's sum knows.
    files[path]?[512] ^= 1
    let read = try Self.read(files) { $0.image = "first" }
    let faults = try read[0].bundle.get().faults
    #expect(faults.contains { if case .diffID = $0 { true } else { false } })
  }
}
