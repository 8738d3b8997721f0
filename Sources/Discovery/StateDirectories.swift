internal import ELF
internal import FileTree

/// Directories below `/var` and `/run` that stand as texts in a program: where a server keeps its
/// state, and which most make only the last part of.
///
/// Source: hier(7). They are empty in the bundle: what the host's hold belongs to the host.
package struct StateDirectories: NeedSource {
  package static let topic = Topic("directories")
  private static let tops: [ByteString] = ["/var/", "/run/"]
  /// In bytes; no program has more constants.
  private static let constantsLimit: UInt64 = 256 << 20
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
    guard object.isProgram, let image = object.image, let file = try? root.tree.open(object.real),
      let segments = try? ElfImage.constantSegments(
        of: file, in: .readOnly, limit: Self.constantsLimit)
    else { return [] }
    var seen: Set<RootPath> = []
    var needs: [RuntimeNeed] = []
    for segment in segments {
      for (text, place) in Self.paths(in: segment.bytes)
      where image.interpreter != nil || !Self.libraryTexts.contains(text) {
        guard needs.count < Self.limit, let directory = Self.directory(of: text, in: &root),
          seen.insert(directory.path).inserted
        else { continue }
        needs.append(
          RuntimeNeed(
            topic: Self.topic, grade: .implied,
            evidence: Evidence(
              file: object.path, mark: .string(text, offset: segment.offset + UInt64(place))),
            wishes: [.directory(directory.path, permissions: directory.permissions)],
            isEssential: true, purpose: "keeps files there"))
      }
    }
    return needs
  }

  /// The whole strings that begin as such paths do, with their places.
  private static func paths(in bytes: [UInt8]) -> [(ByteString, Int)] {
    var paths: [(ByteString, Int)] = []
    for top in tops {
      let pattern = [0] + top.bytes
      var position = 0
      while let hit = find(pattern, in: bytes, from: position) {
        position = hit + 1
        guard let end = bytes[position...].prefix(PathResolver.textLimit).firstIndex(of: 0) else {
          break
        }
        let text = ByteString(bytes[position..<end])
        if text.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) {
          paths.append((text, position))
        }
        position = end
      }
    }
    return paths.sorted { $0.1 < $1.1 }
  }

  /// The text's own directory if it is one in the root, else the one that it would lie in.
  private static func directory(
    of text: ByteString, in root: inout RootView
  ) -> (path: RootPath, permissions: UInt16)? {
    var path = RootPath(normalising: text)
    if root.resolve(path.text)?.status.kind != .directory { path = path.parent }
    // `/var` and `/run` themselves come with what lies in them; `/run` is also asked for alone.
    guard path != "/var", let status = root.resolve(path.text)?.status, status.kind == .directory
    else { return nil }
    return (path, status.permissions & 0o1777)
  }
}
