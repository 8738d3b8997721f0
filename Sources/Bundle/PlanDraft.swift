internal import FileTree
internal import SystemPackage

/// The tree of a bundle while it grows: every path once, with the first reason that was given.
struct PlanDraft {
  /// One path so far.
  struct Content {
    var node: BundleEntry.Node
    var reason: Provenance
    var stratum: Stratum
    var attributes: [ExtendedAttribute] = []
    /// Nil for the owner that all have.
    var owner: FileStatus.Owner?
  }

  private(set) var nodes: [RootPath: Content] = [:]
  private(set) var warnings: [PlanWarning] = []
  private var knownWarnings: Set<PlanWarning> = []
  /// Whether what is added now leaves alone what is there already.
  var yields = false
  /// The root that is packed from, asked for its links of merged directories.
  private let source: any FileTree
  private let options: PlanOptions

  init(source: any FileTree, options: PlanOptions) {
    self.source = source
    self.options = options
  }

  // MARK: Adding

  /// Adds a node at a physical path of the bundle, with its parents.
  ///
  /// - Parameter stratum: that of what the node is wanted for; the lowest of all wishes counts.
  mutating func add(
    _ node: BundleEntry.Node, at path: RootPath, because reason: Provenance,
    in stratum: Stratum = .application, attributes: [ExtendedAttribute] = [],
    owner: FileStatus.Owner? = nil
  ) throws(PlanError) {
    guard !path.isRoot else {
      guard case .directory = node else {
        throw .conflict(path: path, first: "the root directory", second: reason.description)
      }
      return
    }
    let (path, node) = place(path, node)
    try addParents(of: path)
    let added = Content(
      node: node, reason: reason, stratum: Self.isSkeleton(reason) ? .skeleton : stratum,
      attributes: attributes, owner: owner)
    guard let existing = nodes[path] else {
      nodes[path] = added
      return
    }
    switch (existing.node, node) {
    case (.directory, .directory):
      // Whoever adds a directory for itself knows its permissions; a parent or a detour doesn't.
      if Self.isDetour(existing.reason), Self.isDetour(reason) { break }
      if existing.reason == .parent || Self.isDetour(existing.reason) && reason != .parent {
        nodes[path] = added
      }
      nodes[path]?.owner = existing.owner ?? owner
      return
    case (.symbolicLink(let old), .symbolicLink(let new)) where old == new: break
    case (.file(let old, _), .file(let new, _)) where Self.isSame(old, new): break
    case _ where yields: return
    default:
      throw .conflict(
        path: path, first: Self.describe(existing.node, existing.reason),
        second: Self.describe(node, reason))
    }
    nodes[path]?.stratum = min(existing.stratum, added.stratum)
  }

  /// Where something lies on a base with a merged `/usr`, which the root that is packed from may not have.
  private mutating func place(
    _ path: RootPath, _ node: BundleEntry.Node
  ) -> (RootPath, BundleEntry.Node) {
    guard options.base == .merged, let top = path.names.first else { return (path, node) }
    let link = RootPath.root.appending(top)
    if case .symbolicLink = node, path == link { return (path, node) }
    guard mergedLink(at: link) != nil else { return (path, node) }
    let merged = RootPath(normalising: "/usr" + path.text)
    guard case .symbolicLink(let text) = node else { return (merged, node) }
    return (merged, .symbolicLink(text.linkText(movedFrom: path, to: merged)))
  }

  /// The text of the link that the base has where the root that is packed from has a directory, or nothing;
  /// nil elsewhere.
  private mutating func mergedLink(at path: RootPath) -> ByteString? {
    guard options.base == .merged, BaseLayout.isDirectory(path) else { return nil }
    let text = "usr/" + path.name
    if let known = nodes[path] {
      guard known.reason == .rootLink, case .symbolicLink(text) = known.node else { return nil }
      return text
    }
    let kind = (try? source.status(of: path))?.kind
    guard kind != .symbolicLink else { return nil }
    nodes[path] = Content(node: .symbolicLink(text), reason: .rootLink, stratum: .skeleton)
    if kind == .directory { warn(.movedForBase(path)) }
    return text
  }

  /// Whether what is added for a reason only leads to other things, of whatever stratum.
  private static func isSkeleton(_ reason: Provenance) -> Bool {
    switch reason {
    case .rootLink, .parent: true
    case .program, .library, .interpreter, .link, .detour, .addition, .loaderConfiguration, .user,
      .workingDirectory, .volume, .madeDirectory, .initProgram, .opened, .need,
      .scriptInterpreter:
      false
    }
  }

  private static func isDetour(_ reason: Provenance) -> Bool {
    if case .detour = reason { true } else { false }
  }

