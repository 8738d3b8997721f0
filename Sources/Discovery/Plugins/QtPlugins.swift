internal import ELF
internal import FileTree

/// The plugins of Qt, by the Qt libraries that load them.
///
/// Source: qtbase `src/corelib/global/qlibraryinfo.cpp` (`qt.conf` beside the program, then the compiled-in
/// prefix `qt_prfxpath=` and paths relative to it), `src/corelib/kernel/qcoreapplication.cpp`
/// (`libraryPaths`: that directory and the program's), and each factory's subdirectory.
struct QtPlugins: NeedSource {
  private let topic = Topic("qt")
  private var programs: [ObservedObject] = []
  private var roots: [(directory: ByteString, evidence: Evidence)] = []
  private var waiting: [ObservedObject] = []

  /// A kind of plugins, by the directory's name.
  private struct Category {
    let library: ByteString
    let directory: ByteString
    let isEssential: Bool
  }

  /// The libraries without `libQt5` or `libQt6`. Without what is essential here the library's main
  /// function is lost: the program ends, or has no database and no TLS.
  private static let categories = [
    Category(library: "Gui", directory: "imageformats", isEssential: true),
    Category(library: "Gui", directory: "iconengines", isEssential: false),
    Category(library: "Gui", directory: "platforminputcontexts", isEssential: false),
    Category(library: "Gui", directory: "platformthemes", isEssential: false),
    Category(library: "Gui", directory: "xcbglintegrations", isEssential: false),
    Category(library: "Gui", directory: "egldeviceintegrations", isEssential: false),
    Category(library: "Gui", directory: "generic", isEssential: false),
    Category(library: "Widgets", directory: "styles", isEssential: false),
    Category(library: "Network", directory: "tls", isEssential: true),
    Category(library: "Network", directory: "bearer", isEssential: false),
    Category(library: "Network", directory: "networkinformation", isEssential: false),
    Category(library: "Sql", directory: "sqldrivers", isEssential: true),
    Category(library: "PrintSupport", directory: "printsupport", isEssential: false),
    Category(library: "Multimedia", directory: "multimedia", isEssential: true),
    Category(library: "Multimedia", directory: "mediaservice", isEssential: true),
    Category(library: "Multimedia", directory: "audio", isEssential: true),
    Category(library: "WaylandClient", directory: "wayland-shell-integration", isEssential: true),
    Category(
      library: "WaylandClient", directory: "wayland-graphics-integration-client",
      isEssential: false),
    Category(library: "Positioning", directory: "position", isEssential: false),
    Category(library: "SerialBus", directory: "canbus", isEssential: true),
    Category(library: "TextToSpeech", directory: "texttospeech", isEssential: true),
  ]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if object.isProgram { programs.append(object) }
    guard let name = Self.library(object) else { return [] }
    if name == "Core" { roots = pluginDirectories(core: object, in: &root) }
    waiting.append(object)
    guard !roots.isEmpty else { return [] }
    defer { waiting = [] }
    return waiting.flatMap { needs(ofLibrary: $0, in: &root) }
  }

  /// `Gui` of `libQt5Gui.so.5`.
  private static func library(_ object: ObservedObject) -> ByteString? {
    let name = object.name
    guard name.hasPrefix("libQt5") || name.hasPrefix("libQt6") else { return nil }
    return ByteString(name.bytes.dropFirst(6).prefix { $0 != UInt8(ascii: ".") })
  }

  // MARK: Where plugins are

  private func pluginDirectories(
    core: ObservedObject, in root: inout RootView
  ) -> [(directory: ByteString, evidence: Evidence)] {
    var result: [(directory: ByteString, evidence: Evidence)] = []
    for program in programs {
      let directory = program.real.parent.text
      if let configured = Self.configured(beside: directory, in: &root) {
        result.append(configured)
      }
      result.append((directory, .host(core)))
    }
    return result + compiledIn(core, in: &root).map { ($0, .host(core)) }
  }

  private static func configured(
    beside directory: ByteString, in root: inout RootView
  ) -> (directory: ByteString, evidence: Evidence)? {
    let file = ConfigurationText.path("qt.conf", in: directory)
    let entries = SectionedFile.entries(at: file, in: &root).filter { $0.section == "Paths" }
    let prefix = entries.last { $0.key == "Prefix" }
    let plugins = entries.last { $0.key == "Plugins" }
    guard let line = plugins ?? prefix else { return nil }
    let base = ConfigurationText.path(prefix?.value ?? ".", in: directory)
    let place = RootPath(
      normalising: ConfigurationText.path(plugins?.value ?? "plugins", in: base))
    return (place.text, .line(line.line, of: file))
  }

  private func compiledIn(
    _ core: ObservedObject, in root: inout RootView
  ) -> [ByteString] {
    let marker: ByteString = "qt_prfxpath="
    let texts = ObjectStrings(of: core, in: &root).containing(marker, "plugins").filter {
      $0.hasPrefix(marker) || $0.hasSuffix("plugins")
    }
    let prefix = texts.first { $0.hasPrefix(marker) }.map {
      ByteString($0.bytes.dropFirst(marker.count))
    }
    // A relocatable Qt looks from its library's place.
    let above = core.real.parent.parent.text
    let prefixes = [prefix, above].compactMap { $0 }
    let paths = texts.filter { !$0.hasPrefix(marker) && !$0.contains(UInt8(ascii: " ")) }
    for base in prefixes {
      for path in paths + ["plugins"] {
        let directory = ConfigurationText.path(path, in: base)
        if root.isDirectory(directory + "/platforms") || root.isDirectory(directory + "/sqldrivers")
        {
          return [directory]
        }
      }
    }
    return []
  }

  // MARK: Which plugins

  private func needs(
    ofLibrary object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard let name = Self.library(object) else { return [] }
    var needs = name == "Gui" ? platformNeeds(of: object, in: &root) : []
    for category in Self.categories where category.library == name {
      for (directory, evidence) in roots {
        let plugins = Self.plugins(in: directory + "/" + category.directory, &root)
        guard !plugins.isEmpty else { continue }
        needs.append(
          need(
            plugins, evidence, isEssential: category.isEssential,
            purpose: "plugins of Qt: \(category.directory)", object))
      }
    }
    return needs
  }

  /// The platform that libQtGui has for its default is named in it; the others are for those who ask.
  private func platformNeeds(
    of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    var needs: [RuntimeNeed] = []
    for (directory, evidence) in roots {
      let plugins = Self.plugins(in: directory + "/platforms", &root)
      let names = Set(plugins.map(Self.key))
      let named = ObjectStrings(of: object, in: &root).intersection(names)
      // Some builds have `xcb` in two machine words, not in a text.
      let defaults = named.isEmpty ? names.intersection(["xcb"]) : named.union(["xcb"])
      for isEssential in [true, false] {
        let group = plugins.filter { defaults.contains(Self.key($0)) == isEssential }
        guard !group.isEmpty else { continue }
        needs.append(
          need(
            group, evidence, isEssential: isEssential, purpose: "plugins of Qt: platforms", object))
      }
    }
    return needs
  }

  private func need(
    _ plugins: [ByteString], _ evidence: Evidence, isEssential: Bool, purpose: String,
    _ object: ObservedObject
  ) -> RuntimeNeed {
    var wishes = plugins.map { Wish.library(names: [$0], caller: object.name) }
    if case .line = evidence.mark, let file = evidence.file {
      wishes.append(.path(file, at: nil))
    }
    return topic.registered(evidence, wishes, isEssential: isEssential, purpose: purpose)
  }

  private static func plugins(
    in directory: ByteString, _ root: inout RootView
  ) -> [ByteString] {
    root.names(in: directory).filter { $0.hasSuffix(".so") }.map { directory + "/" + $0 }
  }

  /// `xcb` of `…/libqxcb.so`.
  private static func key(_ plugin: ByteString) -> ByteString {
    let name = ConfigurationText.name(of: plugin)
    let tail = name.hasPrefix("libq") ? name.bytes.dropFirst(4) : name.bytes[...]
    return ByteString(tail.prefix { $0 != UInt8(ascii: ".") })
  }
}
