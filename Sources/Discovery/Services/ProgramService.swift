internal import FileTree
internal import Packages

/// What the services of a program say of it: units and start scripts that start it, and what the packages of
/// those declare.
///
/// Only its own package and those built along with it are looked at; in a root without packages, all units
/// are, and of a program that is no package's, those that are no package's either.
struct ProgramService {
  private let program: RootPath
  private let path: ByteString
  private(set) var facts = ServiceFacts()
  /// The names of the services, in the order of looking.
  private(set) var services: [ByteString] = []

  /// Of all that packages have, what tells something of a service.
  private static let places: [RootPath] = [
    "/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system", "/etc/init.d",
    "/etc/rc.d/init.d", "/usr/lib/tmpfiles.d", "/etc/default", "/etc/conf.d", "/etc/sysconfig",
    "/var", "/run",
  ]
  private static let scriptPlaces: [RootPath] = ["/etc/init.d", "/etc/rc.d/init.d"]
  /// No package has more services, and no system more units.
  private static let limit = 64
  private static let unitLimit = 2048

  /// - Parameters:
  ///   - program: physical.
  ///   - path: as the user named it.
  init(of program: RootPath, named path: ByteString, in root: inout RootView) {
    self.program = program
    self.path = path
    let packages = root.store.packages
    guard let own = packages.owner(of: program) else {
      readUnowned(hasPackages: !packages.isEmpty, in: &root)
      return
    }
    for package in [own] + packages.relatives(of: own) {
      let files = packages.files(of: package, below: Self.places)
      guard readServices(files, in: &root) else { continue }
      readDeclared(files, in: &root)
      readOwned(files, package, in: &root)
      for file in packages.configurationFiles(of: package) { readConfiguration(file, in: &root) }
    }
    // The directories of the program's own package are its service's, whoever has the unit.
    let ownFiles = packages.files(of: own, below: Self.places)
    if !services.isEmpty {
      readDeclared(ownFiles, in: &root)
      readOwned(ownFiles, own, in: &root)
    }
  }

  // MARK: Services

  /// Whether some of a package's files start the program.
  private mutating func readServices(_ files: [RootPath], in root: inout RootView) -> Bool {
    let units = files.filter { file in
      file.name.hasSuffix(UnitName.suffix)
        && ServiceUnit.places.contains(file.parent.text)
        && (try? root.tree.status(of: file))?.kind == .regular
    }.map(\.name)
    let scripts = files.filter { Self.scriptPlaces.contains($0.parent) }
    let found = read(units: units, in: &root)
    var isStarted = found
    for script in scripts.prefix(Self.limit) {
      var start = ServiceStart(of: program, named: path)
      start.readScript(script.text, in: &root)
      guard start.startsProgram || isNamesake(script.name) else { continue }
      isStarted = true
      take(start.facts, of: script.name)
    }
    return isStarted
  }

  /// Reads units, those that are called as the program is first; templates count where nothing else does.
  private mutating func read(units: [ByteString], in root: inout RootView) -> Bool {
    let ordered = units.sorted { (isNamesake($0) ? 0 : 1, $0) < (isNamesake($1) ? 0 : 1, $1) }
    var isStarted = false
    for isTemplate in [false, true] where !isStarted {
      for name in ordered.prefix(Self.limit) where UnitName(name).isTemplate == isTemplate {
        guard let unit = ServiceUnit(named: name, in: &root) else { continue }
        var start = ServiceStart(of: program, named: path)
        for command in unit.commands("ExecStart") {
          start.read(command, isMain: true, unit.variables, in: &root)
        }
        guard start.startsProgram || isNamesake(name) else { continue }
        for command in unit.commands("ExecStartPre", "ExecCondition", "ExecStartPost") {
          start.read(command, isMain: false, unit.variables, in: &root)
        }
        isStarted = true
        // What the unit says itself is surer than what its commands look like.
        var facts = unit.facts
        facts.add(start.facts)
        take(facts, of: name)
      }
    }
    return isStarted
  }

  /// Whether a service is called as the program is, so that what it starts leads there in a way that can't
  /// be seen.
  private func isNamesake(_ service: ByteString) -> Bool {
    let prefix = UnitName(service).prefix
    return prefix == program.name || prefix == ConfigurationText.name(of: path)
  }

  private mutating func take(_ facts: ServiceFacts, of service: ByteString) {
    if services.isEmpty { self.facts = facts } else { self.facts.add(facts) }
    services.append(service)
  }

  /// Of a program that no package has.
  private mutating func readUnowned(hasPackages: Bool, in root: inout RootView) {
    let places = hasPackages ? Array(ServiceUnit.places.prefix(3)) : ServiceUnit.places
    var units: Set<ByteString> = []
    for place in places {
      for name in root.names(in: place).prefix(Self.unitLimit) where name.hasSuffix(UnitName.suffix)
      {
        // Few units start a program; the others aren't read.
        guard let text = root.text(at: place + "/" + name),
          isNamesake(name) || find(program.name.bytes, in: text) != nil
        else { continue }
        units.insert(name)
      }
    }
    _ = read(units: units.sorted(), in: &root)
    guard !hasPackages else { return }
    for place in Self.scriptPlaces {
      for name in root.names(in: place.text).prefix(Self.unitLimit) where isNamesake(name) {
        var start = ServiceStart(of: program, named: path)
        start.readScript(place.appending(name).text, in: &root)
        take(start.facts, of: name)
      }
    }
    if !services.isEmpty {
      let names = Set(services.map { UnitName($0).prefix + ".conf" } + [program.name + ".conf"])
      readDeclared(names, in: &root)
    }
  }

  // MARK: What packages declare

  private mutating func readDeclared(_ files: [RootPath], in root: inout RootView) {
    let names = files.filter { $0.parent == "/usr/lib/tmpfiles.d" }.map(\.name)
    readDeclared(Set(names), in: &root)
  }

  /// Directories that are made at the start, by the names of the files that say so.
  private mutating func readDeclared(_ names: Set<ByteString>, in root: inout RootView) {
    guard !names.isEmpty else { return }
    for directory in root.declaredDirectories.all {
      guard let file = directory.evidence.file,
        names.contains(ConfigurationText.name(of: file))
      else { continue }
      let (user, group) = (directory.owner, directory.group)
      facts.directories.append(
        Stated(
          ServiceDirectory(
            path: directory.path, permissions: directory.permissions,
            user: user.isEmpty ? nil : user, group: group.isEmpty ? nil : .named(group)),
          directory.evidence))
    }
  }

  /// Directories of the package where state is kept; who owns them in the root runs the service.
  private mutating func readOwned(
    _ files: [RootPath], _ package: Package, in root: inout RootView
  ) {
    for file in files where file.isInside("/var") || file.isInside("/run") {
      guard let status = try? root.tree.status(of: file), status.kind == .directory else {
        continue
      }
      let evidence = Evidence(
        file: file.text, mark: .metadata("directory of the package " + package.name))
      let owner = status.owner
      facts.directories.append(
        Stated(
          ServiceDirectory(
            path: file, permissions: status.permissions & 0o1777,
            user: owner.user == 0 ? nil : ByteString("\(owner.user)"),
            group: owner.group == 0 ? nil : .named(ByteString("\(owner.group)"))),
          evidence))
    }
  }

  /// The users that a configuration file of the package names.
  private mutating func readConfiguration(_ file: RootPath, in root: inout RootView) {
    facts.add(ConfiguredAccounts.facts(at: file.text, in: &root))
  }
}
