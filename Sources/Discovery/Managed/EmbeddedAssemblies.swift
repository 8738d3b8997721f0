internal import ELF
internal import FileTree

/// The assemblies and configuration that a program of Mono has inside.
struct EmbeddedAssemblies: Sendable {
  private(set) var assemblies: [CilMetadata] = []
  /// Texts of configuration with the assembly that each is for; nil for the runtime's.
  private(set) var configurations: [(assembly: ByteString?, text: [UInt8])] = []

  /// Symbols of the runtime that only a program imports which starts it by itself.
  static let startSymbols: Set<ByteString> = [
    "mono_main", "mono_jit_init", "mono_jit_init_version", "mono_register_bundled_assemblies",
  ]
  /// In bytes: of all assemblies and configurations together.
  static let contentLimit: UInt64 = 256 << 20
  /// Some may be there more than once.
  private var seen: Set<CilMetadata> = []

  /// Nil for a program without any.
  init?(in object: ObservedObject, _ root: inout RootView) {
    guard object.isProgram, object.image != nil, let file = try? root.open(object.path) else {
      return nil
    }
    if let directory = MkbundleDirectory(file) {
      read(directory, of: file)
    } else if !object.imports.isDisjoint(with: Self.startSymbols) {
      scan(root.constants(of: object.real))
    }
    if assemblies.isEmpty { return nil }
  }

  private mutating func read(_ directory: MkbundleDirectory, of file: borrowing OpenFile) {
    var budget = ReadBudget(fileSize: file.size, atMost: Self.contentLimit)
    for entry in directory.entries {
      guard ["assembly", "config", "systemconfig"].contains(entry.kind),
        let bytes = try? file.read(at: entry.offset, count: entry.size)
      else { continue }
      switch entry.kind {
      case "assembly": PortableExecutable.metadata(bytes, &budget).map { add($0) }
      case "config":
        let name = ConfigurationText.withoutSuffixes([".config", ".dll", ".exe"], of: entry.name)
        configurations.append((name, bytes))
      default: configurations.append((nil, bytes))
      }
    }
  }

  /// `mkbundle --custom` compiles assemblies in as constants, and so do others that embed Mono.
  private mutating func scan(_ segments: [ElfImage.Content]) {
    let size = segments.reduce(0) { $0 + UInt64($1.bytes.count) }
    var budget = ReadBudget(fileSize: size, atMost: Self.contentLimit)
    for segment in segments.map(\.bytes) {
      let data = EncodedBytes(segment, encoding: .littleEndian)
      for place in Self.places(of: CilMetadata.signature, in: segment) {
        CilMetadata(data, at: place, &budget).map { add($0) }
      }
      for place in Self.places(of: Array("<configuration>".utf8), in: segment) {
        let end = segment[place...].firstIndex(of: 0) ?? segment.endIndex
        guard budget.spend(end - place) else { return }
        configurations.append((nil, Array(segment[place..<end])))
      }
    }
  }

  private mutating func add(_ metadata: CilMetadata) {
    if seen.insert(metadata).inserted { assemblies.append(metadata) }
  }

  private static func places(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
    var places: [Int] = []
    var position = 0
    while let place = find(pattern, in: bytes, from: position) {
      places.append(place)
      position = place + pattern.count
    }
    return places
  }
}
