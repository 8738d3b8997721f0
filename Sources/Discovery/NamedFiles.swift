internal import ELF
internal import FileTree

/// Files that stand by their path in a program and lie in a directory that belongs to it: its
/// configuration below `/etc`, its data below `/usr/share`, and programs below `/usr/lib` that it
/// starts.
///
/// What lies in `/etc` itself describes the host or is many programs', and what not everybody may read
/// is secret: neither goes into an image unasked.
struct NamedFiles: NeedSource {
  private static let tops: [ByteString] = ["/etc/", "/usr/share/", "/usr/lib/", "/usr/libexec/"]
  /// What has presets of its own, or is for people.
  private static let others: [RootPath] = [
    "/etc/ssl", "/etc/pki", "/usr/share/zoneinfo", "/usr/share/locale", "/usr/share/terminfo",
    "/usr/share/man", "/usr/share/doc", "/usr/share/info",
  ]
  /// In bytes: no configuration is larger, and data that is has its own rules.
  private static let sizeLimit: UInt64 = 4 << 20
  private static let limit = 64

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    var seen: Set<ByteString> = []
    var needs: [RuntimeNeed] = []
    for text in PathTexts.below(Self.tops, in: root.constants(of: object)) {
      guard needs.count < Self.limit, seen.insert(text.path).inserted,
        let isStarted = Self.isStarted(text.path, in: &root)
      else { continue }
      needs.append(
        RuntimeNeed(
          topic: Topic(isStarted ? "commands" : "files"), grade: .implied,
          evidence: Evidence(file: object.path, mark: .string(text.path, offset: text.offset)),
          wishes: [.path(text.path, at: nil)], isEssential: !isStarted,
          purpose: isStarted ? "starts it for some jobs" : "reads it"))
    }
    return needs
  }

  /// Whether a file would be started; nil if it isn't one that belongs to a program.
  private static func isStarted(_ text: ByteString, in root: inout RootView) -> Bool? {
    let path = RootPath(normalising: text)
    guard path.ancestors.count >= (text.hasPrefix("/etc/") ? 2 : 3),
      !others.contains(where: { path.isInside($0) }), let file = root.resolve(text),
      file.status.kind == .regular, file.status.permissions & 0o004 != 0,
      let head = try? root.tree.head(of: file.real, count: 4)
    else { return nil }
    let isProgram =
      file.status.permissions & 0o111 != 0
      && (head == ElfHeader.magic || head.starts(with: "#!".utf8))
    let isLibrary = text.hasPrefix("/usr/lib")
    if isProgram { return isLibrary ? true : nil }
    return isLibrary || file.status.size > sizeLimit ? nil : false
  }
}
