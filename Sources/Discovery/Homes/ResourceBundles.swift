internal import FileTree

/// The directories of resources that the package manager of Swift makes of a target, and that
/// the code which it generates looks for beside the program, then where they were built.
///
/// Source: Swift Package Manager `Sources/Build/BuildDescription/SwiftModuleBuildDescription.swift`
/// (`generateResourceAccessor`: `Bundle.main.bundleURL` and the name, and else the path of the
/// build; it traps where neither is there) and `Basics/Triple+Basics.swift` (`nsbundleExtension`).
struct ResourceBundles: NeedSource {
  private let topic = Topic("resources")
  private var program: (real: RootPath, target: RootPath?)?

  private static let ending: ByteString = ".resources"

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    let program = program ?? (object.real, Self.target(of: object))
    self.program = program
    guard object.image != nil else { return [] }
    return root.constantFacts(of: object).paths.compactMap { path in
      guard let name = Self.name(of: path.text),
        let source = [program.real.parent.appending(name).text, path.text].first(where: {
          root.isDirectory($0)
        })
      else { return nil }
      let place = program.target?.parent.appending(name) ?? program.real.parent.appending(name)
      return RuntimeNeed(
        topic: topic, grade: .implied,
        evidence: Evidence(file: object.path, mark: .string(path.text, offset: path.offset)),
        wishes: [.path(source, at: place.text == source ? nil : place)], isEssential: true,
        purpose: "resources that lie beside the program")
    }
  }

  /// Where it will be started; nil if that is where it lies.
  private static func target(of object: ObservedObject) -> RootPath? {
    object.place == RootPath(normalising: object.path) ? nil : object.place
  }

  /// `PACKAGE_TARGET.resources`; nil for what is no path of a bundle.
  private static func name(of path: ByteString) -> ByteString? {
    guard path.hasSuffix(ending) else { return nil }
    let name = RootPath(normalising: path).name
    let parts = name.bytes.dropLast(ending.count).split(
      separator: UInt8(ascii: "_"), maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } ? name : nil
  }
}
