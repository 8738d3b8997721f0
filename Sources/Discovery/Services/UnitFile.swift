internal import FileTree

/// The settings of a unit: those of its file, and behind them those of its drop-ins.
///
/// Source: systemd.syntax(7).
struct UnitFile {
  struct Setting: Hashable {
    let key: ByteString
    let value: ByteString
    /// The line that it begins in.
    let evidence: Evidence
  }

  private(set) var settings: [Setting] = []

  /// No real unit has more, and no file of one is longer than its lines. Settings, and in bytes.
  private static let limit = 4096
  private static let lineLimit = 1 << 16

  /// Adds the settings that a file has in its service's section.
  mutating func read(_ path: ByteString, in root: inout RootView) {
    var isService = false
    var pending: (text: ByteString, line: Int)?
    for (number, text) in root.lines(at: path) where settings.count < Self.limit {
      let line = ConfigurationText.trim(text)
      let isComment = line.hasPrefix("#") || line.hasPrefix(";")
      // A comment inside of a line that goes on is left out of it.
      if isComment { continue }
      let start = pending?.line ?? number
      var whole = (pending?.text ?? "") + line
      if whole.bytes.last == UInt8(ascii: "\\"), whole.count < Self.lineLimit {
        whole.bytes[whole.count - 1] = UInt8(ascii: " ")
        pending = (whole, start)
        continue
      }
      pending = nil
      if whole.hasPrefix("[") {
        isService = whole.hasPrefix("[Service]")
      } else if isService, let (key, value) = ConfigurationText.pair(whole, at: "=") {
        settings.append(
          Setting(key: key, value: value, evidence: Evidence(file: path, mark: .line(start))))
      }
    }
  }

  /// The setting that counts where there may be one; nil where it is unset.
  func last(_ key: ByteString) -> Setting? {
    settings.last { $0.key == key }.flatMap { $0.value.isEmpty ? nil : $0 }
  }

  /// The settings that count where there may be several: an empty one takes those before it back.
  func all(_ key: ByteString) -> [Setting] {
    let own = settings.filter { $0.key == key }
    guard let reset = own.lastIndex(where: \.value.isEmpty) else { return own }
    return Array(own[(reset + 1)...])
  }

  func isTrue(_ key: ByteString) -> Bool {
    guard let value = last(key)?.value else { return false }
    return ["1", "yes", "true", "on", "y", "t"].contains(ConfigurationText.lowercased(value))
  }
}
