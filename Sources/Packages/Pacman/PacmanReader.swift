internal import FileTree

/// pacman's database: a directory for each package, with files of `%NAME%` lines and what belongs to them.
///
/// Source: pacman `lib/libalpm/be_local.c` (`local_db_read`).
struct PacmanReader: PackageReader {
  private static let place: RootPath = "/var/lib/pacman/local"

  private let tree: any FileTree
  private var knownDirectories: [ByteString]?
  private(set) var unread: [RootPath] = []

  init?(_ tree: any FileTree) {
    guard RecordFile.isDirectory(Self.place, in: tree) else { return nil }
    self.tree = tree
  }

  /// Of each package, `NAME-VERSION-RELEASE`.
  private mutating func directories() -> [ByteString] {
    let directories =
      knownDirectories
      ?? ((try? tree.entries(in: Self.place)) ?? []).filter { $0.kind == .directory }.map(\.name)
    knownDirectories = directories
    return directories
  }

  var names: [ByteString] {
    mutating get {
      directories().map { directory in
        let parts = directory.bytes.split(separator: UInt8(ascii: "-")).dropLast(2)
        return parts.isEmpty ? directory : ByteString(parts.joined(separator: [UInt8(ascii: "-")]))
      }
    }
  }

  private mutating func record(at place: Int, _ name: ByteString) -> RootPath {
    Self.place.appending(directories()[place]).appending(name)
  }

  /// Calls with each line of a file and the heading that it stands below, which has no `%`.
  private mutating func eachLine(
    of name: ByteString, at place: Int, _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void
  ) {
    let path = record(at: place, name)
    guard let bytes = RecordFile.read(path, in: tree) else {
      unread.append(path)
      return
    }
    let sign = UInt8(ascii: "%")
    var heading: ArraySlice<UInt8> = []
    RecordFile.eachLine(of: bytes[...]) { line in
      if line.count > 2, line.first == sign, line.last == sign {
        heading = line.dropFirst().dropLast()
      } else if !line.isEmpty {
        body(heading, line)
      }
      return true
    }
  }

  mutating func package(at place: Int, number: Int) -> Package {
    var fields: [ByteString: [ByteString]] = [:]
    eachLine(of: "desc", at: place) { heading, line in
      fields[ByteString(heading), default: []].append(ByteString(line))
    }
    func names(_ heading: ByteString) -> [ByteString] {
      (fields[heading] ?? []).map { line in
        ByteString(line.bytes.prefix { !"<>=:".utf8.contains($0) })
      }.filter { !$0.isEmpty }
    }
    let name = fields["NAME"]?.first ?? directories()[place]
    return Package(
      manager: .pacman, name: name, version: fields["VERSION"]?.first ?? "",
      architecture: fields["ARCH"]?.first ?? "", source: fields["BASE"]?.first ?? name,
      dependencies: names("DEPENDS").map { [$0] },
      recommendations: names("OPTDEPENDS").map { [$0] }, provides: names("PROVIDES"),
      record: record(at: place, "files"), number: number)
  }

  /// Paths from the root on; those of directories end in a slash.
  mutating func eachPath(at place: Int, _ body: (ArraySlice<UInt8>) -> Void) {
    eachLine(of: "files", at: place) { heading, line in
      guard heading.elementsEqual("FILES".utf8), line.count < RecordFile.pathLimit else { return }
      let path = [UInt8(ascii: "/")] + line
      body(path.last == UInt8(ascii: "/") ? path.dropLast() : path[...])
    }
  }

  /// `PATH`, a tab and a digest.
  mutating func configurationFiles(at place: Int) -> [ByteString] {
    var files: [ByteString] = []
    eachLine(of: "files", at: place) { heading, line in
      guard heading.elementsEqual("BACKUP".utf8) else { return }
      files.append("/" + ByteString(line.prefix { $0 != UInt8(ascii: "\t") }))
    }
    return files
  }
}
