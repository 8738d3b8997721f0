import ELF
import Image
import Testing

struct ImageNameTests {
  static let references: [(text: String, full: String)] = [
    ("server", "docker.io/library/server:latest"), ("me/server:1.0", "docker.io/me/server:1.0"),
    ("localhost/server", "localhost/server:latest"),
    ("localhost:5000/server", "localhost:5000/server:latest"),
    ("example.org/a/b_c/d__e/f--g:v1.2-x_y", "example.org/a/b_c/d__e/f--g:v1.2-x_y"),
    ("server:Tag.1", "docker.io/library/server:Tag.1"), ("a.b/c", "a.b/c:latest"),
    ("docker.io/server", "docker.io/library/server:latest"),
    ("index.docker.io/me/server", "docker.io/me/server:latest"),
    ("HOST/x", "HOST/x:latest"), ("[::1]:5000/x", "[::1]:5000/x:latest"),
  ]

  @Test(arguments: references)
  func `a name is completed as docker does it`(name: (text: String, full: String)) {
    #expect(ImageReference(name.text)?.description == name.full)
  }

  @Test(arguments: [
    "", "Server", "server:", "server:-x", "server:a/b", "-server", "a//b", "a__-b", "a___b",
    "s@sha256:00",
    "server name", "example.org:port/x", "a..b/x", ".a/x", "a-.b/x", "host:+80/x",
    String(repeating: "a", count: 64), "a/b/", "server:\(String(repeating: "x", count: 129))",
  ])
  func `what no engine takes isn't a name`(text: String) {
    #expect(ImageReference(text) == nil)
  }

  static let formats: [(path: String, format: OutputFormat?)] = [
    ("runtime.tar", .tar), ("a.tar.gz", .tarGzip), ("a.tgz", .tarGzip), ("a.tar.zst", .tarZstd),
    ("root/", .directory), ("a.oci/", .ociLayout), ("a.oci", .ociLayout),
    ("a.oci.tar", .ociArchive),
    ("a.cpio", .cpio), ("a.cpio.gz", .cpioGzip), ("-", .tar), ("runtime", .tar),
    ("a.b/runtime", .tar), ("./runtime", .tar), (".hidden", .tar), ("a.zip", nil),
    ("a.oci.tar.gz", nil),
    ("a.tar.xz", nil),
  ]

  @Test(arguments: formats)
  func `a name's end tells the format`(name: (path: String, format: OutputFormat?)) {
    #expect(OutputFormat(path: name.path) == name.format)
  }

  static let platforms: [(header: ElfHeader, name: String?)] = [
    (ElfHeader(), "linux/amd64"), (ElfHeader(elfClass: .elf32, machine: .amd64), "linux/amd64"),
    (ElfHeader(elfClass: .elf32, machine: .x86), "linux/386"),
    (ElfHeader(machine: .aarch64), "linux/arm64"),
    (ElfHeader(elfClass: .elf32, machine: .arm, flags: 0x500_0400), "linux/arm/v7"),
    (ElfHeader(elfClass: .elf32, machine: .arm, flags: 0x500_0200), "linux/arm/v5"),
    (ElfHeader(machine: .ppc64), "linux/ppc64le"),
    (ElfHeader(dataEncoding: .bigEndian, machine: .ppc64), "linux/ppc64"),
    (ElfHeader(dataEncoding: .bigEndian, machine: .s390), "linux/s390x"),
    (ElfHeader(machine: .riscv), "linux/riscv64"),
    (ElfHeader(machine: .loongArch), "linux/loong64"),
    (ElfHeader(machine: .mips), "linux/mips64le"),
    (ElfHeader(elfClass: .elf32, dataEncoding: .bigEndian, machine: .mips), "linux/mips"),
    (ElfHeader(machine: .parisc), nil), (ElfHeader(machine: Machine(rawValue: 61166)), nil),
  ]

  @Test(arguments: platforms)
  func `a platform is named as Go names it`(platform: (header: ElfHeader, name: String?)) {
    #expect(Platform(platform.header)?.description == platform.name)
  }
}
