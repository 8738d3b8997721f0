internal import FileTree
internal import FoundationEssentials

/// The files beside an application of .NET that tell its host what to load.
///
/// Source: dotnet/sdk `documentation/specs/runtime-configuration-file.md`.
struct DotnetFiles: Sendable {
  /// In-root.
  let directory: ByteString
  /// That of the main assembly, without `.dll`.
  let name: ByteString

  /// - Parameter path: of the main assembly, or of the program that starts it.
  init(beside path: ByteString) {
    directory = path.directoryPart
    name = ConfigurationText.withoutSuffixes(
      [".dll", ".exe"], of: ConfigurationText.name(of: path))
  }

  var assembly: ByteString { directory + "/" + name + ".dll" }
  var configuration: ByteString { directory + "/" + name + ".runtimeconfig.json" }
  var dependencies: ByteString { directory + "/" + name + ".deps.json" }

  func isApplication(in root: inout RootView) -> Bool {
    root.isFile(configuration) || root.isFile(dependencies)
  }
}

/// What a `runtimeconfig.json` says, as far as it decides what is loaded.
struct DotnetConfiguration: Decodable, Sendable {
  struct Framework: Decodable, Hashable, Sendable {
    let name: String
    let version: String
  }

  private struct Options: Decodable {
    let framework: Framework?
    let frameworks: [Framework]?
    let configProperties: Properties?
  }

  private struct Properties: Decodable {
    let isInvariant: Bool?

    private enum CodingKeys: String, CodingKey {
      case isInvariant = "System.Globalization.Invariant"
    }
  }

  /// Those that the system has; none for a self-contained application.
  let frameworks: [Framework]
  /// Whether it does without the data of cultures.
  let isInvariant: Bool

  private enum CodingKeys: CodingKey { case runtimeOptions }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let options = try container.decode(Options.self, forKey: .runtimeOptions)
    frameworks = (options.framework.map { [$0] } ?? []) + (options.frameworks ?? [])
    isInvariant = options.configProperties?.isInvariant ?? false
  }

  /// Nil for what isn't such a document.
  init?(_ text: [UInt8]) {
    // A mark of the encoding may stand first.
    let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    guard let decoded = try? JSONDecoder().decode(Self.self, from: Data(text)) else { return nil }
    self = decoded
  }
}

/// What a `deps.json` names.
///
/// Source: dotnet/runtime `src/native/corehost/hostpolicy/deps_format.cpp`: of a package's assets those of
/// the last part of the path lie beside the application, and those for several machines below
/// `runtimes/`.
struct DotnetDependencies: Decodable, Sendable {
  private struct Library: Decodable {
    let runtime: [String: Asset]?
    let native: [String: Asset]?
    let resources: [String: Asset]?
    let runtimeTargets: [String: Asset]?
  }

  private struct Asset: Decodable {
    let rid: String?
    let locale: String?
  }

  /// The paths below the application's directory where each asset may lie, the first that exists counts;
  /// sorted.
  let assets: [[ByteString]]

  private enum CodingKeys: CodingKey { case targets }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let targets = try container.decode([String: [String: Library]].self, forKey: .targets)
    var assets: Set<[ByteString]> = []
    for library in targets.values.flatMap(\.values) {
      for part in [library.runtime, library.native] {
        for path in (part ?? [:]).keys {
          let path = ByteString(path)
          assets.insert([path, ConfigurationText.name(of: path)])
        }
      }
      for (path, asset) in library.resources ?? [:] {
        let path = ByteString(path)
        let locale = ByteString(asset.locale ?? "")
        assets.insert([path, locale + "/" + ConfigurationText.name(of: path)])
      }
      for (path, asset) in library.runtimeTargets ?? [:] where Self.isForLinux(asset.rid) {
        assets.insert([ByteString(path)])
      }
    }
    self.assets = assets.filter { $0.allSatisfy(Self.isInside) }.sorted { $0[0] < $1[0] }
  }

  /// Nil for what isn't such a document.
  init?(_ text: [UInt8]) {
    let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    guard let decoded = try? JSONDecoder().decode(Self.self, from: Data(text)) else { return nil }
    self = decoded
  }

  /// Which machine it is for is told by the files themselves.
  private static func isForLinux(_ identifier: String?) -> Bool {
    guard let identifier else { return true }
    return ["linux", "unix", "any", "alpine", "debian", "ubuntu"].contains {
      identifier.hasPrefix($0)
    }
  }

  private static func isInside(_ path: ByteString) -> Bool {
    !path.hasPrefix("/") && !path.split { $0 == UInt8(ascii: "/") }.contains("..")
  }
}
