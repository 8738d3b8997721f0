package import FileTree

/// A file of lines whose fields stand between colons.
///
/// Source: passwd(5), group(5).
package struct AccountFile {
  private let path: ByteString
  private let fieldCount: Int

  package static let users = AccountFile(path: "/etc/passwd", fieldCount: 7)
  package static let groups = AccountFile(path: "/etc/group", fieldCount: 4)

  /// The fields of each line that has all of them and a name, in order.
  package func records(in root: inout RootView) -> [[ByteString]] {
    records(in: &root, atLeast: fieldCount).filter { $0.count == fieldCount }
  }

  /// The same of lines that have some of the fields, as engines read them.
  package func records(in root: inout RootView, atLeast count: Int) -> [[ByteString]] {
    root.lines(at: path).compactMap { line in
      let fields = line.text.split(on: { $0 == UInt8(ascii: ":") })
      return fields.count >= count && !fields[0].isEmpty ? fields : nil
    }
  }
}
