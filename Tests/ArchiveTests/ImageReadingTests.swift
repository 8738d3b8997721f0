import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// Images of every packaging: what is read of them, which of several, and how layers lie over each other.
struct ImageReadingTests {
  static let table = [
    "/etc directory 0755", "/etc/c file 0644 5", "/usr directory 0755", "/usr/a file 0644 5",
    "/usr/b file 0644 4",
  ]

  @Test(arguments: [nil, "gzip", "zstd"])
  func `an image archive is read with all that it says`(compression: String?) throws {
    var image = RawImage()
    image.compression = compression
    let files = try image.files()
    let bundle = try Reads.read(RawImage.archive(of: files))
    #expect(bundle.violations.isEmpty)
    #expect(bundle.format == ArchiveFormat(kind: .imageArchive))
    #expect(bundle.table == Self.table)
    #expect(bundle.entries.map(\.layer) == [1, 1, 0, 0, 0])
    let read = try #require(bundle.image)
    #expect(read.names == [RawImage.name])
    #expect(read.platform.description == "linux/amd64")
    for digest in [read.manifestDigest, read.identifier] + read.layers.map(\.digest) {
      #expect(digest.flatMap { files["blobs/sha256/" + $0.hexadecimal] } != nil)
    }
    #expect(read.layers.map(\.diffID) == image.layers.map { ContentDigest(of: $0.complete) })
    #expect(read.layers.map { $0.compression?.rawValue } == [compression, compression])
    var expected = RunConfiguration()
    (expected.entrypoint, expected.command) = (["/usr/a"], ["x"])
    (expected.environment, expected.user) = (["PATH=/usr/bin"], "1:2")
    (expected.workingDirectory, expected.exposedPorts) = ("/w", ["80/tcp"])
    (expected.volumes, expected.stopSignal) = (["/v"], "SIGINT")
    (expected.labels, expected.created) = (["k": "v"], "1970-01-01T00:00:00Z")
    #expect(read.configuration == expected)
  }

  @Test(arguments: ["layout/", "image.tar.gz", "image.tar.zst", "pipe"])
  func `the packaging makes no difference`(name: String) throws {
    let directory = try TemporaryDirectory()
    let archive = try RawImage().archive()
    try directory.write(archive, to: "image.tar")
    try Shell.bash(
      """
      mkdir layout; tar -C layout -xf image.tar
      gzip -kn image.tar; zstd -q image.tar; mkfifo pipe
      """, in: directory.url)
    if name == "pipe" {
      let path = directory.path
      Thread.detachNewThread {
        let pipe = FileHandle(forWritingAtPath: path + "/pipe")
        try? pipe?.write(contentsOf: Data(archive))
        try? pipe?.close()
      }
    }
    let bundle = try Reads.read(directory, name)
    let plain = try Reads.read(archive)
    #expect(bundle.entries == plain.entries && bundle.image == plain.image)
    #expect(bundle.violations.isEmpty)
    #expect(bundle.format.kind == (name == "layout/" ? .imageLayout : .imageArchive))
  }

