internal import FileTree
internal import FoundationEssentials

/// The texts of a JSON document, each with the keys that lead to it: the last is its key, those before
/// its section, with dots between them. They have no lines of their own.
enum JsonTexts {
  /// In levels of nesting: documents that name libraries have three.
  private static let depthLimit = 16

  static func entries(of text: [UInt8]) -> [FileEntry] {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text)) else { return [] }
    var entries: [FileEntry] = []
    add(value, at: [], to: &entries)
    return entries
  }

  private static func add(_ value: Value, at path: [String], to entries: inout [FileEntry]) {
    switch value {
    case .text(let text):
      let value = ByteString(text)
      entries.append(
        FileEntry(
          section: ByteString(path.dropLast().joined(separator: ".")),
          key: ByteString(path.last ?? ""), value: value,
          words: ConfigurationText.words(value), line: 1))
    case .list(let values): for value in values { add(value, at: path, to: &entries) }
    case .table(let values):
      for (key, value) in values.sorted(by: { $0.key < $1.key }) {
        add(value, at: path + [key], to: &entries)
      }
    case .other: break
    }
  }

  private indirect enum Value: Decodable {
    case text(String)
    case list([Value])
    case table([String: Value])
    case other

    init(from decoder: any Decoder) throws {
      guard decoder.codingPath.count < JsonTexts.depthLimit else {
        self = .other
        return
      }
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let values = try? container.decode([Value].self) {
        self = .list(values)
      } else if let values = try? container.decode([String: Value].self) {
        self = .table(values)
      } else {
        self = .other
      }
    }
  }
}
