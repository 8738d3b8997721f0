internal import ELF
internal import FileTree

/// Files that stand by their path in a program and lie in a directory that belongs to it: its
/// configuration below `/etc`, its data below `/usr/share`, and programs below `/usr/lib` that it
/// starts; and what that configuration names in the same places.
///
/// What lies in `/etc` itself describes the host or is many programs', and what not everybody may read
/// is secret: neither goes into an image unasked.
struct NamedFiles: NeedSource {
  private static let tops: [ByteString] = ["/etc/", "/usr/share/", "/usr/lib/", "/usr/libexec/"]
  private static let stateTops: [ByteString] = ["/var/", "/run/"]
  /// What has presets or sources of its own, or is for people.
  private static let others: [RootPath] = [
    "/etc/nginx", "/etc/pki", "/etc/ssl", "/usr/share/doc", "/usr/share/info", "/usr/share/locale",
    "/usr/share/man", "/usr/share/terminfo", "/usr/share/zoneinfo",
  ]
  /// In bytes: no configuration is larger, and data that is has its own rules.
  private static let sizeLimit: UInt64 = 4 << 20
  private static let limit = 256

  private enum Kind { case data, command }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    var needs: [RuntimeNeed] = []
    var seen: Set<ByteString> = []
    var files: [ByteString] = []
    for text in PathTexts.below(Self.tops, in: root.constants(of: object)) {
      let evidence = Evidence(
        file: object.path, mark: .string(text.path, offset: text.offset))
      add(text.path, .implied, evidence, to: &needs, &files, &seen, in: &root)
    }
    while let file = files.popLast(), needs.count < Self.limit {
      follow(file, to: &needs, &files, &seen, in: &root)
    }
    return needs
  }

  private func add(
    _ path: ByteString, _ grade: Grade, _ evidence: Evidence, to needs: inout [RuntimeNeed],
    _ files: inout [ByteString], _ seen: inout Set<ByteString>, in root: inout RootView
  ) {
    guard needs.count < Self.limit, seen.insert(path).inserted,
      let kind = Self.kind(of: path, in: &root)
    else { return }
    if kind == .data, path.hasPrefix("/etc/") { files.append(path) }
    needs.append(
      RuntimeNeed(
        topic: Topic(kind == .data ? "files" : "commands"), grade: grade, evidence: evidence,
        wishes: [.path(path, at: nil)], isEssential: kind == .data,
        purpose: kind == .data ? "a file of its own" : "a program that it starts for some jobs"))
  }

  /// What a configuration file names: other files, also by patterns, and directories for state.
  private func follow(
    _ file: ByteString, to needs: inout [RuntimeNeed], _ files: inout [ByteString],
    _ seen: inout Set<ByteString>, in root: inout RootView
  ) {
    for (number, line) in root.lines(at: file) {
      for word in Self.paths(in: ConfigurationText.withoutComment(line)) {
        let evidence = Evidence.line(number, of: file)
        if Self.stateTops.contains(where: { word.hasPrefix($0) }) {
          addDirectory(for: word, evidence, to: &needs, &seen, in: &root)
          continue
        }
        guard Self.tops.contains(where: { word.hasPrefix($0) }) else { continue }
        for path in PathPattern.paths(matching: word, in: &root) {
          add(path, .registered, evidence, to: &needs, &files, &seen, in: &root)
        }
        // Some programs fail where a directory that is included isn't there.
        if PathPattern.isPattern(word) {
          addDirectory(for: word.directoryPart, evidence, to: &needs, &seen, in: &root)
        }
      }
    }
  }

  private func addDirectory(
    for text: ByteString, _ evidence: Evidence, to needs: inout [RuntimeNeed],
    _ seen: inout Set<ByteString>, in root: inout RootView
  ) {
    guard needs.count < Self.limit,
      let directory = StateDirectories.directory(of: text, in: &root),
      seen.insert(directory.path.text + "/").inserted
    else { return }
    needs.append(
      RuntimeNeed(
        topic: StateDirectories.topic, grade: .registered, evidence: evidence,
        wishes: [.directory(directory.path, permissions: directory.permissions)],
        isEssential: true, purpose: "a directory that its configuration names"))
  }

  /// The absolute paths in a line, whatever stands around them.
  private static func paths(in line: ByteString) -> [ByteString] {
    line.split { byte in
      ConfigurationText.isBlank(byte) || "\"'`=;,(){}<>|".utf8.contains(byte)
    }.filter { $0.hasPrefix("/") && $0.count < PathResolver.textLimit }
  }

  /// Nil for a file that doesn't belong to a program.
  private static func kind(of text: ByteString, in root: inout RootView) -> Kind? {
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
    if isProgram { return isLibrary ? .command : nil }
    return isLibrary || file.status.size > sizeLimit ? nil : .data
  }
}
