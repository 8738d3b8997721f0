import ELF
import FileTree
import Loader
import TestSupport
import Testing

@testable import Discovery

struct NeedsTableTests {
  static let rows = NeedsRow.rows(of: NeedsTable.text)

  @Test func `every line of the table that says something is a row`() {
    let lines = NeedsTable.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(Self.rows.count == lines.count && lines.count > 15)
  }

  @Test func `every row leads to a preset, and names its source`() {
    for row in Self.rows {
      #expect(Preset.isKnown(row.topic, to: .compiledIn), "\(row.topic.name)")
      #expect(!row.words.isEmpty && row.source.count > 5 && row.purpose.count > 5)
    }
  }

  @Test(arguments: [
    "symbol a | tmp | fails any | purpose", "symbol | tmp | fails any | purpose | source",
    "colour a | tmp | fails any | purpose | source", "symbol a | tmp | maybe any | p | s",
    "symbol a | tmp | fails bsd | p | s", "symbol a | tmp | fails | p | s", "# symbol a", "",
  ])
  func `another line is none`(line: String) {
    #expect(NeedsRow(Substring(line)) == nil)
  }

  private func topics(
    _ imports: Set<ByteString>, soname: ByteString? = nil, libc: Libc? = .glibc,
    constants: [ByteString] = [], isProgram: Bool = true
  ) -> [String] {
    var root = RootView(
      tree: InMemoryTree(["/app": .elf(.program(soname: soname), constants: constants)]))
    let object = ObservedObject(
      path: "/app", real: "/app", place: "/app", image: .program(soname: soname),
      isProgram: isProgram, imports: imports, libc: libc)
    var source = TableNeeds.shared
    return source.needs(of: object, in: &root).map { need in
      need.topic.name + (need.isEssential ? "!" : "")
    }
  }

  @Test(
    arguments: [
      (["pthread_cancel"], ["libgcc!"]), (["getaddrinfo"], ["nss!"]),
      (["getpwnam"], ["nss!", "users!"]), (["getservbyname"], ["nss!", "services!"]),
      (["getprotobyname"], ["nss!", "services!"]), (["mkstemp"], ["tmp!"]),
      (["iconv_open"], ["gconv"]), (["localtime"], ["timezone"]), (["system"], ["shell"]),
      (["setlocale"], ["locale"]), (["printf"], []),
    ] as [(Set<ByteString>, [String])])
  func `a symbol leads to what it always asks for`(imports: Set<ByteString>, topics: [String]) {
    #expect(self.topics(imports) == topics)
  }

  @Test func `musl has no name service switch, and reads its files all the same`() {
    #expect(topics(["getpwnam", "getaddrinfo"], libc: .musl) == ["users!"])
  }

  @Test func `a TLS library leads to certificates, by the beginning of its soname`() {
    #expect(topics([], soname: "libssl.so.3") == ["ca-certificates!"])
    #expect(topics([], soname: "libsslx.so.3") == [])
  }

  @Test func `a library that is linked in shows itself by its texts, in a program alone`() {
    let text: ByteString = "/etc/ssl/certs/ca-certificates.crt"
    #expect(topics([], constants: [text]) == ["ca-certificates!"])
    #expect(topics([], constants: [text], isProgram: false) == [])
  }
}
