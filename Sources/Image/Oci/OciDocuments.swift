internal import FoundationEssentials

/// The JSON of an image. Source: OCI image-spec 1.1, config.md, manifest.md, image-index.md,
/// descriptor.md, image-layout.md; docker's image specification 1.2 for ``DockerManifest``.
enum OciDocuments {
  static let layout = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

  /// The same value gives the same bytes: keys are sorted, nothing is left to chance.
  static func render(_ document: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // These types hold only strings, numbers and tables of them.
    guard let data = try? encoder.encode(document) else { fatalError("not encodable") }
    return Array(data)
  }

  static func timestamp(_ seconds: UInt64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }
}

enum MediaType {
  static let index = "application/vnd.oci.image.index.v1+json"
  static let manifest = "application/vnd.oci.image.manifest.v1+json"
  static let configuration = "application/vnd.oci.image.config.v1+json"

  static func layer(_ compression: Compression) -> String {
    let suffix =
      switch compression {
      case .gzip: "+gzip"
      case .zstd: "+zstd"
      case .none: ""
      }
    return "application/vnd.oci.image.layer.v1.tar" + suffix
  }
}

struct Descriptor: Encodable {
  let mediaType: String
  let digest: String
  let size: UInt64
  var platform: PlatformDocument?
  var annotations: [String: String]?

  init(_ mediaType: String, _ digest: BlobDigest, size: UInt64) {
    self.mediaType = mediaType
    self.digest = digest.text
    self.size = size
  }
}

struct PlatformDocument: Encodable {
  let architecture: String
  let os: String
  let variant: String?

  init(_ platform: Platform) {
    (architecture, os, variant) = (platform.architecture, platform.os, platform.variant)
  }
}

struct ManifestDocument: Encodable {
  let schemaVersion = 2
  let mediaType = MediaType.manifest
  let config: Descriptor
  let layers: [Descriptor]
  let annotations: [String: String]?
}

struct IndexDocument: Encodable {
  let schemaVersion = 2
  let mediaType = MediaType.index
  let manifests: [Descriptor]
  var annotations: [String: String]?
}

struct DockerManifest: Encodable {
  let config: String
  let repoTags: [String]
  let layers: [String]

  enum CodingKeys: String, CodingKey {
    case config = "Config"
    case repoTags = "RepoTags"
    case layers = "Layers"
  }
}

struct ConfigurationDocument: Encodable {
  let created: String
  let architecture: String
  let os: String
  let variant: String?
  let config: Execution
  let rootfs: RootFileSystem
  let history: [History]

  struct RootFileSystem: Encodable {
    let type = "layers"
    let diffIDs: [String]

    enum CodingKeys: String, CodingKey {
      case type
      case diffIDs = "diff_ids"
    }
  }

  struct History: Encodable {
    let created: String
    let createdBy = "rootfs-pack"
    let comment: String

    enum CodingKeys: String, CodingKey {
      case created, comment
      case createdBy = "created_by"
    }
  }

  struct Execution: Encodable {
    let user: String?
    let exposedPorts: [String: Empty]?
    let environment: [String]
    let entrypoint: [String]?
    let command: [String]?
    let volumes: [String: Empty]?
    let workingDirectory: String?
    let labels: [String: String]?
    let stopSignal: String?

    struct Empty: Encodable {}

    enum CodingKeys: String, CodingKey {
      case user = "User"
      case exposedPorts = "ExposedPorts"
      case environment = "Env"
      case entrypoint = "Entrypoint"
      case command = "Cmd"
      case volumes = "Volumes"
      case workingDirectory = "WorkingDir"
      case labels = "Labels"
      case stopSignal = "StopSignal"
    }

    init(_ configuration: ImageConfiguration) {
      user = configuration.user
      exposedPorts = Self.set(configuration.exposedPorts)
      environment = configuration.environment
      entrypoint = configuration.entrypoint.isEmpty ? nil : configuration.entrypoint
      command = configuration.command.isEmpty ? nil : configuration.command
      volumes = Self.set(configuration.volumes)
      workingDirectory = configuration.workingDirectory
      labels = configuration.labels.isEmpty ? nil : configuration.labels
      stopSignal = configuration.stopSignal
    }

    /// A set is written as a table of empty tables.
    private static func set(_ names: [String]) -> [String: Empty]? {
      names.isEmpty ? nil : Dictionary(names.map { ($0, Empty()) }) { first, _ in first }
    }
  }
}
