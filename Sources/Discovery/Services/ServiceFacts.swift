internal import FileTree

/// Something that a file says, and where.
struct Stated<Value: Hashable & Sendable>: Hashable, Sendable {
  let value: Value
  let evidence: Evidence

  init(_ value: Value, _ evidence: Evidence) {
    self.value = value
    self.evidence = evidence
  }
}

/// A directory that a service has made for it. What is nil isn't said.
struct ServiceDirectory: Hashable, Sendable {
  let path: RootPath
  var permissions: UInt16?
  /// By name or number.
  var user: ByteString?
  var group: Group?
  /// Whether it is made where it isn't yet; otherwise something is done to it, whatever it is.
  var isMade = true

  enum Group: Hashable, Sendable {
    /// By name or number.
    case named(ByteString)
    /// That of the directory's user.
    case ofUser
  }

  /// Takes from another what isn't said yet.
  mutating func add(_ other: ServiceDirectory) {
    permissions = permissions ?? other.permissions
    // A group is said along with its user, or by itself.
    group = group ?? other.group
    user = user ?? other.user
    isMade = isMade || other.isMade
  }
}

/// What the service of a program says of how the program runs: its units, start scripts and their defaults.
struct ServiceFacts: Hashable, Sendable {
  /// By name. What the root doesn't know is in here as well.
  var users: [Stated<ByteString>] = []
  var groups: [Stated<ByteString>] = []
  var directories: [Stated<ServiceDirectory>] = []
  /// In-root path texts of files with variables for the program.
  var environmentFiles: [Stated<ByteString>] = []
  /// The program's arguments where it is started as a service, without its own path.
  var arguments: Stated<[ByteString]>?
  /// Who starts it there, `USER` or `USER:GROUP`; nil for root.
  var runsAs: Stated<ByteString>?
  var workingDirectory: Stated<RootPath>?

  mutating func add(_ other: ServiceFacts) {
    users += other.users
    groups += other.groups
    directories += other.directories
    environmentFiles += other.environmentFiles
    arguments = arguments ?? other.arguments
    runsAs = runsAs ?? other.runsAs
    workingDirectory = workingDirectory ?? other.workingDirectory
  }
}
