import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

/// What becomes of a nsswitch.conf.
struct NameServicesTests {
  private static let libraries: ByteString = "/usr/lib/"

  private func root(_ configuration: String?, builtIn: Bool = true) -> RootView {
    let symbols = ElfSymbols(
      defined: builtIn ? ["_nss_files_getpwnam_r", "_nss_dns_gethostbyname4_r"] : ["getpwnam"])
    var files: [RootPath: InMemoryTree.Node] = [
      "/usr/lib/libc.so.6": .elf(.library(soname: "libc.so.6"), symbols: symbols),
      "/usr/lib/libnss_files.so.2": .library(), "/usr/lib/libnss_dns.so.2": .library(),
      "/usr/lib/libnss_sss.so.2": .library(), "/usr/lib/libnss_extra.so.2": .library(),
    ]
    if let configuration { files["/etc/nsswitch.conf"] = .text(configuration) }
    return RootView(tree: InMemoryTree(files), systemDirectories: [Self.libraries])
  }

  private func outcome(_ root: RootView, database: String) -> (line: String, modules: [String]) {
    var root = root
    var line = ""
    var modules: [String] = []
    for wish in NameServices.wishes(databases: [database], in: &root) {
      switch wish {
      case .lines("/etc/nsswitch.conf", let lines):
        line = lines.map(\.description).joined(separator: ";")
      case .library(let names, _): modules += names.map(\.description)
      default: break
      }
    }
    return (line, modules)
  }

  @Test(arguments: [
    ("passwd: files", "passwd", "passwd: files", []),
    ("hosts: files dns", "hosts", "hosts: files dns", []),
    ("  hosts :files\tdns # more", "hosts", "hosts: files dns", []),
    // A module of its own ships; one that asks a daemon of the host, or isn't there, doesn't.
    ("passwd: files extra", "passwd", "passwd: files extra", ["libnss_extra.so.2"]),
    ("passwd: files sss", "passwd", "passwd: files", []),
    ("passwd: nowhere", "passwd", "passwd: files", []),
    // An action that followed what is left out would end every look-up.
    ("hosts: files mdns4_minimal [NOTFOUND=return] dns", "hosts", "hosts: files dns", []),
    (
      "hosts: sss [!UNAVAIL=return] dns [NOTFOUND=return]", "hosts",
      "hosts: dns [NOTFOUND=return]", []
    ),
    ("group: files", "passwd", "passwd: files", []), ("", "hosts", "hosts: files dns", []),
  ])
  func `a database keeps the services that an image can have`(
    configuration: String, database: String, line: String, modules: [String]
  ) {
    let outcome = outcome(root(configuration), database: database)
    #expect(outcome.line == line)
    #expect(outcome.modules == modules)
  }

  @Test func `without a configuration it is as the C library has it`() {
    #expect(outcome(root(nil), database: "hosts").line == "hosts: files dns")
    #expect(outcome(root(nil), database: "group").line == "group: files")
  }

  @Test(arguments: [
    ("hosts: files dns", "hosts", true), ("hosts: dns", "hosts", false),
    ("passwd: files", "passwd", false),
  ])
  func `who looks for hosts in files finds localhost there`(
    configuration: String, database: String, isThere: Bool
  ) {
    var root = root(configuration)
    let wishes = NameServices.wishes(databases: [database], in: &root)
    let hosts = wishes.contains { wish in
      if case .lines("/etc/hosts", let lines) = wish {
        lines[0] == "127.0.0.1 localhost"
      } else {
        false
      }
    }
    #expect(hosts == isThere)
  }

  @Test func `before glibc 2.34 the usual services are modules too`() {
    let outcome = outcome(root("hosts: files dns", builtIn: false), database: "hosts")
    #expect(outcome.modules == ["libnss_files.so.2", "libnss_dns.so.2"])
  }

  @Test func `a service that asks a daemon is a hint, with its line`() {
    var root = root("\npasswd: files sss")
    let needs = NameServices.daemonNeeds(of: "passwd", purpose: "looks up users", in: &root)
    #expect(needs.map(\.place) == ["/etc/nsswitch.conf:2"])
    #expect(needs.first?.isEssential == false)
    #expect(needs.libraries == ["libnss_sss.so.2"])
  }
}
