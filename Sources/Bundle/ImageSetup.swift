internal import FileTree

/// What an image needs beside its programs and their closures: a user, and directories that it is
/// started in, that volumes are mounted on, or that the user wants.
struct ImageSetup {
  let options: PlanOptions

  /// Adds all of it; what additions brought stays as it is.
  func add(to draft: inout PlanDraft) throws(PlanError) {
    for directory in options.directories { try add(directory, to: &draft) }
    if let user = options.user { try add(user, to: &draft) }
  }

  private func add(
    _ directory: PlannedDirectory, to draft: inout PlanDraft
  ) throws(PlanError) {
    // A link at the end is followed as well: the engine does the same.
    let place = try draft.physicalPath(directory.path.text + "/.", followingRoot: true)
    if case .own(let permissions, let owner) = directory.purpose {
      return try draft.addDirectory(
        at: place, permissions: permissions, owner: owner, because: directory.provenance)
    }
    if case .directory = draft.nodes[place]?.node { return }
    try draft.add(.directory(permissions: 0o755), at: place, because: directory.provenance)
  }

  /// An engine looks a name up in the image's own files (OCI image-spec, config.md, "User").
  private func add(_ user: PlannedUser, to draft: inout PlanDraft) throws(PlanError) {
    try add(user.passwd, at: "/etc/passwd", for: user, to: &draft)
    try add(user.group, at: "/etc/group", for: user, to: &draft)
  }

  private func add(
    _ text: ByteString, at path: ByteString, for user: PlannedUser, to draft: inout PlanDraft
  ) throws(PlanError) {
    let place = try draft.physicalPath(path, followingRoot: true)
    if let existing = draft.nodes[place] {
      throw .takenFromUser(user, path: place, existing: existing.reason)
    }
    try draft.add(
      .file(.generated(text.bytes), permissions: 0o644), at: place, because: .user(user.name))
  }
}
