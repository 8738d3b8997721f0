internal import FileTree

/// dpkg's database, and the one that images without dpkg have in its place.
///
/// Source: dpkg `doc/` and `lib/dpkg` (`db-fsys-files.c`, `infodb-format.c`); for images, the directory
/// `status.d`, which scanners know.
struct DpkgReader: PackageReader {
  private static let place: RootPath = "/var/lib/dpkg"
  private static let info: RootPath = "/var/lib/dpkg/info"
  private static let parts: RootPath = "/var/lib/dpkg/status.d"
  /// More than Debian has architectures. Paragraphs of one name beyond aren't seen.
  private static let architectureLimit = 32

  private let tree: any FileTree
  private var known: [Record]?
  private(set) var unread: [RootPath] = []

  /// A package's paragraph and where it is from.
  private struct Record {
    let name: ByteString
    let stanza: ControlStanza
    /// The name of its own file in `status.d`; nil where it is one of many in a file.
    let part: ByteString?
  }

  init?(_ tree: any FileTree) {
    guard RecordFile.isDirectory(Self.place, in: tree) else { return nil }
    self.tree = tree
  }

  var names: [ByteString] { mutating get { records().map(\.name) } }

  private mutating func records() -> [Record] {
    if let known { return known }
    var records = ControlStanza.all(in: read([Self.place.appending("status")])).map {
      Record(name: $0.text("Package"), stanza: $0, part: nil)
    }
    for name in (try? tree.names(in: Self.parts)) ?? [] {
      let stanza = ControlStanza(read([Self.parts.appending(name)])[...])
      records.append(Record(name: stanza.text("Package"), stanza: stanza, part: name))
    }
    var counts: [ByteString: Int] = [:]
    // What stands beside the files in `status.d` has no such field.
    records = records.filter { record in
      counts[record.name, default: 0] += 1
      return !record.name.isEmpty && counts[record.name, default: 0] <= Self.architectureLimit
    }.enumerated()
      .sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element)
    known = records
    return records
  }

  /// Where dpkg keeps what belongs to a package: packages that may be installed for several architectures
  /// have theirs behind the name.
  ///
  /// Source: dpkg `lib/dpkg/infodb-access.c` (`pkg_infodb_get_file`).
  private func files(of record: Record, _ ending: ByteString) -> [RootPath] {
    if let part = record.part { return [Self.parts.appending(part + ending)] }
    let plain = Self.info.appending(record.name + ending)
    let architecture = record.stanza.text("Architecture")
    guard record.stanza.text("Multi-Arch") == "same" else { return [plain] }
    // The names of databases from before there were several.
    return [Self.info.appending(record.name + ":" + architecture + ending), plain]
  }

  /// The first of some files that is there; empty where none is.
  private mutating func read(_ paths: [RootPath]) -> [UInt8] {
    for path in paths {
      if let bytes = RecordFile.read(path, in: tree) { return bytes }
      if (try? tree.status(of: path))?.kind == .regular { unread.append(path) }
    }
    return []
  }

  // MARK: Packages

  mutating func package(at place: Int, number: Int) -> Package {
    let record = records()[place]
    let stanza = record.stanza
    // `NAME (VERSION)` where the versions differ.
    let source = stanza.text("Source").bytes.prefix { $0 != UInt8(ascii: " ") }
    let lists = files(of: record, record.part == nil ? ".list" : ".md5sums")
    return Package(
      manager: .dpkg, name: record.name, version: stanza.text("Version"),
      architecture: stanza.text("Architecture"),
      source: source.isEmpty ? record.name : ByteString(source),
      dependencies: stanza.relations("Pre-Depends") + stanza.relations("Depends"),
      recommendations: stanza.relations("Recommends"),
      provides: stanza.relations("Provides").flatMap { $0 },
      record: lists.first { (try? tree.status(of: $0)) != nil } ?? lists[0], number: number)
  }

  // MARK: Files

  mutating func eachPath(at place: Int, _ body: (ArraySlice<UInt8>) -> Void) {
    let record = records()[place]
    if record.part != nil { return eachSummed(record, body) }
    RecordFile.eachLine(of: read(files(of: record, ".list"))[...]) { line in
      if line.first == UInt8(ascii: "/"), line.count < RecordFile.pathLimit { body(line) }
      return true
    }
  }

  /// `DIGEST  PATH`, from the root on: directories aren't there.
  private mutating func eachSummed(_ record: Record, _ body: (ArraySlice<UInt8>) -> Void) {
    RecordFile.eachLine(of: read(files(of: record, ".md5sums"))[...]) { line in
      let path = line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") }
      if !path.isEmpty, path.count < RecordFile.pathLimit { body([UInt8(ascii: "/")] + path) }
      return true
    }
  }

  /// Those of `conffiles`, where a word before the path says that an upgrade removes it; in the status,
  /// a word behind the digest that the package has it no longer.
  ///
  /// Source: deb-conffiles(5); dpkg `lib/dpkg/fields.c` (`w_conffiles`).
  mutating func configurationFiles(at place: Int) -> [ByteString] {
    let record = records()[place]
    let declared = read(files(of: record, ".conffiles"))
    var files: [ByteString] = []
    RecordFile.eachLine(of: declared[...]) { line in
      if line.first == UInt8(ascii: "/") { files.append(ByteString(line.trimmed)) }
      return true
    }
    guard declared.isEmpty else { return files }
    return (record.stanza.lines(of: "Conffiles") ?? []).compactMap { line in
      let words = line.words
      guard words.count == 2, words[0].first == UInt8(ascii: "/") else { return nil }
      return ByteString(words[0])
    }
  }

  mutating func diversions() -> [Diversion] {
    DpkgAdministration.diversions(read([Self.place.appending("diversions")]))
  }

  mutating func alternatives() -> [Alternative] {
    let directory = Self.place.appending("alternatives")
    return ((try? tree.names(in: directory)) ?? []).flatMap {
      DpkgAdministration.alternatives(read([directory.appending($0)]), name: $0)
    }
  }
}
