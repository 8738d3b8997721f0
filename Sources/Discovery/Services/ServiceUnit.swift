internal import FileTree

/// A service of systemd: its unit with the drop-ins of the root.
///
/// Source: systemd.unit(5), systemd.service(5), systemd.exec(5).
struct ServiceUnit {
  let name: UnitName
  private(set) var file = UnitFile()
  /// What is in the environment of its commands.
  private(set) var variables: [ByteString: ByteString] = [:]

  /// The first hides the others.
  static let places: [ByteString] = [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system",
  ]

  /// Nil where there is no such unit, or the administrator keeps it from being started.
  ///
  /// - Parameter name: `NAME.service`.
  init?(named name: ByteString, in root: inout RootView) {
    self.name = UnitName(name)
    // One that is masked leads to /dev/null.
    let path = Self.places.map { $0 + "/" + name }.first { root.resolve($0) != nil }
    guard let path, root.isFile(path) else { return nil }
    file.read(path, in: &root)
    for fragment in Self.fragments(of: name, in: &root) { file.read(fragment, in: &root) }
    readVariables(in: &root)
  }

  /// The drop-ins: of files with one name, the first hides the others. In the order of their names.
  private static func fragments(
    of name: ByteString, in root: inout RootView
  ) -> [ByteString] {
    var paths: [ByteString: ByteString] = [:]
    for place in places {
      let directory = place + "/" + name + ".d"
      for fragment in root.names(in: directory)
      where fragment.hasSuffix(".conf") && paths[fragment] == nil {
        paths[fragment] = directory + "/" + fragment
      }
    }
    return paths.sorted { $0.key < $1.key }.map(\.value)
  }

  private mutating func readVariables(in root: inout RootView) {
    for setting in file.all("Environment") {
      for word in UnitCommand.texts(of: setting.value) {
        guard let variable = VariableFile.variable(in: word, setting.evidence),
          let value = name.expand(variable.value)
        else { continue }
        variables[variable.name] = value
      }
    }
    for path in environmentFiles.map(\.value) {
      for variable in VariableFile.variables(at: path, in: &root) {
        variables[variable.name] = variable.value
      }
    }
  }

  var environmentFiles: [Stated<ByteString>] {
    file.all("EnvironmentFile").compactMap { setting in
      let path = setting.value.hasPrefix("-") ? setting.value.bytes[1...] : setting.value.bytes[...]
      guard let path = name.expand(ByteString(path)), path.hasPrefix("/") else { return nil }
      return Stated(path, setting.evidence)
    }
  }

  /// The commands of some settings, in their order.
  func commands(_ keys: ByteString...) -> [UnitCommand] {
    keys.flatMap { file.all($0) }.flatMap { UnitCommand.commands(in: $0, of: name) }
  }

  // MARK: What it says by itself

  /// Users and directories, whatever its commands do.
  var facts: ServiceFacts {
    var facts = ServiceFacts()
    let user = account("User")
    let group = account("Group")
    if let user { facts.users.append(user) }
    if let group { facts.groups.append(group) }
    for setting in file.all("SupplementaryGroups") {
      facts.groups += ConfigurationText.words(setting.value).compactMap { word in
        name.expand(word).map { Stated($0, setting.evidence) }
      }
    }
    facts.runsAs = user.map { user in
      Stated(group.map { user.value + ":" + $0.value } ?? user.value, user.evidence)
    }
    facts.environmentFiles = environmentFiles
    for kind in Self.directoryKinds { facts.directories += directories(kind, user, group) }
    facts.directories += otherDirectories(user, group)
    facts.workingDirectory = workingDirectory
    return facts
  }

  private func account(_ key: ByteString) -> Stated<ByteString>? {
    file.last(key).flatMap { setting in
      name.expand(setting.value).map { Stated($0, setting.evidence) }
    }
  }

  private struct DirectoryKind {
    let key: ByteString
    let parent: ByteString
    /// Whether they belong to the service's user.
    let isOwned: Bool
  }

  private static let directoryKinds = [
    DirectoryKind(key: "RuntimeDirectory", parent: "/run/", isOwned: true),
    DirectoryKind(key: "StateDirectory", parent: "/var/lib/", isOwned: true),
    DirectoryKind(key: "CacheDirectory", parent: "/var/cache/", isOwned: true),
    DirectoryKind(key: "LogsDirectory", parent: "/var/log/", isOwned: true),
    DirectoryKind(key: "ConfigurationDirectory", parent: "/etc/", isOwned: false),
  ]

  /// `NAME`, or `NAME:LINK`, several in a line.
  private func directories(
    _ kind: DirectoryKind, _ user: Stated<ByteString>?, _ group: Stated<ByteString>?
  ) -> [Stated<ServiceDirectory>] {
    let mode = file.last(kind.key + "Mode").flatMap { UInt16($0.value.description, radix: 8) }
    return file.all(kind.key).flatMap { setting in
      UnitCommand.texts(of: setting.value).compactMap { word in
        let own = ByteString(word.bytes.prefix { $0 != UInt8(ascii: ":") })
        guard let path = name.expand(own), !path.isEmpty, path.count < PathResolver.textLimit else {
          return nil
        }
        return Stated(
          ServiceDirectory(
            path: RootPath(normalising: kind.parent + path), permissions: mode ?? 0o755,
            user: kind.isOwned ? user?.value : nil,
            group: kind.isOwned ? Self.group(group, of: user) : nil),
          setting.evidence)
      }
    }
  }

  /// Where it writes to, and where its process number goes: directories that somebody else makes.
  private func otherDirectories(
    _ user: Stated<ByteString>?, _ group: Stated<ByteString>?
  ) -> [Stated<ServiceDirectory>] {
    var directories: [Stated<ServiceDirectory>] = []
    func add(_ path: ByteString, _ evidence: Evidence) {
      guard path.hasPrefix("/"), path.count < PathResolver.textLimit else { return }
      directories.append(
        Stated(
          ServiceDirectory(
            path: RootPath(normalising: path), user: user?.value, group: Self.group(group, of: user)
          ),
          evidence))
    }
    for setting in file.all("ReadWritePaths") + file.all("ReadWriteDirectories") {
      for word in UnitCommand.texts(of: setting.value) {
        let path = ByteString(word.bytes.drop { "-+".utf8.contains($0) })
        if let path = name.expand(path) { add(path, setting.evidence) }
      }
    }
    if let setting = file.last("PIDFile"), let path = name.expand(setting.value) {
      let absolute = ConfigurationText.path(path, in: "/run")
      add(absolute.directoryPart, setting.evidence)
    }
    return directories
  }

  private static func group(
    _ group: Stated<ByteString>?, of user: Stated<ByteString>?
  ) -> ServiceDirectory.Group? {
    group.map { .named($0.value) } ?? user.map { _ in .ofUser }
  }

  private var workingDirectory: Stated<RootPath>? {
    file.last("WorkingDirectory").flatMap { setting in
      let path = ByteString(setting.value.bytes.drop { $0 == UInt8(ascii: "-") })
      guard let path = name.expand(path), path.hasPrefix("/"), path.count < PathResolver.textLimit
      else { return nil }
      return Stated(RootPath(normalising: path), setting.evidence)
    }
  }
}
