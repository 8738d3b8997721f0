internal import ELF
internal import FileTree

/// What Mono's configuration makes of the names of native modules.
///
/// Source: Mono `mono/metadata/mono-config.c` (`dllmap_start`, `arch_matches`) and
/// `mono/metadata/native-library.c` (`mono_dllmap_lookup_list`: of several entries the last one counts).
struct DllMap: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    /// With `i:` before it, a name whose case doesn't matter.
    let module: ByteString
    /// Nil where only some functions are mapped.
    let target: ByteString?
    /// The first being 1.
    let line: Int
  }

  private(set) var entries: [Entry] = []

  /// In Mono's words for machines (`CONFIG_CPU`); empty for one that it isn't made for.
  private static func processor(of header: ElfHeader) -> ByteString {
    switch header.machine {
    case .x86: "x86"
    case .amd64: "x86-64"
    case .arm: "arm"
    case .aarch64: "armv8"
    case .ppc: "ppc"
    case .ppc64: "ppc64"
    case .s390: header.elfClass == .elf64 ? "s390x" : "s390"
    case .mips: "mips"
    case .sparc, .sparc32plus: "sparc"
    default: ""
    }
  }

  /// The entries of a configuration that are for Linux and a machine, in the file's order.
  init(_ text: [UInt8], for header: ElfHeader) {
    var module: ByteString?
    var isIgnored = false
    for tag in MarkupTag.tags(in: text) where tag.kind == .start {
      switch tag.name {
      case "dllmap":
        isIgnored = !Self.applies(tag, to: header)
        module = tag.attributes["dll"]
        guard let module, !isIgnored else { continue }
        entries.append(Entry(module: module, target: tag.attributes["target"], line: tag.line))
      case "dllentry":
        // One function's own module: opened beside that of the others.
        guard let module, !isIgnored, Self.applies(tag, to: header),
          let target = tag.attributes["dll"]
        else { continue }
        entries.append(Entry(module: module, target: target, line: tag.line))
      default: break
      }
    }
  }

  private static func applies(_ tag: MarkupTag, to header: ElfHeader) -> Bool {
    matches("linux", tag.attributes["os"])
      && matches(processor(of: header), tag.attributes["cpu"])
      && matches(header.elfClass == .elf64 ? "64" : "32", tag.attributes["wordsize"])
  }

  /// `a,b` for one of several, with `!` before it for none of them; nil for any.
  private static func matches(_ word: ByteString, _ list: ByteString?) -> Bool {
    guard let list else { return true }
    if list.hasPrefix("!") { return !matches(word, ByteString(list.bytes.dropFirst())) }
    return list.split { $0 == UInt8(ascii: ",") }.contains(word)
  }

  /// The entries that tell of a module, the one that counts first.
  func entries(for module: ByteString) -> [Entry] {
    entries.reversed().filter { entry in
      guard entry.target != nil else { return false }
      if entry.module.hasPrefix("i:") {
        return ConfigurationText.lowercased(ByteString(entry.module.bytes.dropFirst(2)))
          == ConfigurationText.lowercased(module)
      }
      return entry.module == module
    }
  }
}
