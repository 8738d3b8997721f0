internal import ELF
internal import FileTree
internal import Packages

/// Directories of the root that may be an object's own.
struct OwnDirectories {
  struct Directory {
    /// In-root, as the object names it.
    let path: ByteString
    let real: RootPath
    /// What says so.
    let mark: Evidence.Mark
  }

  private var directories: [RootPath: Directory] = [:]
  private var seen: Set<ByteString> = []

  /// Those whose paths stand among the object's constants.
  mutating func addConstants(of object: ObservedObject, in root: inout RootView) {
    let facts = root.constantFacts(of: object)
    for text in facts.paths { add(text.text, .string(text.text, offset: text.offset), in: &root) }
    for text in facts.phrases {
      for path in PathsInText.all(in: text.text) {
        add(path, .string(path, offset: text.offset), in: &root)
      }
    }
  }

  /// Those of the object's package and of those that are built with it and that it asks for, where a
  /// constant has the directory's name. What a constant names more closely is left to that.
  mutating func addPackaged(
    _ family: PackageFamily, of object: ObservedObject, in root: inout RootView
  ) {
    let named = Array(directories.keys)
    for (directory, package) in family.privateDirectories(in: root) {
      guard directories[directory] == nil, !named.contains(where: { $0.isInside(directory) }),
        !named.contains(where: { directory.isInside($0) }),
        Self.isMentioned(directory.name, by: object, in: &root)
      else { continue }
      add(directory.text, .package(package.name), in: &root)
    }
  }

  /// Whether a name stands among an object's constants, alone or as a part of a path.
  private static func isMentioned(
    _ name: ByteString, by object: ObservedObject, in root: inout RootView
  ) -> Bool {
    ObjectStrings(of: object, in: &root).containing(name).contains { text in
      text.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: " ") }.contains(name)
    }
  }

  private mutating func add(_ path: ByteString, _ mark: Evidence.Mark, in root: inout RootView) {
    guard seen.insert(path).inserted, path.count > 5,
      let place = root.resolve(path), place.status.kind == .directory,
      PrivatePlaces.contain(place.real), !place.real.isInside("/etc"),
      directories[place.real] == nil
    else { return }
    directories[place.real] = Directory(path: path, real: place.real, mark: mark)
  }

  /// Without those that lie in others, by their paths.
  var outermost: [Directory] {
    directories.values.filter { inner in
      !directories.keys.contains { $0 != inner.real && inner.real.isInside($0) }
    }.sorted { $0.real < $1.real }
  }
}
