internal import ELF
internal import FileTree

/// The directories of `$LOAD_PATH` that are compiled into Ruby, and the gems.
///
/// Source: Ruby `loadpath.c` (`ruby_initial_load_paths`), `lib/rubygems/defaults.rb`
/// (`Gem.default_dir`), and Debian's `rubygems/defaults/operating_system.rb` and
/// `rubygems_integration.rb`.
struct RubyRuntime: NeedSource {
  private let topic = Topic("ruby")
  private var known: Set<ByteString> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard Self.isRuby(object) else { return [] }
    let libraries = ObjectStrings(of: object, in: &root)
      .directories(containing: "ruby", in: &root)
      .filter { !ConfigurationText.contains("/include/", in: $0) }
    let gems = Self.gemDirectories(for: libraries).filter { root.isDirectory($0) }
    return [
      need(libraries, of: object, purpose: "the library directories of Ruby", &root),
      need(gems, of: object, purpose: "installed gems", &root),
    ].compactMap { $0 }
  }

  private mutating func need(
    _ directories: [ByteString], of object: ObservedObject, purpose: String,
    _ root: inout RootView
  ) -> RuntimeNeed? {
    let wishes = directories.filter { known.insert($0).inserted }.flatMap {
      TreeSelection.wishes(for: $0, in: &root)
    }
    guard !wishes.isEmpty else { return nil }
    return topic.registered(.host(object), wishes, isEssential: true, purpose: purpose)
  }

  private static func isRuby(_ object: ObservedObject) -> Bool {
    if object.name.hasPrefix("libruby") { return true }
    let name = object.real.name
    guard object.image?.isProgram == true, name.hasPrefix("ruby") else { return false }
    return name.bytes.dropFirst(4).allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
  }

  /// Beside the standard library `…/ruby/3.1.0` are `…/ruby/gems/3.1.0` and, on Debian, more.
  private static func gemDirectories(for libraries: [ByteString]) -> [ByteString] {
    var directories: [ByteString] = []
    for library in libraries {
      let version = ConfigurationText.name(of: library)
      guard version.bytes.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true,
        ConfigurationText.name(of: library.directoryPart) == "ruby"
      else { continue }
      let parent = library.directoryPart.directoryPart
      directories += [
        library.directoryPart + "/gems/" + version,
        parent + "/rubygems-integration/" + version,
        "/var/lib/gems/" + version, "/usr/local/lib/ruby/gems/" + version,
        "/usr/share/rubygems-integration/" + version, "/usr/share/rubygems-integration/all",
      ]
    }
    return directories
  }
}
