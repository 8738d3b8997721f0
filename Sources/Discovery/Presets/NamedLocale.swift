internal import ELF
internal import FileTree
internal import Loader

/// The locale C.UTF-8 for a program that speaks of UTF-8 itself: some end where they don't get it, others show
/// no character but ASCII.
///
/// Source: setlocale(3); only C is built into glibc. musl has UTF-8 always.
struct NamedLocale: NeedSource {
  private static let places: [ByteString] = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"]
  private static let names: Set<ByteString> = ["UTF-8", "C.UTF-8", "en_US.UTF-8"]

  let symbols: Set<ByteString> = ["setlocale", "newlocale"]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram, object.libc == .glibc, !object.imports.isDisjoint(with: symbols),
      let name = ObjectStrings(of: object, in: &root).intersection(Self.names).min(),
      let place = Self.places.first(where: { root.isDirectory($0) })
    else { return [] }
    return [
      RuntimeNeed(
        topic: Topic("locale"), grade: .implied,
        evidence: Evidence(file: object.path, mark: .text(name)),
        wishes: [.path(place, at: nil)], isEssential: true, purpose: "shows more than ASCII")
    ]
  }
}
