import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

/// `.note.dlopen` as linkers, generators and hands have written it.
struct DlopenMetadataTests {
  /// `names/priority/feature` of each element; nil for a note that makes no sense.
  private func elements(_ text: String) -> [String]? {
    DlopenMetadata.elements(of: Array(text.utf8))?.map { element in
      [element.sonames.joined(separator: ","), "\(element.priority)", element.feature ?? "-"]
        .joined(separator: "/")
    }
  }

  @Test(arguments: [
    (#"[{"soname":["liba.so.1"]}]"#, ["liba.so.1/recommended/-"]),
    (
      #"[{"soname":["liba.so.2","liba.so.1"],"priority":"required"}]"#,
      ["liba.so.2,liba.so.1/required/-"]
    ),
    (
      #"[{"soname":["a"],"feature":"f","description":"d","priority":"suggested"},{"soname":["b"]}]"#,
      ["a/suggested/f", "b/recommended/-"]
    ),
    // Old drafts: one name, one object.
    (#"[{"soname":"liba.so.1"}]"#, ["liba.so.1/recommended/-"]),
    (#"{"soname":["liba.so.1"]}"#, ["liba.so.1/recommended/-"]),
    // What only describes may be of any type, and a priority that nobody knows is none.
    (#"[{"soname":["a"],"feature":7,"description":[],"priority":null}]"#, ["a/recommended/-"]),
    (#"[{"soname":["a"],"priority":"urgent"}]"#, ["a/recommended/-"]),
    (#"[{"soname":["a"],"priority":"REQUIRED","x":{}}]"#, ["a/required/-"]),
    // An element that makes no sense costs the others nothing.
    (#"[{"soname":[]},{"soname":[""]},{},7,{"soname":["a"]}]"#, ["a/recommended/-"]),
    ("[]", []), ("[{\"soname\":[\"a\"]}]\0\0\0", ["a/recommended/-"]),
  ])
  func `a note's elements are those that make sense`(text: String, expected: [String]) {
    #expect(elements(text) == expected)
  }

  @Test(arguments: ["", "\0", "[", "null", "7", "\"a\"", "\u{FF}", "[{\"soname\":[\"a\"]}"])
  func `a note that makes none is told`(text: String) {
    #expect(elements(text) == nil)
    let image = ElfImage.program().noting(text)
    #expect(NotedLibraries.damagedNotes(of: image).count == 1)
  }

  @Test func `the elements of a feature are as urgent as the most urgent of them`() {
    var fixture = PluginFixture(
      NotedLibraries(),
      [
        "/app": .elf(
          ElfImage.program().noting(
            #"[{"soname":["a"],"feature":"f","priority":"suggested"},{"soname":["b"]}]"#,
            #"[{"soname":["c"],"feature":"f","priority":"required"}]"#))
      ])
    let needs = fixture.needs(of: "/app", isProgram: true)
    #expect(needs.libraries == ["a", "b", "c"])
    #expect(
      needs.map(\.grade) == [.noted(.required), .noted(.recommended), .noted(.required)])
    #expect(needs.map(\.isEssential) == [true, false, true])
  }

  @Test func `evidence is the note's place in the file, and the caller is who has it`() throws {
    var fixture = PluginFixture(
      NotedLibraries(),
      [
        "/lib/liba.so.1": .elf(
          ElfImage.library(soname: "liba.so.1").noting(#"[{"soname":["b"]}]"#))
      ])
    let need = try #require(fixture.needs(of: "/lib/liba.so.1").first)
    guard case .note(let offset) = need.evidence.mark, let file = need.evidence.file else {
      Issue.record("no note is the evidence")
      return
    }
    let bytes = try fixture.root.open(file).read(at: offset, count: 2)
    #expect(bytes == Array("[{".utf8))
    #expect(need.wishes == [.library(names: ["b"], caller: "liba.so.1")])
  }

  @Test func `what a note says can't move a terminal's cursor`() throws {
    var fixture = PluginFixture(
      NotedLibraries(),
      [
        "/app": .elf(
          ElfImage.program().noting(#"[{"soname":["a"],"description":"x\u001b[2Jy"}]"#))
      ])
    let need = try #require(fixture.needs(of: "/app", isProgram: true).first)
    #expect(need.purpose == "x\\x1B[2Jy")
  }

  @Test func `the package that a file was built for is told by the first note that can be read`() {
    func package(_ text: String) -> PackageMetadata? {
      var image = ElfImage.program()
      image.metadataNotes = [text].map {
        ElfNote(
          name: ElfNote.metadataOwner, type: ElfNote.packageMetadata,
          descriptor: Array($0.utf8) + [0])
      }
      return PackageMetadata(image)
    }
    let read = package(
      #"{"type":"deb","name":"app","version":"1-2","architecture":"amd64","purl":"pkg:deb/app@1"}"#)
    #expect(read?.name == "app" && read?.version == "1-2" && read?.purl == "pkg:deb/app@1")
    #expect(package("[]") == nil && package("") == nil)
  }
}
