import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct PresetTests {
  private static let system: [RootPath: InMemoryTree.Node] = [
    "/lib64/ld-linux-x86-64.so.2": .elf(
      .library(soname: "ld-linux-x86-64.so.2"), constants: ["/lib/", "/usr/lib/"]),
    "/bin/sh": .elf(.program()),
    "/lib/libgcc_s.so.1": .text("0123456789"),
    "/usr/lib/gconv/gconv-modules": .text("module A// INTERNAL A 1\n"),
    "/usr/lib/gconv/A.so": .text("0123456789012345678901234567890123456789"),
    "/etc/services": .text("http 80/tcp\n"),
    "/usr/share/zoneinfo/UTC": .text("TZif"), "/usr/share/zoneinfo/posix/UTC": .text("TZif"),
    "/usr/share/zoneinfo/Europe/Rome": .text("TZif"), "/usr/share/zoneinfo/localtime": .text("TZ"),
    "/usr/bin/tini": .text("tini"), "/usr/share/terminfo/x/xterm": .text("xterm"),
    "/etc/terminfo/76/vt100": .text("vt100"),
  ]

  private func contents(_ name: String, _ more: [RootPath: InMemoryTree.Node] = [:])
    -> PresetContents?
  {
    PresetContents.all(in: InMemoryTree(Self.system.merging(more) { $1 }))
      .first { $0.preset.topic.name == name }
  }

  @Test(
    arguments: [
      ("libgcc", 10), ("gconv", 64), ("services", 12), ("tmp", 0), ("init", 4), ("terminfo", 10),
      ("timezone", 12), ("perl", 0),
    ] as [(String, UInt64)])
  func `a listing tells how much each preset would bring here`(name: String, size: UInt64) {
    #expect(contents(name)?.size == size)
  }

  @Test func `the database of time zones comes without its copies and the host's own zone`() {
    #expect(
      contents("timezone")?.wishes == [
        .path("/usr/share/zoneinfo/Europe", at: nil), .path("/usr/share/zoneinfo/UTC", at: nil),
        .path("/usr/share/zoneinfo/UTC", at: "/etc/localtime"),
      ])
  }

  @Test func `a shell is busybox if it is there, under both names`() {
    #expect(contents("shell")?.wishes == [.path("/bin/sh", at: nil)])
    #expect(
      contents("shell", ["/bin/busybox": .elf(.program())])?.wishes == [
        .path("/bin/busybox", at: nil), .path("/bin/busybox", at: "/bin/sh"),
      ])
  }

  @Test func `made-up files have nobody of the host in them`() {
    let more: [RootPath: InMemoryTree.Node] = [
      "/etc/passwd": .text("secret:x:1000:1000::/home/secret:/bin/sh\n"),
      "/etc/group": .text("secret:x:1000:\n"), "/etc/hosts": .text("10.0.0.1 secret\n"),
      "/etc/nsswitch.conf": .text("passwd: files # secret\n"),
    ]
    for name in ["users", "dns", "nss"] {
      let texts = contents(name, more)?.wishes.flatMap { wish -> [ByteString] in
        if case .lines(_, let lines) = wish { lines } else { [] }
      }
      #expect(texts?.isEmpty == false)
      #expect(texts?.contains { ConfigurationText.contains("secret", in: $0) } == false)
    }
  }

  @Test func `names are told once, and none is another's`() {
    let names = Preset.all(by: .compiledIn).map(\.topic.name)
    #expect(Set(names).count == names.count)
    #expect(Preset.isKnown(Topic("tmp"), to: .compiledIn))
    #expect(!Preset.isKnown(Topic("dlopen"), to: .compiledIn))
  }
}
