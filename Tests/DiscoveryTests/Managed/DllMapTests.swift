import ELF
import FileTree
import TestSupport
import Testing

@testable import Discovery

struct DllMapTests {
  private func target(
    _ module: ByteString, _ text: String, _ header: ElfHeader = ElfHeader()
  ) -> ByteString? {
    DllMap(Array(text.utf8), for: header).entries(for: module).first?.target
  }

  @Test(arguments: [
    (#"<dllmap dll="a" target="liba.so"/>"#, "liba.so"),
    (#"<dllmap dll='a' target='liba.so' os='!windows'/>"#, "liba.so"),
    (#"<dllmap dll="a" target="liba.so" os="linux,osx"/>"#, "liba.so"),
    (#"<dllmap dll="a" target="liba.so" os="windows"/>"#, nil),
    (#"<dllmap dll="a" target="liba.so" os="!linux"/>"#, nil),
    (#"<dllmap dll="a" target="liba.so" cpu="x86-64"/>"#, "liba.so"),
    (#"<dllmap dll="a" target="liba.so" cpu="x86"/>"#, nil),
    (#"<dllmap dll="a" target="liba.so" wordsize="32"/>"#, nil),
    (#"<dllmap dll="i:A" target="liba.so"/>"#, "liba.so"),
    (#"<dllmap dll="A" target="liba.so"/>"#, nil),
    (#"<!-- <dllmap dll="a" target="liba.so"/> -->"#, nil),
    (#"<dllmap dll="a" target="a&amp;b"/>"#, "a&b"),
    (#"<dllmap dll="a" target="first"/><dllmap dll="a" target="last"/>"#, "last"),
    (#"<dllmap dll="a"><dllentry dll="libb.so" name="f"/></dllmap>"#, "libb.so"),
    (#"<dllmap dll="a" os="windows"><dllentry dll="libb.so" name="f"/></dllmap>"#, nil),
    (#"<dllmap dll="a" target="liba.so""#, nil),
  ])
  func `a module's library is that of the last entry for this machine`(
    text: String, expected: String?
  ) {
    #expect(
      target("a", "<configuration>\(text)</configuration>") == expected.map { ByteString($0) })
  }

  @Test func `entries tell the line that they stand in`() {
    let text = "<configuration>\n\n  <dllmap\n    dll=\"a\" target=\"b\"/>\n</configuration>"
    #expect(DllMap(Array(text.utf8), for: ElfHeader()).entries.map(\.line) == [3])
  }

  @Test(arguments: [
    (
      "foo", ["/d/libfoo.so", "/e/libfoo.so", "libfoo.so", "foo", "libfoo"]
    ),
    ("libfoo", ["/d/libfoo.so", "/e/libfoo.so", "libfoo.so", "libfoo"]),
    ("libfoo.so.1", ["/d/libfoo.so.1.so", "/e/libfoo.so.1.so", "libfoo.so.1.so", "libfoo.so.1"]),
    ("/x/libfoo.so", ["/x/libfoo.so"]),
    ("/x/foo", ["/x/foo", "/x/libfoo.so", "/x/libfoo"]),
  ])
  func `a module is tried by its names in the runtime's order`(
    module: String, names: [String]
  ) {
    #expect(
      MonoModuleNames.candidates(for: ByteString(module), in: ["/d", "/e"])
        == names.map { ByteString($0) })
  }

  @Test func `the suffix of Windows is left out in a second try`() {
    let names = MonoModuleNames.candidates(for: "foo.dll", in: [])
    #expect(names == ["libfoo.dll.so", "foo.dll", "libfoo.so", "foo", "libfoo.dll"])
  }
}
