internal import FileTree

/// Tells secrets by where they lie and what they are called, as ``PlaceTable`` says.
enum SecretPlaces {
  /// The end of a path, from the last name up.
  private struct PathEnd: Sendable {
    let names: [NamePattern]
    let row: PlaceRow

    init(_ word: ByteString, of row: PlaceRow) {
      names = word.split { $0 == UInt8(ascii: "/") }.reversed().map { NamePattern($0) }
      self.row = row
    }

    func matches(_ path: ArraySlice<ByteString>) -> Bool {
      path.count >= names.count && zip(names, path.reversed()).allSatisfy { $0.matches($1) }
    }
  }

  private static let places = PlaceTable.rows.filter { $0.kind == .place }.flatMap { row in
    row.words.map { (directory: RootPath(normalising: $0), rule: row.rule) }
  }
  private static let directories = byLastName(.directory)
  private static let files = byLastName(.file)
  /// Those whose last name is no whole one.
  private static let patterns = ends(.file).filter { $0.names[0].literal == nil }

  private static func ends(_ kind: PlaceRow.Kind) -> [PathEnd] {
    PlaceTable.rows.filter { $0.kind == kind }.flatMap { row in
      row.words.map { PathEnd($0, of: row) }
    }
  }

  private static func byLastName(_ kind: PlaceRow.Kind) -> [ByteString: [PathEnd]] {
    var known: [ByteString: [PathEnd]] = [:]
    for end in ends(kind) {
      if let name = end.names[0].literal { known[name, default: []].append(end) }
    }
    return known
  }

  /// What a path is secret by; nil for most.
  ///
  /// - Parameter path: physical.
  static func rule(for path: RootPath, _ kind: FileStatus.Kind) -> SecretRule? {
    if let place = places.first(where: { path.isInside($0.directory) }) { return place.rule }
    let names = path.names
    for (index, name) in names.enumerated() {
      let end = directories[name]?.first { $0.matches(names[...index]) }
      if let end, index + 1 < names.count || kind == .directory { return end.row.rule }
    }
    // A link holds nothing.
    guard kind == .regular, let name = names.last else { return nil }
    let end = ((files[name] ?? []) + patterns).first { $0.matches(names[...]) }
    guard let row = end?.row, !row.exceptions.contains(where: { $0.matches(name) }) else {
      return nil
    }
    return row.rule
  }
}
