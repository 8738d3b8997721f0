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

  /// Those whose paths stand in the object.
  mutating func addNamed(by object: ObservedObject, in root: inout RootView) {
    for path in NamedPaths.all(of: object, in: &root) { add(path.text, path.mark, in: &root) }
  }

  /// The one that a program lies in with all that its package has there, if an object of it names what
  /// lies beside it.
  ///
  /// - Parameter program: physical.
  mutating func addHome(
    of program: RootPath, _ family: PackageFamily, named object: ObservedObject,
    in root: inout RootView
  ) {
    guard let package = family.package, let home = PrivatePlaces.top(of: program.parent),
      object.real.isInside(home), directories[home] == nil
    else { return }
    let beside = root.names(in: object.real.parent.text).filter {
      $0 != object.real.name && !ConfigurationText.contains(".so", in: $0)
    }
    guard
      beside.contains(where: { NamedPaths.contain(name: $0, in: object, of: &root) })
    else { return }
    add(home.text, .package(package.name), in: &root)
  }

  /// Those of the object's package and of those that are built with it and that it asks for, where a
  /// constant has the directory's name. What a constant names more closely is left to that.
  mutating func addPackaged(
    _ family: PackageFamily, of object: ObservedObject, in root: inout RootView
  ) {
    let named = Array(directories.keys)
    for own in family.privateDirectories(in: root) {
      guard directories[own.path] == nil, !named.contains(where: { $0.isInside(own.path) }),
        !named.contains(where: { own.path.isInside($0) }),
        NamedPaths.contain(name: own.path.name, in: object, of: &root)
      else { continue }
      add(own.path.text, .package(own.package.name), in: &root)
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