  private mutating func addParents(of path: RootPath) throws(PlanError) {
    // Where a directory is, its parents are.
    if case .directory = nodes[path.parent]?.node { return }
    for ancestor in path.ancestors {
      switch nodes[ancestor]?.node {
      case .directory: continue
      case nil:
        nodes[ancestor] = Content(
          node: .directory(permissions: 0o755), reason: .parent, stratum: .skeleton)
      default:
        throw .conflict(
          path: ancestor, first: nodes[ancestor]?.reason.description ?? "",
          second: "directory of \(path)")
      }
    }
  }

  private static func describe(_ node: BundleEntry.Node, _ reason: Provenance) -> String {
    switch node {
    case .file(.copy(_, let source, _), _): "\(source) (\(reason))"
    case .symbolicLink(let text): "a link to \(text) (\(reason))"
    default: reason.description
    }
  }

  private static func isSame(_ left: FileSource, _ right: FileSource) -> Bool {
    switch (left, right) {
    case (.copy(_, _, let l), .copy(_, _, let r)): l.identity == r.identity
    case (.generated(let l), .generated(let r)): l == r
    default: false
    }
  }

  mutating func warn(_ warning: PlanWarning) {
    if knownWarnings.insert(warning).inserted { warnings.append(warning) }
  }

  /// Adds a copy of a regular file.
  ///
  /// - Parameters:
  ///   - file: its physical path in `tree`.
  ///   - path: its place in the bundle.
  mutating func addFile(
    _ tree: any FileTree, _ file: RootPath, _ status: FileStatus, at path: RootPath,
    because reason: Provenance, in stratum: Stratum = .application
  ) throws(PlanError) {
    let permissions = permissions(of: status, at: path)
    if !options.keepsExtendedAttributes, permissions & 0o111 != 0, tree.hasCapabilities(file) {
      warn(.droppedCapabilities(path))
    }
    try add(
      .file(.copy(tree, file, status), permissions: permissions), at: path, because: reason,
      in: stratum, attributes: try attributes(of: file, in: tree))
  }

  /// Adds a directory of an added tree, with its permissions.
  ///
  /// - Parameters:
  ///   - directory: its physical path in `tree`.
  ///   - path: its place in the bundle.
  mutating func addDirectory(
    _ tree: any FileTree, _ directory: RootPath, _ status: FileStatus, at path: RootPath,
    because reason: Provenance
  ) throws(PlanError) {
    try add(
      .directory(permissions: permissions(of: status, at: path)), at: path, because: reason,
      attributes: try attributes(of: directory, in: tree))
  }

  /// Adds a directory as the user wants it; one that is there gets the permissions and the owner.
  mutating func addDirectory(
    at path: RootPath, permissions: UInt16, owner: FileStatus.Owner?, because reason: Provenance
  ) throws(PlanError) {
    let node = BundleEntry.Node.directory(permissions: permissions)
    try add(node, at: path, because: reason)
    let (path, _) = place(path, node)
    // Who had it before said less of it.
    nodes[path]?.node = node
    nodes[path]?.owner = owner
    nodes[path]?.reason = reason
    nodes[path]?.stratum = .application
  }

  /// The extended attributes that ship: rights and what users write. Labels of SELinux, hashes of IMA,
  /// access lists and what only root sees belong to the system that they were made on.
  private func attributes(
    of path: RootPath, in tree: any FileTree
  ) throws(PlanError) -> [ExtendedAttribute] {
    guard options.keepsExtendedAttributes else { return [] }
    do {
      return try tree.extendedAttributes(of: path) { name in
        name == ExtendedAttribute.capabilities || name.hasPrefix("user.")
      }
    } catch {
      throw .unreadable(path: path.text, error)
    }
  }

  /// The permissions in the bundle. Dropped bits are told, and kept ones that mean something else
  /// there: every file of a bundle is root's.
  private mutating func permissions(of status: FileStatus, at path: RootPath) -> UInt16 {
    guard status.permissions & 0o6000 != 0 else { return status.permissions }
    guard options.keepsSetID else {
      warn(.droppedSetID(path))
      return status.permissions & 0o1777
    }
    let changesUser = status.permissions & 0o4000 != 0 && status.owner.user != 0
    let changesGroup = status.permissions & 0o2000 != 0 && status.owner.group != 0
    if status.kind == .regular, changesUser || changesGroup {
      warn(.setIDOfOther(path, status.owner))
    }
    return status.permissions
  }

  // MARK: Looking

