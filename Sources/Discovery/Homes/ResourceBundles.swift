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
  /// Bundles beside the program that nothing is known to ask for yet.
  private var others: [ByteString] = []

  private static let ending: ByteString = ".resources"
  /// Where nobody but packages of a system puts anything, and there is much to look at.
  private static let systemDirectories: Set<RootPath> = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image != nil else { return [] }
    if program == nil {
      program = (object.real, Self.target(of: object))
      let directory = object.real.parent
      if !Self.systemDirectories.contains(directory) {
        others = ((try? root.tree.names(in: directory)) ?? []).filter {
          Self.name(of: "/" + $0) != nil
        }
      }
    }
    var texts = root.constantFacts(of: object).paths.filter { Self.name(of: $0.text) != nil }
    others.removeAll { name in texts.contains { Self.name(of: $0.text) == name } }
    // Some linkers put all constants of a program that is linked statically among what is written.
    texts += others.compactMap { name in
      Self.offset(of: "/" + name, in: object.real, of: root.tree).map { offset in
        ConstantFacts.Text(text: "/" + name, offset: offset)
      }
    }
    others.removeAll { name in texts.contains { $0.text == "/" + name } }
    return texts.compactMap { need(for: $0, of: object, in: &root) }
  }

  private func need(
    for text: ConstantFacts.Text, of object: ObservedObject, in root: inout RootView
  ) -> RuntimeNeed? {
    guard let program, let name = Self.name(of: text.text) else { return nil }
    let own = program.real.parent.appending(name)
    guard let source = [own.text, text.text].first(where: { root.isDirectory($0) }) else {
      return nil
    }
    let place = program.target?.parent.appending(name) ?? own
    return RuntimeNeed(
      topic: topic, grade: .implied,
      evidence: Evidence(file: object.path, mark: .string(text.text, offset: text.offset)),
      wishes: [.path(source, at: place.text == source ? nil : place)], isEssential: true,
      purpose: "resources that lie beside the program")
  }

  // MARK: Texts outside of constants

  /// In bytes.
  private static let windowSize = 1 << 20

  /// Where a text ends a longer one; from the file's beginning, in bytes.
  private static func offset(
    of text: ByteString, in path: RootPath, of tree: any FileTree
  ) -> UInt64? {
    guard let file = try? tree.open(path) else { return nil }
    let pattern = text.bytes + [0]
    var start: UInt64 = 0
    while start < file.size {
      let count = min(UInt64(windowSize + pattern.count), file.size - start)
      guard let bytes = try? file.read(at: start, count: Int(count)) else { return nil }
      if let place = find(pattern, in: bytes) { return start + UInt64(place) }
      start += UInt64(windowSize)
    }
    return nil
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
