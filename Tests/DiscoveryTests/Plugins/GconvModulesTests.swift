import FileTree
import TestSupport
import Testing

@testable import Discovery

struct GconvModulesTests {
  @Test func `iconv's modules are those that the first configuration names`() {
    var root = RootView(
      tree: InMemoryTree([
        "/lib/w/gconv/C-2.so": .library(),
        "/lib/x/gconv/gconv-modules": .text(
          "# c\nalias A// B//\nmodule\tB//\tINTERNAL\tISO8859-1\t1\nmodule INTERNAL B// ISO8859-1 1\n"
        ),
        "/lib/x/gconv/gconv-modules.d/extra.conf": .text("module C// INTERNAL C-2 # last\n"),
        "/lib/x/gconv/ISO8859-1.so": .library(), "/lib/x/gconv/C-2.so": .library(),
        "/lib/x/gconv/unnamed.so": .library(),
        "/lib/y/gconv/gconv-modules.cache": .text(""),
      ]))
    let directories: [ByteString] = ["/lib/w/", "/lib/x/", "/lib/y/"]
    #expect(
      Set(GconvModules.wishes(in: &root, directories))
        == [
          .path("/lib/x/gconv/gconv-modules", at: nil),
          .path("/lib/x/gconv/gconv-modules.d", at: nil),
          .path("/lib/x/gconv/ISO8859-1.so", at: nil), .path("/lib/x/gconv/C-2.so", at: nil),
        ])
    #expect(GconvModules.wishes(in: &root, ["/lib/y/"]) == [.path("/lib/y/gconv", at: nil)])
    #expect(GconvModules.wishes(in: &root, ["/lib/w/"]).isEmpty)
  }
}
