/// The JSON of an image, as far as anything is done with it. Fields that engines can do without are optional.
///
/// Source: OCI image-spec 1.1, image-layout.md, image-index.md, manifest.md, descriptor.md, config.md; docker's
/// image specification 1.2 for ``DockerImageDocument``.
struct LayoutDocument: Decodable {
  let imageLayoutVersion: String
}

struct IndexDocument: Decodable {
  let mediaType: String?
  /// Null where docker has an image in `manifest.json` alone.
  let manifests: [DescriptorDocument]?
}

struct DescriptorDocument: Decodable {
  let mediaType: String?
  let digest: String
  let size: UInt64
  let platform: PlatformDocument?
  let annotations: [String: String]?
}

struct PlatformDocument: Decodable {
  let os: String
  let architecture: String
  let variant: String?

  var platform: ImagePlatform {
    // Written as an empty text by some.
    ImagePlatform(
      os: os, architecture: architecture, variant: variant?.isEmpty == true ? nil : variant)
  }
}

struct ManifestDocument: Decodable {
  let mediaType: String?
  let config: DescriptorDocument
  let layers: [DescriptorDocument]
}

struct ConfigurationDocument: Decodable {
  let os: String
  let architecture: String
  let variant: String?
  let created: String?
  let config: Execution?
  let rootfs: RootFileSystem
  let history: [History]?

  struct RootFileSystem: Decodable {
    let diffIDs: [String]

    enum CodingKeys: String, CodingKey {
      case diffIDs = "diff_ids"
    }
  }

  struct History: Decodable {
    let isEmptyLayer: Bool?

    enum CodingKeys: String, CodingKey {
      case isEmptyLayer = "empty_layer"
    }
  }

  struct Execution: Decodable {
    let user: String?
    let exposedPorts: [String: Anything]?
    let environment: [String]?
    let entrypoint: [String]?
    let command: [String]?
    let volumes: [String: Anything]?
    let workingDirectory: String?
    let labels: [String: String]?
    let stopSignal: String?

    /// A value that means nothing.
    struct Anything: Decodable {
      init(from decoder: any Decoder) {}
    }

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
  }

  var platform: ImagePlatform {
    PlatformDocument(os: os, architecture: architecture, variant: variant).platform
  }

  var runConfiguration: RunConfiguration {
    var result = config.map { RunConfiguration($0) } ?? RunConfiguration()
    result.created = created
    return result
  }
}

extension RunConfiguration {
  /// An empty text is the same as none, as docker writes it.
  init(_ document: ConfigurationDocument.Execution) {
    func text(_ value: String?) -> String? { value?.isEmpty == true ? nil : value }
    self.init()
    entrypoint = document.entrypoint ?? []
    command = document.command ?? []
    environment = document.environment ?? []
    user = text(document.user)
    workingDirectory = text(document.workingDirectory)
    exposedPorts = (document.exposedPorts ?? [:]).keys.sorted()
    volumes = (document.volumes ?? [:]).keys.sorted()
    stopSignal = text(document.stopSignal)
    labels = document.labels ?? [:]
  }
}

/// One image of docker's `manifest.json`.
struct DockerImageDocument: Decodable {
  let config: String
  let names: [String]?
  let layers: [String]

  enum CodingKeys: String, CodingKey {
    case config = "Config"
    case names = "RepoTags"
    case layers = "Layers"
  }
}
