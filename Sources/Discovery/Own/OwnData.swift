internal import ELF
internal import FileTree

/// Directories that are an object's own: data, plugins, modules of a language, helpers.
///
/// What a package ships below `/usr/share/NAME` or `/usr/lib/NAME` is opened by paths that are put together
/// at run time; the directory, or its name, is what stands in the file. Whose a directory is tell the
/// records of packages; where there are none, its place. A program that lies in such a directory itself has
/// there what it was installed with.
struct OwnData: NeedSource {
  private static let topic = Topic("files")
  /// Beyond these a tree is offered, not packed: of the own source package, and of another. In bytes.
  private static let ownLimit: UInt64 = 96 << 20
  private static let wantedLimit: UInt64 = 32 << 20
  /// Physical; of the program that is looked at.
  private var program: RootPath?
  /// In directories of one object.
  private static let limit = 64

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if object.isProgram { program = object.real }
    guard !NeedSources.knowData(of: object, in: &root)
    else { return [] }
    var directories = OwnDirectories()
    directories.addNamed(by: object, in: &root)
    let family = PackageFamily(of: object.real, in: root)
    if let program { directories.addHome(of: program, family, named: object, in: &root) }
    directories.addPackaged(family, of: object, in: &root)
    let own = directories.outermost.prefix(Self.limit)
    return own.compactMap { need(for: $0, of: object, family, in: &root) }
      + own.flatMap { commands(in: $0, of: object, in: &root) }
  }

  /// Programs that are started in a directory of its own, by a path such as `%s/bin/NAME`.
  private func commands(
    in directory: OwnDirectories.Directory, of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    var needs: [RuntimeNeed] = []
    for text in ObjectStrings(of: object, in: &root).beginning(with: "%s/") {
      let end = ByteString(text.bytes.dropFirst(2))
      guard !PathPattern.isPattern(end), !end.contains(UInt8(ascii: "%")),
        let file = root.resolve(directory.path + end), file.status.kind == .regular,
        file.status.permissions & 0o111 != 0, file.real != object.real
      else { continue }
      needs.append(
        RuntimeNeed(
          topic: ShellCommands.topic, grade: .packaged,
          evidence: Evidence(file: object.path, mark: .text(text)),
          wishes: [.path(directory.path + end, at: nil)], isEssential: true,
          purpose: "a program of its own"))
    }
    return needs
  }

  private func need(
    for directory: OwnDirectories.Directory, of object: ObservedObject, _ family: PackageFamily,
    in root: inout RootView
  ) -> RuntimeNeed? {
    let kinship = family.kinship(of: directory.real, in: root)
    let isHome = program.map { $0.isInside(directory.real) } ?? false
    guard kinship != .other,
      let tree = OwnedTree(
        directory.path, of: family, takesPrograms: object.isProgram || isHome, in: &root),
      !tree.wishes.isEmpty
    else { return nil }
    let limit =
      isHome ? ProgramHome.sizeLimit : kinship == .own ? Self.ownLimit : Self.wantedLimit
    let isSmall = tree.size <= limit
    return RuntimeNeed(
      topic: Self.topic, grade: .packaged,
      evidence: Evidence(file: object.path, mark: directory.mark), wishes: tree.wishes,
      isEssential: isSmall,
      purpose: "a directory of its own" + (isSmall ? "" : ", \(tree.size / 1_000_000) MB"))
  }
}
