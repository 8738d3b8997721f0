import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct CilMetadataTests {
  static let builder: CilBuilder = {
    var builder = CilBuilder("App")
    builder.references = [
      CilBuilder.Reference("mscorlib", token: [0xB7, 0x7A, 0x5C, 0x56, 0x19, 0x34, 0xE0, 0x89]),
      CilBuilder.Reference("Library", version: [1, 2, 3, 65535]),
    ]
    builder.modules = ["libc", "MonoPosixHelper", "libc"]
    builder.unusedModules = ["never"]
    return builder
  }()

  @Test(arguments: [false, true])
  func `an assembly tells its name, its references and its native modules`(
    hasLargeHeaps: Bool
  ) throws {
    var builder = Self.builder
    builder.hasLargeHeaps = hasLargeHeaps
    let metadata = try #require(PortableExecutable.metadata(builder.bytes))
    #expect(metadata.name == "App")
    #expect(
      metadata.references == [
        .init(name: "mscorlib", version: "4.0.0.0", culture: "", token: "b77a5c561934e089"),
        .init(name: "Library", version: "1.2.3.65535", culture: "", token: ""),
      ])
    #expect(metadata.nativeModules == ["libc", "MonoPosixHelper"])
  }

  @Test func `a module that no method is in isn't asked for`() throws {
    let metadata = try #require(PortableExecutable.metadata(Self.builder.bytes))
    #expect(!metadata.nativeModules.contains("never"))
  }

  @Test func `metadata is found wherever it stands`() throws {
    let bytes = [UInt8](repeating: 7, count: 5) + Self.builder.metadata
    let data = EncodedBytes(bytes, encoding: .littleEndian)
    var budget = ReadBudget(fileSize: UInt64(bytes.count))
    #expect(CilMetadata(data, at: 5, &budget)?.name == "App")
    #expect(CilMetadata(data, at: 4, &budget) == nil)
  }

  @Test func `what many roots name in common is read a few times`() {
    let bytes = Self.builder.metadata
    let data = EncodedBytes(bytes, encoding: .littleEndian)
    var budget = ReadBudget(fileSize: UInt64(bytes.count), atMost: UInt64(4 * bytes.count))
    var count = 0
    while count < 1000, CilMetadata(data, at: 0, &budget) != nil { count += 1 }
    #expect(count > 0 && count < 1000)
  }

  @Test func `an assembly that ends anywhere is none, or tells less`() {
    let bytes = Self.builder.bytes
    let whole = PortableExecutable.metadata(bytes)
    for end in bytes.indices {
      let part = PortableExecutable.metadata(Array(bytes[..<end]))
      #expect(part == nil || part == whole || end > bytes.count - 8, "cut at \(end)")
    }
  }

  @Test func `no byte that is another one ends the program`() {
    let bytes = Self.builder.bytes
    for place in bytes.indices {
      for value: UInt8 in [0x00, 0x7F, 0x80, 0xFF] where bytes[place] != value {
        var damaged = bytes
        damaged[place] = value
        _ = PortableExecutable.metadata(damaged)
      }
    }
  }

  @Test(arguments: [[], Array("MZ".utf8), Array("\u{7F}ELF".utf8)])
  func `another file is no assembly`(bytes: [UInt8]) {
    #expect(PortableExecutable.metadata(bytes) == nil)
  }
}
