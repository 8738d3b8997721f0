internal import Bundle
internal import FileTree
internal import Image
internal import Report
internal import SystemPackage

extension Diagnostic {
  init(_ error: PlanError) {
    switch error {
    case .conflict(let path, let first, let second):
      self.init(
        "\(path) is wanted for two different things: \(first); \(second)",
        remedy: "give one of them another place (--install PATH, --add SRC:DST)", status: .usage)
    case .takenFromUser(let user, let path, let existing):
      self.init(
        "\(path) would tell who user \(user.name) is, and is there already: \(existing)",
        remedy: "name the user by number (--user \(user.uid):\(user.gid)), or leave the file out",
        status: .usage)
    case .unreadable(let path, let cause):
      self.init("\(path): \(Self.describe(cause))")
    case .unpackable(let path, let kind):
      self.init(
        "\(path): a \(kind) has no content to pack", remedy: "remove it from what --add names")
    case .sensitive(let places):
      let sorted = places.sorted { $0.key < $1.key }
      let shown = sorted.prefix(8).map { path, reason in
        "\(path) (\(reason.text(for: path)), by rule '\(reason.rule)')"
      }
      let rest = sorted.count - shown.count
      let example = sorted.first?.key ?? "PATH"
      self.init(
        "secrets don't go in unless you say so: " + shown.joined(separator: ", ")
          + (rest > 0 ? " and \(rest) more" : "") + "; nothing was written",
        remedy: "leave them out, or pack one with --allow-sensitive=\(example), "
          + "all that is added with --allow-sensitive", status: .usage)
    case .unfaithful(let deviations):
      let lines = deviations.map { deviation in
        "\(deviation.name) for \(deviation.requester) would be "
          + (deviation.actual.map { "\($0)" } ?? "missing") + " instead of "
          + (deviation.expected.map { "\($0)" } ?? "missing")
      }
      self.init(
        "in the image the loader would not find what it finds here: "
          + lines.joined(separator: ", "),
        remedy: "'rootfs-pack why' shows each search; another --install place may help",
        status: .findings)
    }
  }

  /// - Parameter neededSize: of all outputs while they are written, in bytes.
  init(_ error: ArchiveError, neededSize: UInt64) {
    switch error {
    case .target(let target, .noSpace), .targetEntry(let target, _, .noSpace):
      self.init(
        "\(ByteString(target)): no space left on the device",
        remedy: "about \(renderSize(neededSize)) are needed; nothing was changed")
    case .temporaryDirectory(let directory, let cause):
      self.init(
        "\(ByteString(directory)): an image's layers can't be kept here until they are complete: "
          + Self.describe(cause),
        remedy: "name another place with the variable TMPDIR"
          + (cause == .noSpace ? ": about \(renderSize(neededSize)) are needed" : ""))
    case .targetEntry(let target, let path, let cause):
      self.init(
        "\(ByteString(target)): \(path) can't be written: \(Self.describe(cause))",
        remedy: "name another place with --output, or write an archive")
    case .ownership(let target, let path, let cause):
      self.init(
        "\(ByteString(target)): \(path) can't be given to its owner: \(Self.describe(cause))",
        remedy: "write an archive, or run as root")
    case .targetIsIrreplaceable(let target, let reason):
      self.init(
        "\(ByteString(target)): \(reason), which nothing can take the place of",
        remedy: "name a new directory in it with --output", status: .usage)
    case .targetIsSwapped(let target):
      self.init(
        "\(ByteString(target)): somebody put something else in its place while it was written",
        remedy: "write it where nobody else may")
    case .targetInsideTarget(let inner, let outer):
      self.init(
        "--output \(ByteString(inner)): lies inside of \(ByteString(outer)), which is written too",
        remedy: "name another place", status: .usage)
    case .target(let target, .noSuchFileOrDirectory):
      self.init(
        "\(ByteString(target)): no such directory to write it in",
        remedy: "make the directory, or name another place with --output")
    case .target(let target, .brokenPipe):
      self.init(
        "\(ByteString(target)): its reader has gone before the archive was complete",
        remedy: "let it read to the end")
    case .target(let target, let cause):
      self.init(
        "\(ByteString(target)): can't be written: \(Self.describe(cause))",
        remedy: "name another place with --output")
    case .targetIsDirectory(let target):
      self.init(
        "\(ByteString(target)): is a directory",
        remedy: "name a file with --output, or end the name in a slash for a directory",
        status: .usage)
    case .targetIsNoDirectory(let target, let kind):
      self.init(
        "\(ByteString(target)): is a \(kind), not a directory",
        remedy: "name another place with --output", status: .usage)
    case .targetIsNotEmpty(let target):
      self.init(
        "\(ByteString(target)): is a directory that isn't empty",
        remedy: "remove it or name another place with --output", status: .usage)
    case .targetIsDanglingLink(let target):
      self.init(
        "\(ByteString(target)): is a link to nothing",
        remedy: "remove it or name another place with --output", status: .usage)
    case .targetIsSpecial(let target, let kind):
      self.init(
        "\(ByteString(target)): is a \(kind), not a regular file",
        remedy: "name a file with --output",
        status: .usage)
    case .targetTwice(let target):
      self.init(
        "--output \(ByteString(target)): is written twice", remedy: "name each output once",
        status: .usage)
    case .targetIsInput(let target, let source):
      self.init(
        "\(ByteString(target)): is also packed (\(source))",
        remedy: "write elsewhere with --output, or leave it out of --add", status: .usage)
    case .source(let path, let cause):
      self.init("\(path): \(Self.describe(cause)); nothing was written")
    case .sourceChanged(let path):
      self.init(
        "\(path): its source changed while it was packed; nothing was written",
        remedy: "run again when nothing writes to it")
    case .unrepresentable(let path, let reason):
      self.init("\(path): \(reason)", remedy: "write another format, or leave it out")
    case .attribute(let path, let name, let cause):
      self.init(
        "\(path): its attribute \(name) can't be set: \(Self.describe(cause))",
        remedy: "write an archive, or leave --keep-xattrs out")
    case .unknownPlatform:
      self.init("images have no name for the program's machine", remedy: "write a .tar")
    case .interrupted(let signal):
      self.init(
        "interrupted by signal \(signal), nothing was written", status: .interrupted(signal))
    }
  }
}