  /// The physical path of a path text in the bundle, which needn't exist yet: links of the bundle
  /// and the root's links of merged directories are followed.
  ///
  /// - Parameter followsRoot: whether the root's other links are too: what is made at `/var/run` lies where
  ///   the root would have it, and not in the link's place.
  mutating func physicalPath(
    _ text: ByteString, followingRoot followsRoot: Bool = false
  ) throws(PlanError) -> RootPath {
    var place = RootPath.root
    var pending = Array(text.bytes.split(separator: UInt8(ascii: "/")).reversed())
    var links = 0
    while let name = pending.popLast() {
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        place = place.parent
        continue
      }
      let next = place.appending(ByteString(name))
      // The last name is the file's own: a link there isn't followed.
      guard !pending.isEmpty,
        let link = try linkText(at: next, followingRoot: followsRoot, on: text)
      else {
        place = next
        continue
      }
      links += 1
      guard links <= PathResolver.linkLimit else {
        throw .unreadable(path: text, .tooManySymbolicLinkLevels)
      }
      if link.bytes.first == UInt8(ascii: "/") { place = .root }
      pending.append(contentsOf: link.bytes.split(separator: UInt8(ascii: "/")).reversed())
    }
    return place
  }

  /// The file that a path text leads to in the bundle as it is now; nil if it leads nowhere.
  func identity(at text: ByteString) -> FileStatus.Identity? {
    var resolver = PathResolver(tree: PlanTree(entries()))
    return (try? resolver.resolve(text))?.status.identity
  }

  /// Whether a path holds a copy of a file.
  func holds(_ file: FileStatus.Identity, at path: RootPath) -> Bool {
    guard case .file(let source, _)? = nodes[path]?.node else { return false }
    return source.identity == file
  }

  /// - Parameter way: what the link is followed for.
  private mutating func linkText(
    at path: RootPath, followingRoot followsRoot: Bool, on way: ByteString
  ) throws(PlanError) -> ByteString? {
    if let node = nodes[path]?.node {
      guard case .symbolicLink(let text) = node else { return nil }
      return text
    }
    if let text = mergedLink(at: path) { return text }
    guard let status = try? source.status(of: path), status.kind == .symbolicLink,
      let text = try? source.linkText(of: path)
    else { return nil }
    if isRootLink(path, text) {
      try add(.symbolicLink(text), at: path, because: .rootLink)
    } else {
      guard followsRoot else { return nil }
      try add(
        .symbolicLink(text), at: path, because: .link(to: RootPath(normalising: way).text))
    }
    return text
  }

  /// Whether a link is one that a base has by itself, and not always to the same place.
  func isRootLink(_ path: RootPath, _ text: ByteString) -> Bool {
    Self.isMergedLink(path, text) || options.base != nil && BaseLayout.isDirectory(path)
  }

  /// Whether a link is one of those of a merged `/usr`: `/lib` to `usr/lib` and its like.
  static func isMergedLink(_ path: RootPath, _ text: ByteString) -> Bool {
    path.parent.isRoot && (text.hasPrefix("usr/") || text.hasPrefix("/usr/"))
  }

  // MARK: Finishing

  /// The entries in archive order, with one regular file for each identity and hard links for its
  /// other names; the first has the attributes.
  func entries() -> [BundleEntry] {
    let strata = fileStrata()
    var firstNames: [FileStatus.Identity: (path: RootPath, permissions: UInt16)] = [:]
    // The name is made once for each entry, not for each comparison.
    let sorted = nodes.map { path, content in
      let entry = BundleEntry(
        path: path, node: content.node, reason: content.reason, stratum: content.stratum,
        attributes: content.attributes, owner: content.owner)
      return (name: entry.archiveName, entry: entry)
    }.sorted { $0.name < $1.name }
    return
      sorted.map { _, entry in
        guard case .file(let source, let permissions) = entry.node, let identity = source.identity
        else {
          return entry
        }
        let stratum = strata[identity] ?? entry.stratum
        guard let first = firstNames[identity] else {
          firstNames[identity] = (entry.path, permissions)
          return BundleEntry(
            path: entry.path, node: entry.node, reason: entry.reason, stratum: stratum,
            attributes: entry.attributes)
        }
        return BundleEntry(
          path: entry.path, node: .hardLink(first.path, permissions: first.permissions),
          reason: entry.reason, stratum: stratum)
      }
  }

  /// The highest stratum among the names of each file.
  ///
  /// An engine unpacks each layer by itself, so a hard link can't lead into another one; and what
  /// only this bundle has can't go into a layer that it shares with others.
  private func fileStrata() -> [FileStatus.Identity: Stratum] {
    var strata: [FileStatus.Identity: Stratum] = [:]
    for content in nodes.values {
      guard case .file(let source, _) = content.node, let identity = source.identity else {
        continue
      }
      strata[identity] = max(strata[identity] ?? .skeleton, content.stratum)
    }
    return strata
  }
}
