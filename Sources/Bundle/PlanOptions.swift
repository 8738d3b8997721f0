package import FileTree

/// What a user may ask of a plan beside its programs and additions.
package struct PlanOptions: Sendable {
  /// Whether set-user-id and set-group-id bits ship; without, each is dropped with a warning.
  package var keepsSetID = false
  /// Whether capabilities and attributes of users ship; without, capabilities of programs are dropped
  /// with a warning.
  package var keepsExtendedAttributes = false
  /// The image that the bundle is unpacked onto, whose root links are left out: over its directories they
  /// would delete what is in there. Nil if the bundle is a root of its own.
  package var base: BaseLayout?
  /// What keeps secrets out; nil if nothing does.
  package var gate: SecretGate?
  /// The user that gets an `/etc/passwd` and an `/etc/group`; without, none are made.
  package var user: PlannedUser?
  /// Directories that the image's configuration names, or the user.
  package var directories: [PlannedDirectory] = []

  /// Who owns the volumes that are made for ``directories``, so that the image's user can write there;
  /// nil for the owner that all files have.
  package var volumeOwner: FileStatus.Owner?

  package init() {}
}

/// A directory that has to exist, since an image's configuration or the user names it.
package struct PlannedDirectory: Hashable, Sendable {
  package enum Purpose: Hashable, Sendable {
    /// Where an engine starts the program.
    case work
    /// Where it mounts a volume.
    case volume
    /// What the user wants there, with these permissions; a directory that is there gets them too.
    case own(permissions: UInt16, FileStatus.Owner?)
  }

  /// In the image; links on the way are followed.
  package let path: RootPath
  package let purpose: Purpose

  package init(path: RootPath, purpose: Purpose) {
    self.path = path
    self.purpose = purpose
  }

  var provenance: Provenance {
    switch purpose {
    case .work: .workingDirectory
    case .volume: .volume
    case .own: .madeDirectory
    }
  }
}
