internal import Bundle
internal import Discovery
internal import ELF
internal import FileTree
internal import Image
internal import Loader
internal import Report

/// Makes the plan of one root: resolves, reports, builds and proves.
struct PackPlanner {
  let install: String?
  let additions: [AdditionRequest]
  let allowsMissing: Bool
  let allowsSensitive: Bool
  /// Files of which the user says so: arguments.
  let allowedSensitive: [String]
  let options: PlanOptions
  let policy: NeedsPolicy
  /// Stands before what is said, where there are several roots.
  var label = ""

  /// A plan and what it was made of.
  struct Result {
    let plan: BundlePlan
    /// Whether something is missing that a program can't do without.
    let isIncomplete: Bool
    /// Stands before what is said of it.
    let label: String
    /// As the user named them.
    let programs: [String]

    /// What of the needs isn't packed; nil if all is.
    var hint: Diagnostic? {
      renderUnpackedNeeds(plan.needs).map {
        let program = programs.count == 1 ? ByteString(argument: programs[0]).description : "FILE"
        return Diagnostic(label + $0, remedy: "'rootfs-pack inspect \(program)' tells all and why")
      }
    }
  }

  func plan(_ files: [String], _ settings: LoaderSettings) throws(Diagnostic) -> Result {
    let context = try ResolutionContext(
      settings, files: files, additions: additions.map(\.source))
    let gate = try gate(files, context)
    try refuseSecrets(gate, context)
    let found = try discover(files, context)
    let contents = PlanContents(found, tree: context.tree)
    tellGiven(contents, settings)
    for line in settings.excluded.complaints(of: contents) { warn(Diagnostic(line)) }
    let isIncomplete = try reportFindings(contents.subjects, settings)
    var options = options
    options.gate = gate
    var builder = PlanBuilder(tree: context.tree, contents: contents, options: options)
    let plan: BundlePlan
    do { plan = try builder.build() } catch { throw Diagnostic(error) }
    for diagnostic in plan.warnings.diagnostics { warn(diagnostic) }
    return Result(plan: plan, isIncomplete: isIncomplete, label: label, programs: files)
  }

  /// What isn't the user's own project: that is the working directory, and what lies beside a program, or
  /// in the place that it is installed to.
  private func gate(
    _ files: [String], _ context: ResolutionContext
  ) throws(Diagnostic) -> SecretGate {
    var projects = [context.workingDirectory]
    for file in files {
      let directory = context.physicalPath(try context.programPath(file)).parent
      projects.append(["bin", "sbin"].contains(directory.name) ? directory.parent : directory)
    }
    return SecretGate(tree: context.tree, projects: projects, allowance: allowance(context))
  }

  private func allowance(_ context: ResolutionContext) -> SecretGate.Allowance {
    var allowance = SecretGate.Allowance()
    allowance.additions = allowsSensitive
    var resolver = PathResolver(tree: context.tree)
    for argument in allowedSensitive {
      if let file = try? resolver.resolve(context.locate(argument).path) {
        allowance.places.append(file.real)
      } else {
        warn(
          Diagnostic("warning: --allow-sensitive=\(ByteString(argument: argument)): no such file"))
      }
    }
    return allowance
  }

  /// Refuses what is named itself, before anything in it is looked at.
  private func refuseSecrets(
    _ gate: SecretGate, _ context: ResolutionContext
  ) throws(Diagnostic) {
    var gate = gate
    var resolver = PathResolver(tree: context.tree)
    var refused: [RootPath: SensitiveReason] = [:]
    for addition in additions {
      guard let file = try? resolver.resolve(context.locate(addition.source).path) else { continue }
      refused[file.real] = gate.reason(
        against: file.real, file.status, in: context.tree, for: .addition)
    }
    if !refused.isEmpty { throw Diagnostic(PlanError.sensitive(refused)) }
  }

  /// What the files need, with what the additions need.
  private func discover(
    _ files: [String], _ context: ResolutionContext
  ) throws(Diagnostic) -> Discovered {
    var finder = NeedsFinder(context.scope(policy, descends: true))
    var inputs = DiscoveryInputs()
    for file in files {
      let path = try context.programPath(file)
      let destination = destination(of: file, context)
      do {
        try finder.add(program: path, destination: destination, to: &inputs)
      } catch {
        throw Diagnostic(error)
      }
    }
    for addition in additions {
      do {
        try finder.add(
          addition: context.locate(addition.source).path, destination: addition.destination,
          to: &inputs)
      } catch {
        throw Diagnostic(error)
      }
    }
    let found = finder.discover(inputs)
    for diagnostic in found.diagnostics { warn(diagnostic) }
    return found
  }

  private func destination(of file: String, _ context: ResolutionContext) -> RootPath? {
    let location = context.locate(file)
    let path = context.physicalPath(location.path)
    if let install {
      let target = RootPath(normalising: ByteString(argument: install))
      return install.hasSuffix("/") ? target.appending(path.name) : target
    }
    guard location.isOutside || !SystemDirectories.contain(path) else { return nil }
    return RootPath.root.appending(path.name)
  }

  /// Names what the run time has to bring, and what nobody asks it for.
  private func tellGiven(_ contents: PlanContents, _ settings: LoaderSettings) {
    for name in settings.givenNames.sorted() {
      let requesters = contents.subjects.flatMap { subject in
        subject.graph.given.filter { $0.name == name }
          .map { subject.graph.objects[$0.requester].openedPath }
      }
      let readers = contents.needs.filter { $0.outcome == .given && $0.answers(to: name) }
        .flatMap { $0.evidence.compactMap(\.file) }
      guard let user = requesters.first ?? readers.first else {
        warn(Diagnostic("warning: --given \(name): nothing asks for it"))
        continue
      }
      warn(Diagnostic("given: \(name), asked for by \(user): the run time has to bring it"))
    }
  }

  /// Names everything that keeps a program from starting; whether there is anything.
  private func reportFindings(
    _ subjects: [PackSubject], _ settings: LoaderSettings
  ) throws(Diagnostic) -> Bool {
    let findings = PackFindings(subjects)
    for line in findings.warnings + findings.lines { warn(Diagnostic(line)) }
    guard !findings.lines.isEmpty else { return false }
    guard allowsMissing else {
      throw Diagnostic(
        "\(label)\(findings.summary), nothing was written",
        remedy: (needsRoot(subjects, settings)
          ? "name the root of the program's machine with --root" : "install what provides them")
          + ", name their directory with --library-path, or pack without them with --allow-missing",
        status: .findings)
    }
    return true
  }

  /// Whether this machine's root was searched for the libraries of another machine's program.
  private func needsRoot(_ subjects: [PackSubject], _ settings: LoaderSettings) -> Bool {
    guard settings.root == "/", let host = Platform.hostArchitecture else { return false }
    let headers = subjects.map(\.graph.subject.image.header)
    return headers.contains { Platform($0).map { $0.architecture != host } ?? true }
  }

  private func warn(_ diagnostic: Diagnostic) {
    Terminal.warn(
      Diagnostic(
        label + diagnostic.message, remedy: diagnostic.remedy, status: diagnostic.status))
  }
}
