package import FileTree
package import SystemPackage

/// Why no plan can be made. Paths are in-root.
package enum PlanError: Error, Hashable, Sendable {
  /// Two different things want the same path.
  case conflict(path: RootPath, first: String, second: String)
  /// Something else is where a file would tell the name of the user.
  case takenFromUser(PlannedUser, path: RootPath, existing: Provenance)
  case unreadable(path: ByteString, Errno)
  /// A device, FIFO or socket, which isn't content.
  case unpackable(path: RootPath, FileStatus.Kind)
  /// Secrets that the user adds, each with its reason.
  case sensitive([RootPath: SensitiveReason])
  /// The loader would find something else in the bundle than it finds in the root.
  case unfaithful([Deviation])

  /// A request that goes elsewhere inside the bundle.
  package struct Deviation: Hashable, Sendable {
    package let program: RootPath
    package let name: ByteString
    package let requester: ByteString
    /// What the request found in the root; nil if it was missing there.
    package let expected: RootPath?
    /// What it finds in the bundle; nil if nothing.
    package let actual: RootPath?

    package init(
      program: RootPath, name: ByteString, requester: ByteString, expected: RootPath?,
      actual: RootPath?
    ) {
      self.program = program
      self.name = name
      self.requester = requester
      self.expected = expected
      self.actual = actual
    }
  }
}
