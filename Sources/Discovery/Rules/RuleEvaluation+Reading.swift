internal import FileTree
internal import Rules

extension RuleEvaluation {
  /// In files that include others.
  private static let depthLimit = 16
  private static let fileLimit = 1024

  /// A file that is to be read.
  private struct Next {
    let path: ByteString
    let evidence: Evidence
    let depth: Int
  }

  /// Reads the files of a reading, and what they include where they do.
  mutating func read(_ reading: Reading, in root: inout RootView) {
    for finding in reading.files {
      for file in find(finding, nil, .existing, in: &root) {
        read(
          Next(path: file.text, evidence: file.evidence ?? evidence, depth: 0), reading, in: &root)
      }
    }
  }

  private mutating func read(_ file: Next, _ reading: Reading, in root: inout RootView) {
    guard file.depth < Self.depthLimit, read.count < Self.fileLimit, !isFull,
      root.isFile(file.path), read.insert(file.path).inserted
    else { return }
    if let purpose = reading.purpose {
      add(
        Topic(rule.topic).registered(
          file.evidence, [.path(file.path, at: nil)], isEssential: !reading.isHint,
          purpose: purpose))
    }
    let entries = FileEntry.entries(at: file.path, reading.grammar, in: &root)
    for definition in reading.definitions where definition.isGeneral {
      define(definition, nil, in: &root)
    }
    for entry in entries {
      guard !isFull else { return }
      let entry = BoundEntry(entry: expand(entry, reading.grammar), file: file.path)
      for include in reading.includes where include.selection.selects(entry.entry, of: entries) {
        for finding in include.files {
          for path in find(finding, entry, .existing, in: &root) {
            read(
              Next(path: path.text, evidence: entry.evidence, depth: file.depth + 1), reading,
              in: &root)
          }
        }
      }
      for definition in reading.definitions
      where !definition.isGeneral && definition.selection.selects(entry.entry, of: entries) {
        define(definition, entry, in: &root)
      }
      for taking in reading.takings {
        for entry in taking.selection.values(of: entry, of: entries) {
          take(taking, entry, along: reading.purpose == nil && reading.isPacked, in: &root)
        }
      }
    }
  }

  /// The entry with what its variables stand for.
  private func expand(_ entry: FileEntry, _ grammar: Grammar) -> FileEntry {
    let others: ByteString? = grammar == .assignments ? "" : nil
    var entry = entry
    entry.value = variables.expand(entry.value, others: others)
    entry.words = entry.words.map { variables.expand($0, others: others) }
    return entry
  }

  private mutating func define(
    _ definition: Reading.Definition, _ entry: BoundEntry?, in root: inout RootView
  ) {
    let values = values(of: definition.value, entry, in: &root)
    switch definition.target {
    case .place(let name): redefine(name, values)
    case .variable(let template):
      guard let value = values.first else { return }
      for name in self.values(of: template, entry, in: &root) {
        variables.define(name.text, value.text)
      }
    }
  }

  /// The entries of files that aren't packed for themselves.
  mutating func entries(
    of files: [Finding], _ grammar: Grammar, _ selection: Selection, in root: inout RootView
  ) -> [BoundEntry] {
    files.flatMap { finding in
      find(finding, nil, .existing, in: &root).flatMap { file -> [BoundEntry] in
        guard root.isFile(file.text) else { return [] }
        let entries = FileEntry.entries(at: file.text, grammar, in: &root)
        return entries.flatMap {
          selection.values(of: BoundEntry(entry: $0, file: file.text), of: entries)
        }
      }
    }
  }
}

extension Reading.Definition {
  /// Whether it asks for nothing of an entry.
  fileprivate var isGeneral: Bool {
    selection == Selection()
      && !((try? Template(value))?.names ?? []).contains { name in
        Template.Entry(rawValue: name) != nil || Int(name) != nil
      }
  }
}

extension Selection {
  /// Whether an entry is one that is meant.
  ///
  /// - Parameter others: all of its file.
  func selects(_ entry: FileEntry, of others: [FileEntry]) -> Bool {
    Self.matches(keys, ConfigurationText.lowercased(entry.key), isLowercased: true)
      && Self.matches(values, entry.value) && Self.matches(sections, entry.section)
      && having.allSatisfy { pair in
        others.contains { other in
          other.section == entry.section
            && Self.matches([pair.key], ConfigurationText.lowercased(other.key), isLowercased: true)
            && Self.matches([pair.value], other.value)
        }
      }
  }

  /// The entry if it is meant, once for each value that it has.
  func values(of entry: BoundEntry, of others: [FileEntry]) -> [BoundEntry] {
    guard selects(entry.entry, of: others) else { return [] }
    var texts = [entry.entry.value]
    if let separator {
      let separator = Array(separator.utf8)
      texts = texts.flatMap { $0.split { separator.contains($0) } }
        .map { ConfigurationText.withoutQuotes(ConfigurationText.trim($0)) }
    }
    if !after.isEmpty {
      texts = texts.flatMap { text in after.flatMap { Self.following(ByteString($0), in: text) } }
    }
    guard separator != nil || !after.isEmpty else { return [entry] }
    return texts.filter { !$0.isEmpty }.map { text in
      var part = entry
      part.entry.value = text
      part.entry.words = ConfigurationText.words(text)
      return part
    }
  }

  private static func matches(
    _ globs: [String], _ text: ByteString, isLowercased: Bool = false
  ) -> Bool {
    globs.isEmpty
      || globs.contains { glob in
        let glob = ByteString(glob)
        return PathPattern.matches(
          text, isLowercased ? ConfigurationText.lowercased(glob) : glob)
      }
  }

  /// What stands behind each occurrence of a text, as far as it can be a path.
  private static func following(_ marker: ByteString, in text: ByteString) -> [ByteString] {
    ConfigurationText.places(of: marker, in: text).map { place in
      ByteString(text.bytes[(place + marker.count)...].prefix(while: isPathByte))
    }
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    ConfigurationVariables.isNameByte(byte) || "/.-+@~".utf8.contains(byte)
  }
}
