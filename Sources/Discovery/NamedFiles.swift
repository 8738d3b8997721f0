internal import ELF
internal import FileTree

/// Files that stand by their path in a program and lie in a directory that belongs to it: its
/// configuration below `/etc`, its data below `/usr/share`, and programs below `/usr/lib` that it
/// starts; and what that configuration names in the same places.
///
/// What lies in `/etc` itself describes the host or is many programs': it doesn't go into an image unasked.
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
    var search = Search()
    for text in root.paths(in: object, below: Self.tops) {
      let evidence = Evidence(
        file: object.path, mark: .string(text.text, offset: text.offset))
      search.add(text.text, .implied, evidence, in: &root)
    }
    search.followConfiguration(in: &root)
    return search.needs
  }

  /// What was found, and what of it may name more.
  private struct Search {
    private(set) var needs: [RuntimeNeed] = []
    private var seen: Set<ByteString> = []
    private var configuration: [ByteString] = []

    mutating func add(
      _ path: ByteString, _ grade: Grade, _ evidence: Evidence, in root: inout RootView
    ) {
      guard needs.count < limit, seen.insert(path).inserted, let kind = kind(of: path, in: &root)
      else { return }
      if kind == .data, path.hasPrefix("/etc/") { configuration.append(path) }
      needs.append(
        RuntimeNeed(
          topic: Topic(kind == .data ? "files" : "commands"), grade: grade, evidence: evidence,
          wishes: [.path(path, at: nil)], isEssential: kind == .data,
          purpose: kind == .data ? "a file of its own" : "a program that it starts for some jobs"))
    }

    /// Other files that configuration names, also by patterns, and directories for state.
    mutating func followConfiguration(in root: inout RootView) {
      while let file = configuration.popLast(), needs.count < limit {
        for (number, line) in root.lines(at: file) {
          for word in paths(in: ConfigurationText.withoutComment(line)) {
            follow(word, .line(number, of: file), in: &root)
          }
        }
      }
    }

    private mutating func follow(
      _ word: ByteString, _ evidence: Evidence, in root: inout RootView
    ) {
      if stateTops.contains(where: { word.hasPrefix($0) }) {
        addDirectory(for: word, evidence, in: &root)
      } else if tops.contains(where: { word.hasPrefix($0) }) {
        for path in PathPattern.paths(matching: word, in: &root) {
          add(path, .registered, evidence, in: &root)
        }
        // Some programs fail where a directory that is included isn't there.
        if PathPattern.isPattern(word) {
          addDirectory(for: word.directoryPart, evidence, in: &root)
        }
      }
    }

    private mutating func addDirectory(
      for text: ByteString, _ evidence: Evidence, in root: inout RootView
    ) {
      guard needs.count < limit, let directory = StateDirectories.directory(of: text, in: &root),
        seen.insert(directory.path.text + "/").inserted
      else { return }
      needs.append(
        RuntimeNeed(
          topic: StateDirectories.topic, grade: .registered, evidence: evidence,
          wishes: [.directory(directory.path, permissions: directory.permissions)],
          isEssential: true, purpose: "a directory that its configuration names"))
    }
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
      file.status.kind == .regular
    else { return nil }
    let format = try? root.tree.programFormat(of: file.real)
    let isProgram =
      file.status.permissions & 0o111 != 0 && (format == .elf || format == .script)
    let isLibrary = text.hasPrefix("/usr/lib")
    if isProgram { return isLibrary ? .command : nil }
    return isLibrary || file.status.size > sizeLimit ? nil : .data
  }
}
