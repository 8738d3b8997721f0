import Foundation
import TestSupport

@testable import Archive

/// An image made by hand, right in every way, each part of which a test can change before the next is made of
/// it.
struct RawImage {
  typealias Document = [String: Any]

  static let oci = "application/vnd.oci.image."
  static let name = "docker.io/library/sample:latest"

  /// The layers of each platform, the lowest first.
  var layers: [RawTar] = [
    RawTar(.directory("usr/"), .file("usr/a", "lower"), .file("usr/b", "both")),
    RawTar(.directory("etc/"), .file("etc/c", "upper")),
  ]
  var platforms = ["linux/amd64"]
  /// Whether the images are in an index of their own.
  var isNested = false
  /// `gzip`, `zstd` or nothing.
  var compression: String?

  var editConfiguration: (inout Document) -> Void = { _ in }
  var editManifest: (inout Document) -> Void = { _ in }
  var editNested: (inout Document) -> Void = { _ in }
  var editIndex: (inout Document) -> Void = { _ in }
  var editDocker: (inout [Document]) -> Void = { _ in }
  var editFiles: (inout [String: [UInt8]]) -> Void = { _ in }

  /// The files by their paths.
  func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    func put(_ type: String, _ content: [UInt8], _ more: Document = [:]) -> Document {
      let digest = ContentDigest(of: content)
      files["blobs/sha256/" + digest.hexadecimal] = content
      return more.merging(
        ["mediaType": type, "digest": digest.description, "size": content.count]) { $1 }
    }
    func path(_ descriptor: Any?) -> String {
      let digest = (descriptor as? Document)?["digest"] as? String ?? ""
      return "blobs/" + digest.replacing(":", with: "/", maxReplacements: 1)
    }
    var images: [Document] = []
    var docker: [Document] = []
    for text in platforms {
      let parts = text.split(separator: "/").map(String.init)
      var platform: Document = ["os": parts[0], "architecture": parts[1]]
      if parts.count > 2 { platform["variant"] = parts[2] }
      var (descriptors, diffIDs): ([Document], [String]) = ([], [])
      for layer in layers {
        let plain = layer.complete
        let blob = try compression.map { try CompressionTests.compressed(plain, "\($0) -c") }
        let suffix = compression.map { "+" + $0 } ?? ""
        descriptors.append(put(Self.oci + "layer.v1.tar" + suffix, blob ?? plain))
        diffIDs.append(ContentDigest(of: plain).description)
      }
      var configuration = platform.merging([
        "created": "1970-01-01T00:00:00Z",
        "config": [
          "Entrypoint": ["/usr/a"], "Cmd": ["x"], "Env": ["PATH=/usr/bin"], "User": "1:2",
          "WorkingDir": "/w", "ExposedPorts": ["80/tcp": Document()],
          "Volumes": ["/v": Document()], "StopSignal": "SIGINT", "Labels": ["k": "v"],
        ] as Document,
        "rootfs": ["type": "layers", "diff_ids": diffIDs] as Document,
        "history": diffIDs.map { _ in Document() } + [["empty_layer": true]],
      ]) { $1 }
      editConfiguration(&configuration)
      let config = put(Self.oci + "config.v1+json", try Self.encode(configuration))
      var manifest: Document = [
        "schemaVersion": 2, "mediaType": Self.oci + "manifest.v1+json", "config": config,
        "layers": descriptors,
      ]
      editManifest(&manifest)
      images.append(
        put(Self.oci + "manifest.v1+json", try Self.encode(manifest), ["platform": platform]))
      docker.append([
        "Config": path(manifest["config"]), "RepoTags": [Self.name],
        "Layers": (manifest["layers"] as? [Any] ?? []).map(path),
      ])
    }
    var top = images
    if isNested {
      var nested: Document = [
        "schemaVersion": 2, "mediaType": Self.oci + "index.v1+json", "manifests": images,
      ]
      editNested(&nested)
      top = [put(Self.oci + "index.v1+json", try Self.encode(nested))]
    }
    top = top.map {
      $0.merging(["annotations": ["io.containerd.image.name": Self.name]]) { $1 }
    }
    var index: Document = [
      "schemaVersion": 2, "mediaType": Self.oci + "index.v1+json", "manifests": top,
    ]
    editIndex(&index)
    docker = Array(docker.prefix(1))
    editDocker(&docker)
    files["oci-layout"] = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)
    files["index.json"] = try Self.encode(index)
    files["manifest.json"] = try Self.encode(docker)
    editFiles(&files)
    return files
  }

  /// Those of an image of one layer, whatever its bytes.
  static func files(ofLayer layer: [UInt8]) throws -> [String: [UInt8]] {
    var image = RawImage()
    image.layers = [RawTar(bytes: layer)]
    return try image.files()
  }

  func archive() throws -> [UInt8] { try Self.archive(of: files()) }

  static func archive(of files: [String: [UInt8]]) -> [UInt8] {
    var archive = RawTar()
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
      archive.append(RawTar.Entry(name: path, content: content))
    }
    return archive.complete
  }

  static func encode(_ document: Any) throws -> [UInt8] {
    Array(
      try JSONSerialization.data(
        withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes]))
  }
}

/// Changes the value at a path of keys and indices in a document; nil removes it.
func set(_ value: Any?, at path: Any...) -> (inout RawImage.Document) -> Void {
  func edit(_ node: Any?, _ path: ArraySlice<Any>) -> Any? {
    guard let key = path.first else { return value }
    if let index = key as? Int, var array = node as? [Any] {
      if let changed = edit(array[index], path.dropFirst()) {
        array[index] = changed
      } else {
        array.remove(at: index)
      }
      return array
    }
    var table = node as? RawImage.Document ?? [:]
    table[key as? String ?? ""] = edit(table[key as? String ?? ""], path.dropFirst())
    return table
  }
  return { document in document = edit(document, path[...]) as? RawImage.Document ?? [:] }
}
