internal import ELF
internal import FileTree
internal import Packages

/// Files that stand by their path in a program and lie in a directory that belongs to it: its
/// configuration below `/etc`, its data below `/usr/share`, and programs below `/usr/lib` that it
/// starts; and what that configuration names in the same places.
///
/// What lies in `/etc` itself describes the host or is many programs': it doesn't go into an image unasked.
struct NamedFiles: NeedSource {
  private static let tops: [ByteString] = [
    "/etc/", "/usr/share/", "/usr/lib/", "/usr/libexec/", "/usr/bin/", "/usr/sbin/", "/bin/",
    "/sbin/",
  ]
  private static let stateTops: [ByteString] = ["/var/", "/run/"]
  /// What has presets or sources of its own, or is for people.
  private static let others: [RootPath] = [
    "/etc/pki", "/etc/ssl", "/usr/share/doc", "/usr/share/info", "/usr/share/locale",
    "/usr/share/man", "/usr/share/terminfo", "/usr/share/zoneinfo",
  ]
  /// In bytes: no configuration is larger, and data that is has its own rules.
  private static let sizeLimit: UInt64 = 4 << 20
  private static let limit = 256

  private enum Kind { case data, command }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.isProgram else { return [] }
    let family = PackageFamily(of: object.real, in: root)
    var search = Search(object: object, family: family)
    let facts = root.constantFacts(of: object)
    for text in facts.paths { search.add(text.text, in: text, in: &root) }
    for text in facts.phrases {
      for path in PathsInText.all(in: text.text) { search.add(path, in: text, in: &root) }
    }
    if !NeedSources.knowData(of: object, in: &root) { search.addConfiguration(in: &root) }
    search.followConfiguration(in: &root)
    return search.needs
  }

  /// What was found, and what of it may name more.
  private struct Search {
    let object: ObservedObject
    let family: PackageFamily
    private(set) var needs: [RuntimeNeed] = []
    private var seen: Set<ByteString> = []
    private var configuration: [ByteString] = []

    init(object: ObservedObject, family: PackageFamily) {
      self.object = object
      self.family = family
    }

    /// A path that stands in a text of the object.
    mutating func add(
      _ path: ByteString, in text: ConstantFacts.Text, in root: inout RootView
    ) {
      guard tops.contains(where: { path.hasPrefix($0) }) else { return }
      let mark = Evidence.Mark.string(path, offset: text.offset)
      add(path, .implied, Evidence(file: object.path, mark: mark), in: &root)
    }

    /// The configuration that the object's package, or one that is built with it, declares: what lies in a
    /// directory of its own, or has a name that stands in the object.
    mutating func addConfiguration(in root: inout RootView) {
      guard let package = family.package else { return }
      let evidence = Evidence(file: object.path, mark: .package(package.name))
      for path in family.configurationFiles(in: root) {
        add(path.text, .packaged, evidence, in: &root)
      }
    }

    mutating func add(
      _ path: ByteString, _ grade: Grade, _ evidence: Evidence, in root: inout RootView
    ) {
      guard needs.count < limit, seen.insert(path).inserted,
        let (kind, isOwn) = kind(of: path, family, in: &root)
      else { return }
      if kind == .data, path.hasPrefix("/etc/") { configuration.append(path) }
      needs.append(
        RuntimeNeed(
          topic: Topic(kind == .data ? "files" : "commands"), grade: grade, evidence: evidence,
          wishes: [.path(path, at: nil)], isEssential: kind == .data || isOwn,
          purpose: kind == .data
            ? "a file of its own" : isOwn ? "a program of its own" : "a program that it starts"))
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

  /// What a file is, and whether it is of the object's own source package; nil for one that doesn't belong
  /// to a program.
  private static func kind(
    of text: ByteString, _ family: PackageFamily, in root: inout RootView
  ) -> (kind: Kind, isOwn: Bool)? {
    let path = RootPath(normalising: text)
    guard !others.contains(where: { path.isInside($0) }), let file = root.resolve(text),
      file.status.kind == .regular
    else { return nil }
    let isOwn = family.kinship(of: file.real, in: root) == .own
    let format = try? root.tree.programFormat(of: file.real)
    let isProgram =
      file.status.permissions & 0o111 != 0 && (format == .elf || format == .script)
    let isHelper = text.hasPrefix("/usr/lib")
    if isProgram {
      // Elsewhere are programs of everybody's, which a message may name.
      guard isHelper || isOwn, file.real != family.object else { return nil }
      return (.command, isOwn)
    }
    guard text.hasPrefix("/etc/") || text.hasPrefix("/usr/share/"),
      isOwn || path.ancestors.count >= (text.hasPrefix("/etc/") ? 2 : 3),
      file.status.size <= sizeLimit
    else { return nil }
    return (.data, isOwn)
  }
}