  @Test func `a layout's links stay inside of it`() throws {
    let directory = try TemporaryDirectory()
    try directory.write(try RawImage().archive(), to: "image.tar")
    try Shell.bash(
      """
      mkdir layout; tar -C layout -xf image.tar; mv layout/index.json .; rm layout/manifest.json
      ln -s "$PWD/index.json" layout/index.json
      """, in: directory.url)
    // The link leads out, so that the layout has no index.
    let index = ArchivePlace(file: "/index.json")
    #expect(throws: ArchiveReadError.damaged(index, .missing)) {
      try Reads.read(directory, "layout")
    }
    try Shell.bash(
      "mv index.json layout/real; ln -sf /real layout/index.json", in: directory.url)
    #expect(try Reads.read(directory, "layout").image?.names == [RawImage.name])
  }

  @Test func `a tree with a file of an image's name is a tree`() throws {
    for text in ["{}", "[]", "[{}]", #"[{"Config":1}]"#, "text"] {
      let bundle = try Reads.read(
        RawTar(.file("index.json", "{}"), .file("manifest.json", text)).complete)
      #expect(bundle.image == nil && bundle.entries.count == 2)
    }
  }

  // MARK: Which image

  static let choices: [(ReadOptions.PlatformChoice, String?)] = [
    (.first, "linux/arm/v7"),
    (.preferring(ImagePlatform(architecture: "arm64")), "linux/arm64/v8"),
    (.preferring(ImagePlatform(architecture: "s390x")), "linux/arm/v7"),
    (.only(ImagePlatform(architecture: "amd64")), "linux/amd64"),
    (.only(ImagePlatform(architecture: "amd64", variant: "v1")), "linux/amd64"),
    (.only(ImagePlatform(architecture: "arm")), "linux/arm/v7"),
    (.only(ImagePlatform(architecture: "arm", variant: "v6")), nil),
    (.only(ImagePlatform(os: "windows", architecture: "amd64")), nil),
  ]

  @Test(arguments: choices, [false, true])
  func `an image is chosen by its platform`(
    choice: (ReadOptions.PlatformChoice, String?), isNested: Bool
  ) throws {
    var image = RawImage()
    image.platforms = ["linux/arm/v7", "linux/arm64/v8", "linux/amd64"]
    image.isNested = isNested
    let archive = try image.archive()
    guard let expected = choice.1 else {
      guard case .only(let wanted) = choice.0 else { return }
      let available = image.platforms.compactMap { ImagePlatform($0) }
      #expect(throws: ArchiveReadError.noPlatform(wanted, available: available)) {
        try Reads.read(archive) { $0.platform = choice.0 }
      }
      return
    }
    let bundle = try Reads.read(archive) { $0.platform = choice.0 }
    #expect(bundle.image?.platform.description == expected)
    #expect(bundle.image?.choices.map(\.platform.description) == image.platforms)
    #expect(bundle.violations.isEmpty)
  }

  @Test(arguments: ["linux", "linux/", "/amd64", "linux/arm/v7/x", ""])
  func `what names no platform is none`(text: String) {
    #expect(ImagePlatform(text) == nil)
  }

  @Test func `other platforms' blobs are checked, too`() throws {
    var image = RawImage()
    image.platforms = ["linux/amd64", "linux/arm64"]
    image.layers = [RawTar(.file("a"))]
    var files = try image.files()
    // The second platform gets a layer of its own.
    var other = RawImage()
    other.platforms = ["linux/arm64"]
    other.layers = [RawTar(.file("b", "other"))]
    files.merge(try other.files()) { first, _ in first }
    let damaged = "blobs/sha256/" + ContentDigest(of: other.layers[0].complete).hexadecimal
    files[damaged] = RawTar(.file("b", "OTHER")).complete
    let manifests = try [image, other].flatMap { raw in
      let index = try JSONSerialization.jsonObject(with: Data(raw.files()["index.json"] ?? []))
      return (index as? RawImage.Document)?["manifests"] as? [Any] ?? []
    }
    files["index.json"] = try RawImage.encode(["manifests": [manifests[0], manifests[2]]])
    let bundle = try Reads.read(RawImage.archive(of: files))
    let faults = bundle.violations.filter { $0.place.file == RootPath(stringLiteral: damaged) }
    #expect(
      faults.map(\.fault) == [
        .digest(
          stated: ContentDigest(of: other.layers[0].complete),
          actual: ContentDigest(of: RawTar(.file("b", "OTHER")).complete))
      ])
  }

  // MARK: docker's archives

  /// What `docker save` wrote before it knew OCI: with `names` for the layers.
  static func dockerArchive(
    _ image: RawImage = RawImage(), config: String? = nil, layers names: [String] = ["1", "2"]
  ) throws -> RawTar {
    let document = try image.files()
    let content = document.values.first { $0.starts(with: Array(#"{"architecture"#.utf8)) }
    let config = config ?? ContentDigest(of: content ?? []).hexadecimal + ".json"
    var archive = RawTar(RawTar.Entry(name: config, content: content ?? []))
    for (name, layer) in zip(names, image.layers) {
      archive.append(.directory(name + "/"))
      archive.append(.file(name + "/VERSION", "1.0"))
      archive.append(.file(name + "/json", "{}"))
      archive.append(RawTar.Entry(name: name + "/layer.tar", content: layer.complete))
    }
    let manifest = [
      ["Config": config, "RepoTags": ["a:1", "b:2"], "Layers": names.map { $0 + "/layer.tar" }]
        as RawImage.Document
    ]
    archive.append(
      RawTar.Entry(name: "manifest.json", content: try RawImage.encode(manifest)))
    archive.append(.file("repositories", "{}"))
    return archive
  }

  @Test func `an archive of docker's older kind is read`() throws {
    let bundle = try Reads.read(Self.dockerArchive().complete)
    #expect(bundle.violations.isEmpty)
    #expect(bundle.format.kind == .dockerArchive && bundle.table == Self.table)
    #expect(bundle.image?.names == ["a:1", "b:2"] && bundle.image?.manifestDigest == nil)
  }

  @Test func `a configuration that isn't what its name says is told`() throws {
    let name = String(repeating: "0", count: 64) + ".json"
    let bundle = try Reads.read(Self.dockerArchive(config: name).complete)
    let violation = try #require(bundle.violations.first)
    #expect(violation.place.file == RootPath(stringLiteral: name) && bundle.violations.count == 1)
    guard case .configurationName = violation.fault else {
      Issue.record("\(violation)")
      return
    }
  }

  @Test func `a layer that is a link to another is read`() throws {
    var image = RawImage()
    image.layers[1] = image.layers[0]
    var archive = try Self.dockerArchive(image, layers: ["1"])
    let manifest = [
      [
        "Config": "c.json", "RepoTags": NSNull(),
        "Layers": ["1/layer.tar", "2/layer.tar", "3/layer.tar"],
      ] as RawImage.Document
    ]
    archive = RawTar()
    archive.append(RawTar.Entry(name: "1/layer.tar", content: image.layers[0].complete))
    archive.append(.link("2/layer.tar", to: "../1/layer.tar"))
    archive.append(.hardLink("3/layer.tar", to: "1/layer.tar"))
    archive.append(RawTar.Entry(name: "manifest.json", content: try RawImage.encode(manifest)))
    let id = ContentDigest(of: image.layers[0].complete).description
    let configuration: RawImage.Document = [
      "os": "linux", "architecture": "amd64", "rootfs": ["diff_ids": [id, id, id]],
    ]
    archive.append(RawTar.Entry(name: "c.json", content: try RawImage.encode(configuration)))
    let bundle = try Reads.read(archive.complete)
    #expect(bundle.image?.layers.count == 3 && bundle.image?.names == [])
    #expect(bundle.entries.map(\.layer) == [2, 2, 2] && bundle.violations.isEmpty)
  }

  @Test func `a link out of the archive leads nowhere`() throws {
    var archive = try Self.dockerArchive(layers: ["1"])
    let link = RawTar.Entry.link("2/layer.tar", to: "../../../../etc/passwd")
    archive = RawTar()
    archive.append(link)
    archive.append(
      .file("c.json", #"{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]}}"#))
    archive.append(
      .file("manifest.json", #"[{"Config":"c.json","Layers":["2/layer.tar"]}]"#))
    #expect(
      throws: ArchiveReadError.damaged(ArchivePlace(file: "/2/layer.tar"), .missing)
    ) { try Reads.read(archive.complete) }
  }

  @Test(arguments: [true, false])
  func `docker's manifest counts beside an index that leads to no image`(isNull: Bool) throws {
    var image = RawImage()
    image.editIndex = { $0["manifests"] = isNull ? NSNull() : [] as [Any] as Any }
    let bundle = try Reads.read(try image.archive())
    #expect(bundle.table == Self.table && bundle.violations.map(\.fault) == [.unreferenced])
    #expect(bundle.format == ArchiveFormat(kind: .imageArchive))
    #expect(bundle.image?.names == [RawImage.name])
  }

  @Test func `an empty index alone is no image`() throws {
    var image = RawImage()
    image.editIndex = { $0["manifests"] = NSNull() }
    image.editFiles = { $0["manifest.json"] = nil }
    let archive = try image.archive()
    #expect(throws: ArchiveReadError.damaged(ArchivePlace(), .noImage)) {
      try Reads.read(archive)
    }
  }
}
