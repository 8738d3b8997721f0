internal import ELF
internal import FileTree

/// The directories of `@INC` that are compiled into perl.
///
/// Source: perl `perl.c` (`S_init_perllib`): ARCHLIB, PRIVLIB, SITEARCH, SITELIB, VENDORARCH, VENDORLIB
/// and Debian's additions, all of them string constants of libperl.
struct PerlRuntime: NeedSource {
  private let topic = Topic("perl")
  private var known: Set<ByteString> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard Self.isPerl(object) else { return [] }
    let directories = ObjectStrings(of: object, in: &root)
      .directories(containing: "perl", in: &root)
      .filter { known.insert($0).inserted }
    let wishes = directories.flatMap { directory in
      // `CORE` is what extensions are compiled with.
      TreeSelection.wishes(for: directory, in: &root) { $0.last == "CORE" && $0.count < 3 }
    }
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "the library directories of Perl")
    ]
  }

  private static func isPerl(_ object: ObservedObject) -> Bool {
    if object.name.hasPrefix("libperl.so") { return true }
    let name = object.real.name
    guard object.image?.isProgram == true, name.hasPrefix("perl") else { return false }
    return name.bytes.dropFirst(4).allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
  }
}
