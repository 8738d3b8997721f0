import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct DotnetApplicationTests {
  static let frameworks: ByteString = "/usr/share/dotnet/shared/Microsoft.NETCore.App"

  /// A root with .NET, and an application beside the program that starts it.
  static func system(framework: String = "6.0.1") -> [RootPath: InMemoryTree.Node] {
    var table: [RootPath: InMemoryTree.Node] = [
      "/usr/bin/dotnet": .link("../share/dotnet/dotnet"),
      "/usr/share/dotnet/dotnet": .elf(.program()),
      "/usr/share/dotnet/host/fxr/6.0.9/libhostfxr.so": .library(),
      "/usr/share/dotnet/host/fxr/6.0.10/libhostfxr.so": .library(),
      "/srv/app": .elf(.program(), constants: ["libhostfxr.so"]),
      "/srv/app.dll": .assembly("app", references: [CilBuilder.Reference("System.Net.Security")]),
      "/srv/app.runtimeconfig.json": .text(
        """
        {"runtimeOptions": {"framework":
          {"name": "Microsoft.NETCore.App", "version": "\(framework)"}}}
        """),
      "/srv/app.deps.json": .text(
        """
        {"targets": {".NETCoreApp,Version=v6.0": {
          "app/1.0.0": {"runtime": {"app.dll": {}}},
          "Part/1.0.0": {
            "runtime": {"lib/net6.0/Part.dll": {"assemblyVersion": "1.0.0.0"}},
            "resources": {"lib/net6.0/de/Part.resources.dll": {"locale": "de"}},
            "runtimeTargets": {
              "runtimes/linux-x64/native/libpart.so": {"rid": "linux-x64", "assetType": "native"},
              "runtimes/win-x64/native/part.dll": {"rid": "win-x64", "assetType": "native"},
              "../../etc/shadow": {"rid": "linux-x64", "assetType": "native"}}}}}}
        """),
      "/srv/Part.dll": .assembly("Part"),
      "/srv/Stray.dll": .assembly("Stray"),
      "/srv/de/Part.resources.dll": .assembly("Part.resources"),
      "/srv/runtimes/linux-x64/native/libpart.so": .library(),
      "/srv/runtimes/win-x64/native/part.dll": .text("MZ"),
      "/etc/shadow": .text("root:*:"),
      "/usr/lib/x86_64-linux-gnu/libicuuc.so.67": .library(),
      "/usr/lib/x86_64-linux-gnu/libicuuc.so.72": .library(),
      "/usr/lib/x86_64-linux-gnu/libicuuc.so.72.1": .library(),
    ]
    for version in ["5.0.17", "6.0.1", "6.0.36", "6.1.0", "7.0.0"] {
      let directory = frameworks + "/" + ByteString(version)
      table[RootPath(normalising: directory + "/System.Net.Security.dll")] = .assembly(
        "System.Net.Security", modules: ["libSystem.Security.Cryptography.Native.OpenSsl"])
    }
    return table
  }

  private func fixture(_ table: [RootPath: InMemoryTree.Node]) -> PluginFixture {
    var fixture = PluginFixture(DotnetApplication(), table)
    fixture.root.systemDirectories = ["/usr/lib/x86_64-linux-gnu/"]
    return fixture
  }

  @Test(arguments: ["/srv/app", "/srv/app.dll"])
  func `an application brings what its list names, its framework and its host`(path: String) {
    var fixture = fixture(Self.system())
    let needs = fixture.needs(of: ByteString(path), isProgram: true)
    #expect(
      Set(needs.essential.paths) == [
        "/srv/app.dll", "/srv/app.runtimeconfig.json", "/srv/app.deps.json", "/srv/Part.dll",
        "/srv/de/Part.resources.dll", "/srv/runtimes/linux-x64/native/libpart.so",
        "/usr/share/dotnet/host/fxr/6.0.10/libhostfxr.so", Self.frameworks + "/6.0.36",
      ])
  }

  @Test(arguments: [
    ("6.0.0", "6.0.36"), ("6.0.36", "6.0.36"), ("6.1.0", "6.1.0"), ("7.0.0-preview.1", "7.0.0"),
    ("5.0.0", "5.0.17"), ("6.2.0", nil), ("8.0.0", nil),
  ])
  func `of a framework's versions the nearest minor one with its last patch counts`(
    wanted: String, found: String?
  ) {
    var fixture = fixture(Self.system(framework: wanted))
    let paths = fixture.needs(of: "/srv/app", isProgram: true).paths
    let versions = paths.filter { $0.hasPrefix(Self.frameworks) }
    #expect(versions == [Self.frameworks + "/" + ByteString(found ?? wanted)])
  }

  @Test func `what moves takes its files along, in their directories`() {
    var fixture = fixture(Self.system())
    let needs = fixture.needs(of: "/srv/app", isProgram: true, place: "/opt/x/app")
    let places = needs.flatMap(\.wishes).compactMap { wish -> RootPath? in
      if case .path(_, let place) = wish { place } else { nil }
    }
    #expect(places.contains("/opt/x/runtimes/linux-x64/native/libpart.so"))
    #expect(places.contains("/opt/x/de/Part.resources.dll"))
    #expect(places.contains("/opt/x/app.deps.json"))
  }

  @Test func `cultures and cryptography are libraries of the system`() {
    var fixture = fixture(Self.system())
    let libraries = fixture.needs(of: "/srv/app", isProgram: true).essential.libraries
    #expect(libraries == ["libicuuc.so.72", "libicui18n.so", "libssl.so.3"])
  }

  @Test func `an application without cultures does without their library`() {
    var table = Self.system()
    table["/srv/app.runtimeconfig.json"] = .text(
      """
      {"runtimeOptions": {"includedFrameworks": [],
        "configProperties": {"System.Globalization.Invariant": true}}}
      """)
    var fixture = fixture(table)
    let needs = fixture.needs(of: "/srv/app", isProgram: true)
    // It has its framework beside itself, so the system's isn't looked at.
    #expect(needs.libraries.isEmpty && !needs.paths.contains { $0.hasPrefix("/usr") })
  }

  @Test func `another program beside such files is none`() {
    var table = Self.system()
    table["/srv/app"] = .elf(.program())
    var fixture = fixture(table)
    #expect(fixture.needs(of: "/srv/app", isProgram: true).isEmpty)
  }

  // MARK: Single files

  private static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// A program with files behind its end, as the manifest's version 6 lists them.
  ///
  /// - Parameter repetitions: how often the manifest lists all of them.
  private static func singleFile(
    _ files: [(path: String, kind: Int, bytes: [UInt8])], repetitions: Int = 1
  ) -> [UInt8] {
    let marker: [UInt8] = [
      0x8B, 0x12, 0x02, 0xB9, 0x6A, 0x61, 0x20, 0x38, 0x72, 0x7B, 0x93, 0x02, 0x14, 0xD7, 0xA0,
      0x32, 0x13, 0xF5, 0xB9, 0xE6, 0xEF, 0xAE, 0x33, 0x18, 0xEE, 0x3B, 0x2D, 0xCE, 0x24, 0xB3,
      0x6A, 0xAE,
    ]
    let mark: ByteString = "placeholder-of-the-header"
    var file = ElfBuilder.bytes(
      of: .program(), constants: [mark + ByteString(marker)])
    // The table of section headers, which linkers write last.
    let table = file.count
    file.replaceSubrange(0x28..<0x30, with: number(table, 8))
    file.replaceSubrange(0x3A..<0x3E, with: number(64, 2) + number(1, 2))
    file += [UInt8](repeating: 0, count: 128)
    var list: [UInt8] = []
    for (path, kind, bytes) in files {
      list += number(file.count, 8) + number(bytes.count, 8) + number(0, 8) + [UInt8(kind)]
      list += [UInt8(path.utf8.count)] + Array(path.utf8)
      file += bytes
    }
    let header = file.count
    file +=
      number(6, 4) + number(0, 4) + number(files.count * repetitions, 4) + [2] + Array("id".utf8)
    file += [UInt8](repeating: 0, count: 40)
    file += repeatElement(list, count: repetitions).joined()
    let place = file.indices.first { file[$0...].starts(with: marker) } ?? 0
    file.replaceSubrange((place - 8)..<place, with: number(header, 8))
    return file
  }

  private static var bundle: [UInt8] {
    var app = CilBuilder("app")
    app.modules = ["libSystem.Security.Cryptography.Native.OpenSsl"]
    let list = """
      {"targets": {"t": {"Part/1.0.0": {"native":
        {"runtimes/linux-x64/native/libpart.so": {}}}}}}
      """
    let configuration = #"{"runtimeOptions": {"includedFrameworks": []}}"#
    return singleFile([
      ("app.dll", 1, app.bytes), ("app.deps.json", 3, Array(list.utf8)),
      ("app.runtimeconfig.json", 4, Array(configuration.utf8)),
      ("libinside.so", 2, Array("native".utf8)),
    ])
  }

  @Test func `a single file tells what lies beside it, and what its assemblies call`() {
    var fixture = fixture([
      "/srv/app": .file(Self.bundle, permissions: 0o755), "/srv/libpart.so": .library(),
    ])
    let needs = fixture.needs(of: "/srv/app", isProgram: true)
    #expect(needs.paths == ["/srv/libpart.so"])
    #expect(needs.directories == ["/tmp"])
    #expect(needs.essential.libraries == ["libicuuc.so", "libicui18n.so", "libssl.so.3"])
  }

  @Test func `a list that names the same bytes again and again is none`() {
    let list = [(path: "app.deps.json", kind: 3, bytes: [UInt8](repeating: 0x20, count: 1 << 20))]
    func bundle(_ repetitions: Int) -> SingleFileBundle? {
      SingleFileBundle(OpenFile(bytes: Self.singleFile(list, repetitions: repetitions)))
    }
    #expect(bundle(2)?.entries.count == 2)
    #expect(bundle(1000) == nil)
  }

  @Test func `a list of files that is cut off or damaged ends nothing`() {
    let bytes = Self.bundle
    #expect(SingleFileBundle(OpenFile(bytes: bytes))?.entries.count == 4)
    for place in bytes.indices.suffix(240) {
      var damaged = bytes
      damaged[place] ^= 0xFF
      _ = SingleFileBundle(OpenFile(bytes: damaged))
      _ = SingleFileBundle(OpenFile(bytes: Array(bytes[..<place])))
    }
  }
}
