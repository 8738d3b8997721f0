internal import FileTree

/// What dpkg and update-alternatives keep beside the records of packages.
enum DpkgAdministration {
  /// Neither a system nor a person has more.
  private static let limit = 1 << 16

  /// Three lines for each: where the file was, where it is, and whose file keeps the place.
  ///
  /// Source: dpkg-divert(1); dpkg `lib/dpkg/db-fsys-divert.c`.
  static func diversions(_ bytes: [UInt8]) -> [Diversion] {
    var lines: [ByteString] = []
    RecordFile.eachLine(of: bytes[...]) { line in
      lines.append(ByteString(line))
      return lines.count < 3 * limit
    }
    return stride(from: 0, to: lines.count - lines.count % 3, by: 3).map { place in
      Diversion(
        from: lines[place], to: lines[place + 1],
        package: lines[place + 2] == ":" ? nil : lines[place + 2])
    }
  }

  /// The links of a group: the way of choosing, the group's own link, then a name and a link for each that
  /// follows it, up to an empty line.
  ///
  /// Source: dpkg `utils/update-alternatives.c` (`alternative_load`).
  static func alternatives(_ bytes: [UInt8], name: ByteString) -> [Alternative] {
    var lines: [ByteString] = []
    RecordFile.eachLine(of: bytes[...]) { line in
      if line.isEmpty { return false }
      lines.append(ByteString(line))
      return lines.count < limit
    }
    guard lines.count >= 2 else { return [] }
    var found = [(name: name, link: lines[1])]
    for place in stride(from: 2, to: lines.count - 1, by: 2) {
      found.append((lines[place], lines[place + 1]))
    }
    return found.filter { $0.link.hasPrefix("/") && $0.link.count < RecordFile.pathLimit }.map {
      Alternative(name: $0.name, link: RootPath(normalising: $0.link))
    }
  }
}
