internal import Bundle
internal import FileTree
internal import FoundationEssentials

/// What a bundle holds, file by file, to be kept beside the sources: a later run that would hold
/// something else can be told from it.
///
/// A contract like the JSON of `inspect`: fields may be added; one that is renamed or dropped raises
/// ``schemaVersion``.
package struct BundleLock: Hashable, Sendable, Codable {
  package static let currentVersion = 1

  package let schemaVersion: Int
  package let platforms: [Platform]

  package struct Platform: Hashable, Sendable, Codable {
    /// As in `linux/amd64`; nil for a machine that images have no name for.
    package let platform: String?
    package let programs: [String]
    /// In the order of an archive.
    package let entries: [Entry]
  }

  package struct Entry: Hashable, Sendable, Codable {
    package let path: String
    /// `file`, `directory`, `symlink` or `hardlink`.
    package let type: String
    /// In octal.
    package let mode: String
    /// In bytes, of a file.
    package let size: UInt64?
    /// Of a file, in lower-case digits.
    package let sha256: String?
    /// The text of a symbolic link, or the path that a hard link repeats.
    package let target: String?
    /// Extended attributes by name, their values in hexadecimal digits; locks once had none.
    package let attributes: [String: String]?
    /// Why it ships, in words that say nothing of the machine that it was packed on.
    package let reason: String
    /// Whether a loader loads it: what else there is follows from it.
    package let isClosure: Bool
    /// The name by which it was asked for, of a library.
    package let library: String?

    static let types: Set<String> = ["file", "directory", "symlink", "hardlink"]

    fileprivate func check() throws(ReadError) {
      // It is written with what can't be shown escaped.
      guard ByteString.isPlain(path) else {
        throw .entry(path: ByteString(path).description, field: "path")
      }
      let texts = [
        ("target", [target ?? ""]), ("reason", [reason]), ("library", [library ?? ""]),
        ("attributes", (attributes ?? [:]).flatMap { [$0.key, $0.value] }),
      ]
      for (field, values) in texts where !values.allSatisfy(ByteString.isPlain) {
        throw .entry(path: path, field: field)
      }
      if !Self.types.contains(type) { throw .entry(path: path, field: "type") }
      guard UInt16(mode, radix: 8) != nil else { throw .entry(path: path, field: "mode") }
    }

    private enum CodingKeys: String, CodingKey {
      case path, type, mode, size, sha256, target, attributes, reason, library
      case isClosure = "closure"
    }
  }

  /// Reads every file of some plans once.
  package init(of bundles: [ImageBundle], options: WriteOptions) throws(ArchiveError) {
    var platforms: [Platform] = []
    for bundle in bundles {
      let sink = LockSink()
      try PlanReader(sinks: [sink], progress: options.progress).read(bundle.plan)
      if let signal = options.interruption() { throw .interrupted(signal: signal) }
      platforms.append(
        Platform(
          platform: bundle.platform?.description,
          programs: bundle.plan.programs.map(\.description), entries: sink.entries))
    }
    schemaVersion = Self.currentVersion
    self.platforms = platforms
  }

  /// Why bytes are no lock that can be compared with.
  package enum ReadError: Error, Hashable {
    case noLock
    case version(Int)
    /// A field of an entry that no bundle can have.
    case entry(path: String, field: String)
  }

  package init(_ bytes: [UInt8]) throws(ReadError) {
    let data = Data(bytes)
    // Of another version, only that is sure.
    guard let version = try? JSONDecoder().decode(Version.self, from: data).schemaVersion else {
      throw .noLock
    }
    guard version == Self.currentVersion else { throw .version(version) }
    guard let lock = try? JSONDecoder().decode(BundleLock.self, from: data) else { throw .noLock }
    for platform in lock.platforms {
      guard (platform.programs + [platform.platform ?? ""]).allSatisfy(ByteString.isPlain) else {
        throw .noLock
      }
      var size: UInt64 = 0
      for entry in platform.entries {
        try entry.check()
        let (sum, overflows) = size.addingReportingOverflow(entry.size ?? 0)
        if overflows { throw .entry(path: entry.path, field: "size") }
        size = sum
      }
    }
    self = lock
  }

  private struct Version: Decodable {
    let schemaVersion: Int
  }

  /// Keys sorted, a line end at the end: so that a version control system shows what changed.
  package func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}

/// Digests each file of a plan, and writes nothing.
private final class LockSink: EntrySink {
  private(set) var entries: [BundleLock.Entry] = []
  private var digest = Sha256()

  func begin(_ entry: BundleEntry) { digest = Sha256() }

  func append(_ bytes: [UInt8]) { digest.update(bytes) }

  func end(_ entry: BundleEntry) {
    let (type, mode, target): (String, UInt16, ByteString?) =
      switch entry.node {
      case .directory(let permissions): ("directory", permissions, nil)
      case .file(_, let permissions): ("file", permissions, nil)
      case .symbolicLink(let text): ("symlink", 0o777, text)
      case .hardLink(let path, let permissions): ("hardlink", permissions, path.text)
      }
    let isFile = type == "file"
    entries.append(
      BundleLock.Entry(
        path: entry.path.description, type: type, mode: String(mode, radix: 8),
        size: isFile ? entry.size : nil, sha256: isFile ? digest.finish().hexadecimal : nil,
        target: target?.description,
        attributes: entry.attributes.reduce(into: [:]) { $0[$1.name.description] = $1.hexadecimal },
        reason: entry.reason.summary,
        isClosure: entry.reason.isClosure,
        library: isFile ? entry.libraryName?.description : nil))
  }

  func finish() {}
}

extension BundleEntry {
  /// The name by which a loader or a kernel asked for it; nil for what is no library.
  fileprivate var libraryName: ByteString? {
    switch reason {
    case .library(let name, _, _), .opened(let name, _, _, _): RootPath(normalising: name).name
    case .interpreter: path.name
    case .program, .need, .scriptInterpreter, .link, .rootLink, .parent, .detour, .addition,
      .loaderConfiguration, .user, .workingDirectory, .volume, .madeDirectory,
      .initProgram:
      nil
    }
  }
}
