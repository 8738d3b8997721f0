internal import ELF
internal import FileTree

/// One font for each of the families that every program asks for, where something draws text.
///
/// Without any font an image of text is an empty image, and nothing fails. fontconfig's configuration says
/// which of the installed ones comes first for `sans-serif`, `serif` and `monospace`; all others are a
/// matter of taste.
///
/// Source: fonts-conf(5), `<alias>` and `<prefer>`.
struct DefaultFonts: NeedSource {
  private static let topic = Topic("fonts")
  private static let directory: ByteString = "/etc/fonts/conf.d"
  private static let generic: [ByteString] = ["sans-serif", "serif", "monospace"]
  private static let endings: [ByteString] = [".ttf", ".otf", ".ttc", ".pfb", ".t1"]
  private static let styles: Set<ByteString> = [
    "", "bold", "italic", "oblique", "regular", "roman", "book", "bolditalic", "boldoblique",
  ]
  /// In directories below those of fonts.
  private static let depthLimit = 6
  private static let fileLimit = 1 << 14

  let symbols: Set<ByteString> = [
    "FcFontMatch", "FcFontSort", "FcFontSetMatch", "FcFontSetSort",
  ]

  private var isDone = false

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard !isDone, let symbol = object.imports.intersection(symbols).min() else { return [] }
    isDone = true
    let files = Self.files(in: &root)
    let preferences = Self.preferences(in: &root)
    var chosen: [ByteString] = []
    for generic in Self.generic {
      let family = (preferences[generic] ?? []).lazy.map(Self.key).first { files[$0] != nil }
      chosen += family.flatMap { files[$0] } ?? []
    }
    guard !chosen.isEmpty else { return [] }
    return [
      RuntimeNeed(
        topic: Self.topic, grade: .implied,
        evidence: Evidence(file: object.path, mark: .symbol(symbol)),
        wishes: chosen.sorted().map { .path($0, at: nil) }, isEssential: true,
        purpose: "a font for each usual family")
    ]
  }

  /// By generic family, the families that come first, in the order of the configuration.
  private static func preferences(in root: inout RootView) -> [ByteString: [ByteString]] {
    var preferences: [ByteString: [ByteString]] = [:]
    for name in root.names(in: directory) where name.hasSuffix(".conf") {
      var family: ByteString?
      var isPreferred = false
      for tag in MarkupTag.tags(in: root.text(at: directory + "/" + name) ?? []) {
        switch (tag.name, tag.kind) {
        case ("alias", .start): family = nil
        case ("prefer", let kind): isPreferred = kind == .start
        case ("family", .start) where isPreferred:
          if let family { preferences[family, default: []].append(tag.text) }
        case ("family", .start): family = tag.text
        default: break
        }
      }
    }
    return preferences
  }

  /// By family, the files of its plain and bold styles.
  private static func files(in root: inout RootView) -> [ByteString: [ByteString]] {
    var files: [ByteString: [ByteString]] = [:]
    var pending: [(path: ByteString, depth: Int)] = [("/usr/share/fonts", 0)]
    var left = fileLimit
    while let (directory, depth) = pending.popLast() {
      for name in root.names(in: directory) where left > 0 {
        left -= 1
        let path = directory + "/" + name
        if let ending = endings.first(where: { name.hasSuffix($0) }) {
          let parts = ByteString(name.bytes.dropLast(ending.count)).split {
            $0 == UInt8(ascii: "-")
          }
          if parts.count < 3, styles.contains(key(parts.count > 1 ? parts[1] : "")) {
            files[key(parts[0]), default: []].append(path)
          }
        } else if depth < depthLimit, root.isDirectory(path) {
          pending.append((path, depth + 1))
        }
      }
    }
    return files
  }

  /// `DejaVu Sans` and the file `DejaVuSans.ttf` are one family.
  private static func key(_ name: ByteString) -> ByteString {
    ByteString(ConfigurationText.lowercased(name).bytes.filter { !ConfigurationText.isBlank($0) })
  }
}
