internal import ELF
internal import FileTree

/// The share directory of PostgreSQL, and the modules that its catalogs and configuration name.
///
/// Source: PostgreSQL `src/port/path.c` (`make_relative_path`: PGSHAREDIR and PKGLIBDIR, moved along with
/// the program), `src/backend/utils/fmgr/dfmgr.c` (`$libdir`), `src/bin/initdb/initdb.c` (which scripts
/// fill the catalogs), `src/backend/commands/extension.c` (control files).
struct PostgresServer: NeedSource {
  private let topic = Topic("postgresql")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image?.isProgram == true else { return [] }
    switch object.real.name {
    case "postgres": return serverNeeds(of: object, in: &root)
    case "initdb", "pg_ctl", "pg_upgrade": return siblingNeeds(of: object, in: &root)
    default: return []
    }
  }

  /// They look for other programs beside themselves (`src/common/exec.c`, `find_other_exec`).
  private func siblingNeeds(
    of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    let names: [ByteString] = ["postgres", "initdb", "pg_controldata", "pg_resetwal"]
    let texts = ObjectStrings(of: object, in: &root).intersection(Set(names))
    let paths = names.filter { texts.contains($0) && $0 != object.real.name }
      .map { object.path.directoryPart + "/" + $0 }.filter { root.isFile($0) }
    guard !paths.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), paths.map { .path($0, at: nil) }, isEssential: true,
        purpose: "programs of PostgreSQL that it runs"),
      // It asks each for its version first, through a pipe.
      .shell(for: object, purpose: "a shell for other programs of PostgreSQL", in: &root),
    ]
  }

  private func serverNeeds(
    of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    let strings = ObjectStrings(of: object, in: &root)
    let paths = strings.paths
    let top = object.real.parent.parent.text
    let shares = paths + [top + "/share", top + "/share/postgresql"]
    guard let share = shares.first(where: { root.isFile($0 + "/postgres.bki") }) else {
      return []
    }
    let libraries = paths + [top + "/lib", top + "/lib/postgresql"]
    let library = libraries.first { root.isFile($0 + "/plpgsql.so") } ?? top + "/lib"
    var needs = [
      topic.registered(
        .host(object),
        TreeSelection.wishes(for: share, in: &root) { $0 == ["man"] || $0 == ["contrib"] },
        isEssential: true, purpose: "the catalogs and data of PostgreSQL")
    ]
    needs += catalogNeeds(share, library, in: &root)
    let named = strings.intersection(["libpqwalreceiver", "llvmjit"])
    for (name, isEssential) in [("libpqwalreceiver", true), ("llvmjit", false)] {
      let path = library + "/" + ByteString(name) + ".so"
      guard named.contains(ByteString(name)), root.isFile(path) else { continue }
      needs.append(
        topic.registered(
          .host(object), [.library(names: [path], caller: object.path)],
          isEssential: isEssential, purpose: "a module that PostgreSQL names itself"))
    }
    return needs + PostgresConfiguration.needs(of: object, share, library, topic, in: &root)
  }

  // MARK: Modules of the catalogs

  private struct Module {
    let path: ByteString
    let evidence: Evidence
    let isEssential: Bool
  }

  /// What the catalogs of a new cluster name, and what an extension would bring when it is created.
  private func catalogNeeds(
    _ share: ByteString, _ library: ByteString, in root: inout RootView
  ) -> [RuntimeNeed] {
    let catalogs = root.names(in: share).filter { $0.hasSuffix(".bki") || $0.hasSuffix(".sql") }
    let extensions = root.names(in: share + "/extension").filter { $0.hasSuffix(".control") }
    var modules: [Module] = []
    for name in catalogs {
      modules += Self.modules(in: share + "/" + name, library, isEssential: true, &root)
    }
    for name in extensions {
      // initdb creates this one (`load_plpgsql`).
      modules += Self.modules(
        in: share + "/extension/" + name, library, isEssential: name == "plpgsql.control", &root)
    }
    var seen: Set<ByteString> = []
    return modules.filter { seen.insert($0.path).inserted }.map { module in
      topic.registered(
        module.evidence, [.library(names: [module.path], caller: "postgres")],
        isEssential: module.isEssential,
        purpose: module.isEssential
          ? "a module that every database names" : "a module of an extension")
    }
  }

  /// Every `$libdir/NAME` in a file whose library exists.
  private static func modules(
    in file: ByteString, _ library: ByteString, isEssential: Bool, _ root: inout RootView
  ) -> [Module] {
    let marker: ByteString = "$libdir/"
    var modules: [Module] = []
    var seen: Set<ByteString> = []
    for (number, text) in root.lines(at: file) {
      for place in ConfigurationText.places(of: marker, in: text) {
        let name = ByteString(text.bytes[(place + marker.count)...].prefix(while: isNameByte))
        let path = library + "/" + (name.hasSuffix(".so") ? name : name + ".so")
        guard seen.insert(path).inserted, root.isFile(path) else { continue }
        modules.append(
          Module(path: path, evidence: .line(number, of: file), isEssential: isEssential))
      }
    }
    return modules
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
