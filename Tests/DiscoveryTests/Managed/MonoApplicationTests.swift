import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct MonoApplicationTests {
  static let token: [UInt8] = [0xB7, 0x7A, 0x5C, 0x56, 0x19, 0x34, 0xE0, 0x89]
  static let cache: ByteString = "/usr/lib/mono/gac/System/4.0.0.0__b77a5c561934e089/System.dll"

  /// A root with Mono, whose class library is small.
  static let system: [RootPath: InMemoryTree.Node] = [
    "/usr/bin/mono": .elf(.program(), constants: ["/usr/lib", "/etc"]),
    "/etc/mono/config": .text(
      """
      <configuration>
        <dllmap dll="libc" target="libc.so.6"/>
        <dllmap dll="MonoPosixHelper" target="$mono_libdir/libMonoPosixHelper.so"/>
        <dllmap dll="sound" target="libasound.so.2"/>
      </configuration>
      """),
    "/etc/mono/4.5/machine.config": .text("<configuration/>"),
    "/usr/lib/libMonoPosixHelper.so": .library(),
    "/usr/lib/mono/4.5/mscorlib.dll": .assembly("mscorlib", modules: ["libc", "kernel32.dll"]),
    RootPath(normalising: cache): .assembly(
      "System", references: [CilBuilder.Reference("mscorlib")],
      modules: ["MonoPosixHelper", "sound"]),
  ]

  private func fixture(_ more: [RootPath: InMemoryTree.Node]) -> PluginFixture {
    PluginFixture(MonoApplication(), Self.system.merging(more) { $1 })
  }

  @Test func `an assembly brings what it refers to, and what that refers to`() {
    var fixture = fixture([
      "/srv/app.exe": .assembly(
        "app", references: [CilBuilder.Reference("System", token: Self.token)])
    ])
    let needs = fixture.needs(of: "/srv/app.exe", isProgram: true)
    #expect(needs.essential.paths == ["/usr/lib/mono/4.5/mscorlib.dll", Self.cache])
    #expect(
      needs.asking(for: "/usr/lib/../lib/libMonoPosixHelper.so")?.isEssential == true)
  }

  @Test func `what the class library has for some programs is a hint`() {
    var fixture = fixture([
      "/srv/app.exe": .assembly(
        "app", references: [CilBuilder.Reference("System", token: Self.token)], modules: ["sound"])
    ])
    let needs = fixture.needs(of: "/srv/app.exe", isProgram: true)
    func need(of module: ByteString, in file: ByteString) -> RuntimeNeed? {
      needs.first { $0.evidence == Evidence(file: file, mark: .metadata(module)) }
    }
    #expect(need(of: "sound", in: Self.cache)?.isEssential == false)
    #expect(need(of: "sound", in: "/srv/app.exe")?.isEssential == true)
    #expect(
      need(of: "kernel32.dll", in: "/usr/lib/mono/4.5/mscorlib.dll")?.isEssential == false)
  }

  @Test func `the line of the map is evidence too`() {
    var fixture = fixture(["/srv/app.exe": .assembly("app", modules: ["sound"])])
    let needs = fixture.needs(of: "/srv/app.exe", isProgram: true)
    #expect(needs.compactMap(\.place) == ["/etc/mono/config:4"])
  }

  @Test func `another version of the class library answers, as the runtime unifies them`() {
    var fixture = fixture([
      "/srv/app.exe": .assembly(
        "app",
        references: [CilBuilder.Reference("System", version: [2, 0, 0, 0], token: Self.token)])
    ])
    #expect(fixture.needs(of: "/srv/app.exe", isProgram: true).paths.contains(Self.cache))
  }

  @Test func `what lies beside an assembly moves along with it`() {
    var fixture = fixture([
      "/home/me/app.exe": .assembly(
        "app", references: [CilBuilder.Reference("Part")], modules: ["part"]),
      "/home/me/app.exe.config": .text("<configuration/>"),
      "/home/me/Part.dll": .assembly("Part"),
      "/home/me/libpart.so": .library(),
    ])
    let needs = fixture.needs(of: "/home/me/app.exe", isProgram: true, place: "/app.exe")
    let places = needs.flatMap(\.wishes).compactMap { wish -> RootPath? in
      if case .path(_, let place) = wish { place } else { nil }
    }
    #expect(Set(places) == ["/app.exe.config", "/Part.dll", "/libpart.so"])
  }

  @Test func `a reference that nothing answers is told, and isn't essential`() {
    var fixture = fixture([
      "/srv/app.exe": .assembly("app", references: [CilBuilder.Reference("Nowhere")])
    ])
    let needs = fixture.needs(of: "/srv/app.exe", isProgram: true)
    #expect(needs.hints.first?.evidence.mark == .metadata("Nowhere 4.0.0.0"))
  }

  // MARK: Programs with assemblies inside

  /// - Parameter repetitions: how often the directory lists all of them.
  private static func mkbundle(
    _ entries: [(name: String, bytes: [UInt8])], repetitions: Int = 1
  ) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    var file = ElfBuilder.bytes(of: .program(), constants: ["/usr/lib", "/etc"])
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      directory += number(name.utf8.count + 1, 4) + Array(name.utf8) + [0]
      directory += number(file.count, 8) + number(bytes.count, 4)
      file += bytes
    }
    let start = file.count
    return file + number(entries.count * repetitions, 4)
      + Array(repeatElement(directory, count: repetitions).joined()) + number(start, 8)
      + Array("xmonkeysloveplay".utf8)
  }

  private static var bundle: [UInt8] {
    var app = CilBuilder("app")
    app.references = [CilBuilder.Reference("mscorlib"), CilBuilder.Reference("Outside")]
    app.modules = ["MonoPosixHelper"]
    let map = #"<dllmap dll="MonoPosixHelper" target="$mono_libdir/libMonoPosixHelper.so"/>"#
    return mkbundle([
      ("assembly:app.exe", app.bytes), ("assembly:mscorlib.dll", CilBuilder("mscorlib").bytes),
      ("systemconfig:", Array("<configuration>\(map)</configuration>".utf8)),
    ])
  }

  @Test func `a bundled program asks for what isn't inside, and for native modules`() {
    var fixture = fixture(["/srv/app": .file(Self.bundle, permissions: 0o755)])
    let needs = fixture.needs(of: "/srv/app", isProgram: true)
    #expect(
      needs.essential.paths == [
        "/etc/mono/4.5/machine.config", "/etc/mono/config",
      ])
    #expect(Set(needs.libraries) == ["/usr/lib/../lib/libMonoPosixHelper.so"])
    #expect(needs.hints.contains { $0.evidence.mark == .metadata("Outside 4.0.0.0") })
  }

  @Test func `without the file, the map inside leads to the root directory`() {
    let table = Self.system.filter { $0.key != "/etc/mono/config" }
      .merging(["/srv/app": .file(Self.bundle, permissions: 0o755)]) { $1 }
    var fixture = PluginFixture(MonoApplication(), table)
    let wishes = fixture.needs(of: "/srv/app", isProgram: true).flatMap(\.wishes)
    #expect(
      wishes.contains(
        .path("/usr/lib/../lib/libMonoPosixHelper.so", at: "/libMonoPosixHelper.so")))
  }

  @Test func `entries that name the same bytes again and again end with the first few`() {
    let text = Array("<configuration/>".utf8) + [UInt8](repeating: 0x20, count: 1 << 20)
    let bytes = Self.mkbundle([("systemconfig:", text)], repetitions: 1000)
    let count = MkbundleDirectory(OpenFile(bytes: bytes))?.entries.count ?? 0
    #expect(count > 1 && count < 10)
  }

  @Test func `a directory that is cut off or damaged ends nothing`() {
    let bytes = Self.bundle
    for place in bytes.indices.suffix(160) {
      var damaged = bytes
      damaged[place] ^= 0xFF
      _ = MkbundleDirectory(OpenFile(bytes: damaged))
    }
    let entries = MkbundleDirectory(OpenFile(bytes: bytes))?.entries
    #expect(entries?.map(\.kind) == ["assembly", "assembly", "systemconfig"])
    #expect(MkbundleDirectory(OpenFile(bytes: Array(bytes.dropLast()))) == nil)
  }

  @Test func `a program that starts the runtime by itself has its assemblies among its constants`()
  {
    var app = CilBuilder("app")
    app.modules = ["MonoPosixHelper"]
    let bytes = ElfBuilder.bytes(of: .program(), constants: [ByteString(app.metadata)])
    var fixture = fixture(["/srv/app": .file(bytes, permissions: 0o755)])
    let needs = fixture.needs(of: "/srv/app", isProgram: true, imports: ["mono_main"])
    #expect(Set(needs.libraries) == ["/usr/lib/../lib/libMonoPosixHelper.so"])
    #expect(fixture.needs(of: "/srv/app", isProgram: true).isEmpty)
  }

  // MARK: Where the runtime looks

  @Test(arguments: [
    ("/usr/bin/mono", "/usr/lib", "/etc"), ("/app", "/usr/lib", "/etc"),
    ("/opt/mono/bin/mono", "/opt/mono/lib", "/opt/mono/etc"),
    ("/opt/other/bin/mono", "/usr/lib", "/etc"), ("/opt/mono/mono", "/usr/lib", "/etc"),
  ])
  func `the runtime's directories follow the program's place`(
    place: String, libraries: String, configuration: String
  ) throws {
    var fixture = fixture(["/opt/mono/lib/mono/4.5/mscorlib.dll": .assembly("mscorlib")])
    let runtime = try #require(
      MonoRuntime(
        at: "/usr/bin/mono", for: RootPath(normalising: ByteString(place)), in: &fixture.root))
    #expect(runtime.libraries == ByteString(libraries))
    #expect(runtime.configuration == ByteString(configuration))
  }
}
