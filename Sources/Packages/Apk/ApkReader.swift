internal import FileTree

/// apk's database: one file, a paragraph for each package, each line beginning with a letter for what it
/// tells.
///
/// Source: apk-tools `src/database.c` (`apk_db_fdb_read`, `apk_db_fdb_write`).
struct ApkReader: PackageReader {
  /// Alpine's place, and that of systems with all of it below `/usr`.
  private static let places: [RootPath] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]

  private let tree: any FileTree
  private let file: RootPath
  private var loaded: Records?
  private(set) var unread: [RootPath] = []

  private struct Records {
    var bytes: [UInt8] = []
    var names: [ByteString] = []
    var ranges: [Range<Int>] = []
  }

  init?(_ tree: any FileTree) {
    guard
      let file = Self.places.first(where: { (try? tree.status(of: $0))?.kind == .regular })
    else { return nil }
    self.tree = tree
    self.file = file
  }

  var names: [ByteString] { mutating get { records().names } }

  private mutating func records() -> Records {
    if let loaded { return loaded }
    var records = Records()
    if let bytes = RecordFile.read(file, in: tree) {
      records = Self.records(bytes)
    } else {
      unread.append(file)
    }
    loaded = records
    return records
  }

  private static func records(_ bytes: [UInt8]) -> Records {
    var records = Records(bytes: bytes)
    var seen: Set<ByteString> = []
    var start = 0
    var name: ByteString?
    func end(_ place: Int) {
      if let name, seen.insert(name).inserted, records.names.count < PathIndex.packageLimit {
        records.names.append(name)
        records.ranges.append(start..<place)
      }
      name = nil
    }
    RecordFile.eachLine(of: bytes[...]) { line in
      if line.isEmpty {
        end(line.startIndex)
        start = line.endIndex + 1
      } else if name == nil, let value = line.dropping(prefix: "P:"), !value.isEmpty {
        name = ByteString(value)
      }
      return true
    }
    end(bytes.count)
    return records
  }

  /// Calls with the letter of each line and what stands behind its colon.
  private mutating func eachField(at place: Int, _ body: (UInt8, ArraySlice<UInt8>) -> Void) {
    let records = records()
    RecordFile.eachLine(of: records.bytes[records.ranges[place]]) { line in
      if let letter = line.first, line.dropFirst().first == UInt8(ascii: ":") {
        body(letter, line.dropFirst(2))
      }
      return true
    }
  }

  mutating func package(at place: Int, number: Int) -> Package {
    var fields: [UInt8: ArraySlice<UInt8>] = [:]
    eachField(at: place) { letter, value in
      // Of each file there is one more.
      if fields[letter] == nil { fields[letter] = value }
    }
    func text(_ letter: Character) -> ByteString {
      ByteString(letter.asciiValue.flatMap { fields[$0] } ?? [])
    }
    func names(_ letter: Character) -> [ByteString] {
      (letter.asciiValue.flatMap { fields[$0] } ?? []).words.compactMap(Self.name)
    }
    let name = records().names[place]
    let origin = text("o")
    return Package(
      manager: .apk, name: name, version: text("V"), architecture: text("A"),
      source: origin.isEmpty ? name : origin, dependencies: names("D").map { [$0] },
      recommendations: [], provides: names("p"), record: file, number: number)
  }

  /// The name of `NAME>=VERSION`; nil for what mustn't be there.
  private static func name(_ dependency: ArraySlice<UInt8>) -> ByteString? {
    let name = dependency.prefix { !"<>=~@".utf8.contains($0) }
    return name.isEmpty || name.first == UInt8(ascii: "!") ? nil : ByteString(name)
  }

  mutating func eachPath(at place: Int, _ body: (ArraySlice<UInt8>) -> Void) {
    eachEntry(at: place) { path, _ in body(path) }
  }

  private mutating func eachEntry(
    at place: Int, _ body: (_ path: ArraySlice<UInt8>, _ isDirectory: Bool) -> Void
  ) {
    // Without the slash of the root; nil where no file could be in it.
    var directory: [UInt8]? = []
    eachField(at: place) { letter, value in
      switch letter {
      case UInt8(ascii: "F"):
        directory = value.count < RecordFile.pathLimit ? Self.path([], value) : nil
        if let directory, !directory.isEmpty { body(directory[...], true) }
      case UInt8(ascii: "R"):
        guard let directory, value.count < RecordFile.pathLimit else { return }
        body(Self.path(directory, value)[...], false)
      default: break
      }
    }
  }

  /// A name in a directory; the directory itself where there is no name.
  private static func path(_ directory: [UInt8], _ name: ArraySlice<UInt8>) -> [UInt8] {
    name.isEmpty ? directory : directory + [UInt8(ascii: "/")] + name
  }

  /// What an upgrade leaves as it was changed: all below `/etc`.
  ///
  /// Source: apk-tools `src/database.c` (`apk_db_open`, the protected paths).
  mutating func configurationFiles(at place: Int) -> [ByteString] {
    var files: [ByteString] = []
    eachEntry(at: place) { path, isDirectory in
      if !isDirectory, path.dropping(prefix: "/etc/") != nil { files.append(ByteString(path)) }
    }
    return files
  }
}
