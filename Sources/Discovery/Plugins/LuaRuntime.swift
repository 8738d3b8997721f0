internal import ELF
internal import FileTree

/// The directories of `package.path` and `package.cpath` that are compiled into Lua.
///
/// Source: Lua `src/luaconf.h` (LUA_PATH_DEFAULT, LUA_CPATH_DEFAULT): patterns divided by `;`, in which
/// `?` stands for the module's name. Interpreters that have Lua inside hold the same texts.
struct LuaRuntime: NeedSource {
  private let topic = Topic("lua")
  private var known: Set<ByteString> = []
  /// Whether Lua is what was started; what only has it inside runs scripts of its own.
  private var isInterpreter = false

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if Self.isInterpreter(object) { isInterpreter = true }
    guard Self.isInterpreter(object) || object.name.hasPrefix("liblua") else { return [] }
    let question = UInt8(ascii: "?")
    let paths = ObjectStrings(of: object, in: &root).paths(containing: "?")
    var wishes: [Wish] = []
    for pattern in paths.flatMap({ $0.split { $0 == UInt8(ascii: ";") } }) {
      guard pattern.hasPrefix("/"), let sign = pattern.bytes.firstIndex(of: question),
        pattern.hasSuffix(".lua") || pattern.hasSuffix(".so")
      else { continue }
      let directory = ByteString(pattern.bytes[..<sign]).directoryPart
      guard directory != "/", root.isDirectory(directory), known.insert(directory).inserted
      else { continue }
      wishes += TreeSelection.wishes(for: directory, in: &root)
    }
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: isInterpreter, purpose: "installed modules of Lua")
    ]
  }

  private static func isInterpreter(_ object: ObservedObject) -> Bool {
    object.image?.isProgram == true && object.real.name.hasPrefix("lua")
  }
}
