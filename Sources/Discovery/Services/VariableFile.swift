internal import FileTree

/// A file of variables, each on a line of its own: what a unit's `EnvironmentFile` names, and the files below
/// `/etc/default`, `/etc/sysconfig` and `/etc/conf.d`.
///
/// Source: systemd.exec(5), "EnvironmentFile".
enum VariableFile {
  struct Variable: Hashable {
    let name: ByteString
    /// Without quotes; what is in it that stands for something else stays as it is.
    let value: ByteString
    let evidence: Evidence
  }

  /// No real file has more, and no value is longer. Lines, and in bytes.
  private static let limit = 4096
  private static let valueLimit = 4096

  /// In the file's order; none where there is no file.
  static func variables(at path: ByteString, in root: inout RootView) -> [Variable] {
    root.lines(at: path).prefix(limit).compactMap { number, text in
      variable(in: text, Evidence(file: path, mark: .line(number)))
    }
  }

  /// The variable of a line; nil for a comment, and for what is none.
  static func variable(in text: ByteString, _ evidence: Evidence) -> Variable? {
    var line = ConfigurationText.trim(text)
    let export: ByteString = "export "
    if line.hasPrefix(export) { line = ByteString(line.bytes.dropFirst(export.count)) }
    guard let (name, value) = ConfigurationText.pair(line, at: "="), !name.isEmpty,
      name.bytes.allSatisfy(UnitCommand.isNameByte), value.count <= valueLimit
    else { return nil }
    return Variable(
      name: name, value: ConfigurationText.withoutQuotes(value), evidence: evidence)
  }
}
