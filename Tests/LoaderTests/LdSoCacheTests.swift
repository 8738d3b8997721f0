import ELF
import FileTree
import Loader
import Testing

/// The cache's order of names and its formats. What `ldconfig` writes is read in
/// EndToEndTests/LoaderFixtureTests, what is written here is read by the real loader there.
struct LdSoCacheTests {
  @Test(arguments: [
    ("libz.so.1", "libz.so.1", 0), ("libz.so.9", "libz.so.10", -1), ("libz.so.10", "libz.so.9", 1),
    ("libz.so.010", "libz.so.10", 0), ("liba.so", "libb.so", -1), ("lib1", "liba", 1),
    ("liba", "lib1", -1), ("lib", "lib.so", -1), ("lib.so", "lib", 1),
  ])
  func `digits compare as numbers and are above anything else`(
    left: String, right: String, expected: Int
  ) {
    let order = LdSoCache.compare(ByteString(left), ByteString(right), signed: true)
    #expect(order.signum() == expected)
  }

  @Test func `a byte above 0x7F is below all others where char is signed`() {
    #expect(LdSoCache.compare("libé.so", "libz.so", signed: true) < 0)
    #expect(LdSoCache.compare("libé.so", "libz.so", signed: false) > 0)
  }

  @Test func `bytes that are no cache are ignored, at any length`() {
    let platform = LoaderPlatform(ElfHeader())
    let header = Array("glibc-ld.so.cache1.1".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]
    for length in 0...header.count {
      #expect(LdSoCache(bytes: Array(header.prefix(length)), platform: platform) == nil)
    }
    #expect(LdSoCache(bytes: Array("ld.so-1.7.0".utf8), platform: platform) == nil)
  }

  @Test func `every port has flags of its own among those that it takes`() {
    for machine in [Machine.amd64, .x86, .arm, .aarch64, .ppc64, .s390, .mips, .riscv] {
      let platform = LoaderPlatform(ElfHeader(machine: machine))
      #expect(platform.acceptedCacheFlags.contains(platform.cacheFlags))
    }
    #expect(LoaderPlatform(ElfHeader()).acceptedCacheFlags == [0x303])
  }
}
