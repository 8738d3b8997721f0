internal import FileTree

/// What a bundle takes of a directory that belongs to a runtime: all of it, or all but some parts.
struct TreeSelection {
  /// In-root, as the runtime names it.
  private let directory: ByteString
  private let isLeftOut: ([ByteString]) -> Bool
  private var outerLinks: [Wish] = []
  /// How many more entries are looked at.
  private var budget = 1 << 19

  /// In directories below the first.
  private static let depthLimit = 48

  private init(_ directory: ByteString, _ isLeftOut: @escaping ([ByteString]) -> Bool) {
    self.directory = directory
    self.isLeftOut = isLeftOut
  }

  /// The wishes for a directory: itself where all of it is taken, otherwise the largest parts that
  /// are; and the links in it that lead out of it, for the sake of their targets.
  ///
  /// - Parameter isLeftOut: whether what lies at some names below the directory isn't taken.
  static func wishes(
    for directory: ByteString, in root: inout RootView,
    leavingOut isLeftOut: @escaping ([ByteString]) -> Bool = { _ in false }
  ) -> [Wish] {
    guard let place = root.resolve(directory), place.status.kind == .directory else { return [] }
    var selection = TreeSelection(directory, isLeftOut)
    let parts = selection.parts(of: place.real, names: [], top: place.real, in: &root)
    var seen: Set<Wish> = []
    return ((parts ?? [.path(directory, at: nil)]) + selection.outerLinks).filter {
      seen.insert($0).inserted
    }
  }

  /// The parts of a directory that are taken; nil if that is all of it.
  private mutating func parts(
    of real: RootPath, names: [ByteString], top: RootPath, in root: inout RootView
  ) -> [Wish]? {
    guard names.count < Self.depthLimit,
      let entries = try? root.tree.entries(in: real), entries.count <= budget
    else { return nil }
    budget -= entries.count
    var parts: [Wish] = []
    var isWhole = true
    for entry in entries {
      let path = names + [entry.name]
      let text = path.reduce(directory) { $0 + "/" + $1 }
      if isLeftOut(path) {
        isWhole = false
        continue
      }
      switch entry.kind {
      case .directory:
        if let inner = self.parts(
          of: real.appending(entry.name), names: path, top: top, in: &root)
        {
          isWhole = false
          parts += inner
          continue
        }
      case .symbolicLink:
        if let target = root.resolve(text), !target.real.isInside(top) {
          outerLinks.append(.path(text, at: nil))
        }
      default: break
      }
      parts.append(.path(text, at: nil))
    }
    return isWhole ? nil : parts
  }
}
