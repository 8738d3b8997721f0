package import Bundle
internal import Discovery
internal import FileTree

/// The JSON of a dry run: every path that ships, and why. Same rules as for ``InspectDocument``.
package struct PlanDocument: Encodable {
  let schemaVersion: Int
  let programs: [String]
  let entries: [Entry]
  /// In bytes, of all regular files.
  let contentSize: UInt64
  /// What the programs ask for at run time, packed or not.
  let needs: [NeedDocument]
  /// What needs asked for and that isn't packed unasked: secrets, and what not everybody may read.
  let leftOut: [LeftOut]
  /// The plans of an image's further platforms; none for anything else.
  let platforms: [PlanDocument]

  struct Entry: Encodable {
    let path: String
    let type: String
    let mode: String
    let size: UInt64
    /// Where a copied file lies in the root, or on the host if it is outside of a sysroot.
    @Nullable var source: String?
    /// The text of a symbolic link, or the path that a hard link repeats.
    @Nullable var target: String?
    let reason: String
    /// What an image's layers are made of: `skeleton`, `libc`, `libraries` or `application`.
    let stratum: String
    /// `UID:GID` of what doesn't belong to the owner that all files have.
    @Nullable var owner: String?
  }

  struct LeftOut: Encodable {
    /// In the root.
    let path: String
    /// The rule that it was taken for a secret by.
    let rule: String
    let reason: String
  }

  /// - Parameter plans: at least one; those after the first are further platforms.
  package init(_ plans: [BundlePlan]) {
    self.init(plans[0], platforms: plans.dropFirst().map { PlanDocument([$0]) })
  }

  private init(_ plan: BundlePlan, platforms: [PlanDocument]) {
    self.platforms = platforms
    schemaVersion = InspectDocument.schemaVersion
    programs = plan.programs.map(\.description)
    contentSize = plan.contentSize
    entries = plan.entries.map { Entry($0) }
    leftOut = plan.warnings.compactMap { warning in
      guard case .leftOutSensitive(let path, let reason) = warning else { return nil }
      return LeftOut(
        path: path.description, rule: reason.rule, reason: reason.text(for: path))
    }
    needs = plan.needs.filter { !$0.isIdleGuess }.map { NeedDocument($0) }
  }
}

extension PlanDocument.Entry {
  init(_ entry: BundleEntry) {
    path = entry.path.description
    size = entry.size
    reason = entry.reason.description
    stratum = "\(entry.stratum)"
    mode = entry.modeText
    type = entry.typeText
    _owner = Nullable(wrappedValue: entry.owner.map { "\($0.user):\($0.group)" })
    switch entry.node {
    case .file(.copy(_, let source, _), _):
      (_source, _target) = (Nullable(wrappedValue: source.description), Nullable())
    case .symbolicLink(let text):
      (_source, _target) = (Nullable(), Nullable(wrappedValue: text.description))
    case .hardLink(let target, _):
      (_source, _target) = (Nullable(), Nullable(wrappedValue: target.description))
    case .directory, .file(.generated, _):
      (_source, _target) = (Nullable(), Nullable())
    }
  }
}

extension BundleEntry {
  /// The permissions in octal, as `chmod(1)` takes them.
  var modeText: String {
    let permissions: UInt16 =
      switch node {
      case .directory(let permissions), .file(_, let permissions),
        .hardLink(_, let permissions):
        permissions
      case .symbolicLink: 0o777
      }
    let digits = String(permissions, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  var typeText: String {
    switch node {
    case .directory: "directory"
    case .file(.copy, _): "file"
    case .file(.generated, _): "generated"
    case .symbolicLink: "symlink"
    case .hardLink: "hardlink"
    }
  }
}

/// Renders a plan as a table: mode, size, path, and why it ships.
package func renderPlanTable(_ plan: BundlePlan, style: TextStyle) -> String {
  var table = TextTable()
  for entry in plan.entries {
    let path: String =
      switch entry.node {
      case .directory: entry.path.description + "/"
      case .file: entry.path.description
      case .symbolicLink(let text): "\(entry.path) -> \(text)"
      case .hardLink(let target, _): "\(entry.path) = \(target)"
      }
    let isFile = if case .file = entry.node { true } else { false }
    table.rows.append([
      .init(entry.modeText, .faint),
      .init(isFile ? renderSize(entry.size) : "", alignsRight: true),
      .init(path, isFile ? .strong : nil),
      .init(entry.reason.description, .faint),
    ])
  }
  let needs = plan.needs.filter { !$0.isIdleGuess }
  return table.render(style)
    + (needs.isEmpty ? "" : "asked for at run time:\n" + renderNeeds(needs, style))
    + "\(count(plan.entries.count, "entry", "entries")), \(renderSize(plan.contentSize)) of content\n"
}
