internal import ELF
internal import FileTree

/// Directories below `/var` and `/run` that stand as texts in a program: where a server keeps its
/// state, and which most make only the last part of.
///
/// Source: hier(7). They are empty in the bundle: what the host's hold belongs to the host.
package struct StateDirectories: NeedSource {
  package static let topic = Topic("directories")
  private static let tops: [ByteString] = ["/var/", "/run/"]
  /// Of the host's services: that there is one of these tells a program that they run.
  private static let services: RootPath = "/run/systemd"
  /// No server names more.
  private static let limit = 64

  /// What a C library that is linked in has among its constants, whatever the program does: `paths.h`, and
  /// glibc `nscd/nscd-client.h`, `gmon/gmon.c`, `login/utmp_file.c`, `elf/dl-support.c`.
  private static let libraryTexts: Set<ByteString> = [
    "/var/db", "/var/db/", "/var/log/lastlog", "/var/log/wtmp", "/var/mail", "/var/mail/",
    "/var/profile", "/var/run", "/var/run/", "/var/run/nscd/socket", "/var/run/utmp", "/var/tmp",
    "/var/tmp/", "/run/", "/run/utmp", "/var/cache/ldconfig/",
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    let isStatic = object.image.map { $0.interpreter == nil } ?? false
    var seen: Set<RootPath> = []
    var needs: [RuntimeNeed] = []
    for text in Self.texts(of: object, in: &root)
    where !isStatic || !Self.libraryTexts.contains(text.text) {
      guard needs.count < Self.limit, let directory = Self.directory(of: text.text, in: &root),
        seen.insert(directory.path).inserted
      else { continue }
      needs.append(
        RuntimeNeed(
          topic: Self.topic, grade: .implied,
          evidence: Evidence(file: object.path, mark: text.mark),
          wishes: [directory.wish],
          isEssential: true, purpose: "keeps files there"))
    }
    return needs
  }

  /// Whole constants; of a script, all paths, since its words aren't told from each other.
  private static func texts(
    of object: ObservedObject, in root: inout RootView
  ) -> [NamedPaths.Path] {
    guard object.image == nil else {
      return root.paths(in: object, below: tops).map {
        NamedPaths.Path(text: $0.text, mark: .string($0.text, offset: $0.offset))
      }
    }
    return NamedPaths.all(of: object, in: &root).filter { path in
      tops.contains { path.text.hasPrefix($0) }
    }
  }

  /// A path with its newer beginning: `/var/run` and `/var/lock` are links nearly everywhere.
  static func current(_ path: RootPath) -> RootPath {
    for (old, new) in [("/var/run", "/run"), ("/var/lock", "/run/lock")] as [(RootPath, ByteString)]
    where path.isInside(old) {
      return RootPath(normalising: new + ByteString(path.text.bytes.dropFirst(old.text.count)))
    }
    return path
  }

  /// A directory as the root has it, or would make it.
  struct Directory {
    let path: RootPath
    let permissions: UInt16
    /// Nil for root.
    let owner: FileStatus.Owner?

    var wish: Wish { .directory(path, permissions: permissions, owner: owner) }
  }

  /// The text's own directory if it is one, else the one that it would lie in.
  static func directory(of text: ByteString, in root: inout RootView) -> Directory? {
    let path = RootPath(normalising: text)
    for place in [path, path.parent] {
      // `/var` and `/run` themselves come with what lies in them; `/run` is also asked for alone.
      guard place != "/var", !place.isInside(Self.services) else { return nil }
      if let status = root.resolve(place.text)?.status {
        if status.kind == .directory {
          return Directory(
            path: place, permissions: status.permissions & 0o1777,
            owner: status.owner == .root ? nil : status.owner)
        }
      } else if let declared = root.declaredDirectories.at(place) {
        // `/run` is empty until the system starts.
        return Directory(path: place, permissions: declared.permissions, owner: nil)
      }
    }
    return nil
  }
}