extension [PlanWarning] {
  /// Each by itself, but for those of which there are many of a kind: a tree may have thousands.
  var diagnostics: [Diagnostic] {
    let limit = 8
    var order: [PlanWarning.Kind] = []
    var kinds: [PlanWarning.Kind: [PlanWarning]] = [:]
    for warning in self {
      if kinds[warning.kind] == nil { order.append(warning.kind) }
      kinds[warning.kind, default: []].append(warning)
    }
    return order.flatMap { kind in
      let warnings = kinds[kind] ?? []
      let shown = warnings.prefix(warnings.count > limit ? limit - 1 : limit).map(\.diagnostic)
      let rest = warnings.count - shown.count
      guard rest > 0 else { return shown }
      return shown + [
        Diagnostic("warning: \(kind.summary): \(rest) more", remedy: shown.last?.remedy)
      ]
    }
  }
}

extension PlanWarning {
  fileprivate enum Kind {
    case danglingLink, leftOutSensitive, notExecutable, droppedSetID, setIDOfOther,
      droppedCapabilities, movedForBase

    var summary: String {
      switch self {
      case .danglingLink: "links that lead to nothing in the image"
      case .leftOutSensitive: "left out"
      case .notExecutable: "files without an execute bit"
      case .droppedSetID, .setIDOfOther: "files with a set-user-id or set-group-id bit"
      case .droppedCapabilities: "files with capabilities"
      case .movedForBase: "directories that are laid out for a merged /usr"
      }
    }
  }

  fileprivate var kind: Kind {
    switch self {
    case .danglingLink: .danglingLink
    case .leftOutSensitive: .leftOutSensitive
    case .notExecutable: .notExecutable
    case .droppedSetID: .droppedSetID
    case .setIDOfOther: .setIDOfOther
    case .droppedCapabilities: .droppedCapabilities
    case .movedForBase: .movedForBase
    }
  }

  /// Where a link leads to, as a path of the root.
  private static func target(of link: RootPath, _ text: ByteString) -> RootPath {
    RootPath(normalising: text.hasPrefix("/") ? text : link.parent.text + "/" + text)
  }

  var diagnostic: Diagnostic {
    switch self {
    case .danglingLink(let path, let text):
      Diagnostic(
        "warning: \(path) -> \(text) leads to nothing in the image",
        remedy: "--add \(Self.target(of: path, text))")
    case .leftOutSensitive(let path, let reason):
      Diagnostic(
        "warning: left out: \(path) (\(reason.text(for: path)), by rule '\(reason.rule)')",
        remedy: "pack it on purpose with --allow-sensitive=\(path)")
    case .notExecutable(let path):
      Diagnostic(
        "warning: \(path): no execute bit is set, so it can't be started", remedy: "chmod +x it")
    case .droppedSetID(let path):
      Diagnostic(
        "warning: \(path): its set-user-id or set-group-id bit isn't packed",
        remedy: "keep it with --keep-setid")
    case .setIDOfOther(let path, let owner):
      Diagnostic(
        "warning: \(path): belongs to user \(owner.user) and group \(owner.group) here; in the image "
          + "all files are root's, or --owner's, so its set-user-id or set-group-id bit gives other "
          + "rights there",
        remedy: "pack without --keep-setid if that isn't wanted")
    case .droppedCapabilities(let path):
      Diagnostic(
        "warning: \(path): its capabilities (security.capability) aren't packed",
        remedy: "keep them with --keep-xattrs")
    case .movedForBase(let path):
      Diagnostic(
        "warning: \(path): is a directory here; for a base image where it is a link, its files are "
          + "packed in /usr\(path)",
        remedy: "for one where it is a directory too, --overlay-safe=split")
    }
  }
}
