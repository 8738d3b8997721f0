internal import FileTree

/// The configuration of fontconfig, and the fonts that it leads to.
///
/// Source: fonts-conf(5); fontconfig `src/fccfg.c` (`FcConfigGetFilename`: names are below
/// FONTCONFIG_PATH, which is `/etc/fonts`) and `src/fcxml.c` (`FcConfigParseAndLoadDir`).
struct FontConfiguration: NeedSource {
  private static let configuration = Topic("fontconfig")
  private static let fonts = Topic("fonts")
  private static let directory: ByteString = "/etc/fonts"
  /// In files; fontconfig itself ends at links that lead back to what it has read.
  private static let fileLimit = 1024

  private var seen: Set<ByteString> = []
  private var needs: [RuntimeNeed] = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libfontconfig.so.") else { return [] }
    (seen, needs) = ([], [])
    read(Self.directory + "/fonts.conf", .host(object), depth: 0, in: &root)
    return needs
  }

  private mutating func read(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    guard depth < 16, seen.count < Self.fileLimit, root.isFile(path), seen.insert(path).inserted
    else { return }
    needs.append(
      Self.configuration.registered(
        evidence, [.path(path, at: nil)], isEssential: true, purpose: "how fonts are chosen"))
    for tag in MarkupTag.tags(in: root.text(at: path) ?? []) where tag.kind == .start {
      // Other prefixes are for the files of whoever runs the program.
      guard ["default", nil].contains(tag.attributes["prefix"]), !tag.text.isEmpty,
        !tag.text.hasPrefix("~")
      else {
        continue
      }
      let target = ConfigurationText.path(tag.text, in: Self.directory)
      switch tag.name {
      case "include": include(target, .line(tag.line, of: path), depth: depth + 1, in: &root)
      case "dir": addFonts(in: target, .line(tag.line, of: path), &root)
      default: break
      }
    }
  }

  /// A file, or those of a directory whose names begin with a digit.
  private mutating func include(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    guard root.isDirectory(path) else { return read(path, evidence, depth: depth, in: &root) }
    for name in root.names(in: path) where name.hasSuffix(".conf") {
      guard let first = name.bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
      else { continue }
      read(path + "/" + name, evidence, depth: depth, in: &root)
    }
  }

  private mutating func addFonts(
    in directory: ByteString, _ evidence: Evidence, _ root: inout RootView
  ) {
    guard seen.insert(directory + "/").inserted, !root.names(in: directory).isEmpty else { return }
    let fonts = TreeSelection.wishes(for: directory, in: &root)
    needs.append(
      Self.fonts.registered(
        evidence, fonts, isEssential: false, purpose: "fonts to draw with"))
  }
}
