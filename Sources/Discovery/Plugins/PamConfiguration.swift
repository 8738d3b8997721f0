internal import FileTree

/// The services of PAM that a program may ask for, and the modules that their files name.
///
/// A service is known by the program's name, or by a text in the object that calls `pam_start`.
/// Source: Linux-PAM `libpam/pam_handlers.c` (`_pam_init_handlers`, `_pam_open_config_file`,
/// `_pam_load_module`), `pam.conf(5)`; Debian's `@include`.
struct PamConfiguration: NeedSource {
  private let topic = Topic("pam")
  private var library: ObservedObject?
  private var moduleDirectory: ByteString = ""
  /// Services with the evidence for each, until the library is known.
  private var wanted: [(service: ByteString, evidence: Evidence)] = []
  private var seen: Set<ByteString> = []

  /// In the order in which they are looked in.
  private static let directories: [ByteString] = [
    "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d",
  ]

  let symbols: Set<ByteString> = ["pam_start", "pam_start_confdir"]

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if object.name.hasPrefix("libpam.so") {
      library = object
      moduleDirectory = Self.moduleDirectory(of: object, in: &root)
      wanted.append(("other", .host(object)))
    } else if !object.imports.isDisjoint(with: symbols) {
      wanted += Self.services(of: object, in: &root)
    }
    guard library != nil else { return [] }
    var needs: [RuntimeNeed] = []
    while let (service, evidence) = wanted.popLast() {
      guard let path = Self.file(of: service, in: &root) else { continue }
      needs += fileNeeds(path, evidence, depth: 0, in: &root)
    }
    return needs
  }

  /// Where modules with a relative name are: a constant of the library.
  private static func moduleDirectory(
    of object: ObservedObject, in root: inout RootView
  ) -> ByteString {
    ObjectStrings(of: object, in: &root).directories(containing: "/security/", in: &root).first
      ?? object.path.directoryPart + "/security/"
  }

  private static func services(
    of object: ObservedObject, in root: inout RootView
  ) -> [(service: ByteString, evidence: Evidence)] {
    let services = Set(directories.flatMap { root.names(in: $0) })
    // Two or three letters such as `su` are a text of many programs.
    let named = ObjectStrings(of: object, in: &root).intersection(services.filter { $0.count > 3 })
      .union(services.contains(object.real.name) ? [object.real.name] : [])
    return named.sorted(by: >).map {
      ($0, Evidence(file: object.path, mark: .symbol("pam_start")))
    }
  }

  private static func file(of service: ByteString, in root: inout RootView) -> ByteString? {
    if service.hasPrefix("/") { return root.isFile(service) ? service : nil }
    for directory in directories where root.isFile(directory + "/" + service) {
      return directory + "/" + service
    }
    return nil
  }

  // MARK: A service's file

  private mutating func fileNeeds(
    _ path: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard depth < 16, seen.insert(path).inserted else { return [] }
    var needs = [
      topic.registered(
        evidence, [.path(path, at: nil)], isEssential: true, purpose: "a service of PAM")
    ]
    for (number, text) in PamFile.lines(at: path, in: &root) {
      guard let rule = PamFile.rule(text) else { continue }
      let line = Evidence.line(number, of: path)
      switch rule {
      case .include(let service):
        guard let file = Self.file(of: service, in: &root) else { continue }
        needs += fileNeeds(file, line, depth: depth + 1, in: &root)
      case .module(let name, let arguments, let mayBeMissing):
        needs += moduleNeeds(
          name, arguments, line, isEssential: !mayBeMissing, in: &root)
      }
    }
    return needs
  }

  private mutating func moduleNeeds(
    _ name: ByteString, _ arguments: [ByteString], _ line: Evidence, isEssential: Bool,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    var needs: [RuntimeNeed] = []
    let path = ConfigurationText.path(name, in: moduleDirectory)
    let isNew = !seen.contains(path + "!") && seen.insert(isEssential ? path + "!" : path).inserted
    if isNew, isEssential || root.isFile(path) {
      needs.append(
        topic.registered(
          line, [.library(names: [path], caller: library?.name)], isEssential: isEssential,
          purpose: "a module of PAM"))
    }
    let named = arguments.compactMap { argument -> ByteString? in
      guard let (key, value) = ConfigurationText.pair(argument, at: "="), value.hasPrefix("/"),
        PamModuleFiles.arguments.contains(key)
      else { return nil }
      return value
    }
    let files = PamModuleFiles.files(of: ConfigurationText.name(of: path)) + named
    let wishes = files.filter { root.resolve($0) != nil && seen.insert($0).inserted }
      .map { Wish.path($0, at: nil) }
    if !wishes.isEmpty {
      needs.append(
        topic.registered(
          line, wishes, isEssential: isEssential,
          purpose: "what \(ConfigurationText.name(of: path)) reads or runs"))
    }
    return needs
  }
}
