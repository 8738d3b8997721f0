internal import Bundle
internal import Discovery
internal import FileTree
internal import Image

/// Makes an image's configuration of what was asked for and what was packed.
struct ImageAssembly {
  let settings: ImageSettings
  /// `NAME=VALUE`, without `PATH` unless it was asked for.
  let environment: [String]
  /// Seconds since 1970, where the command line says nothing.
  let created: UInt64
  /// Of all files that have none of their own.
  var owner = FileStatus.Owner.root

  static let path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  func bundle(_ planned: PackPlanner.Result, isImage: Bool) throws(Diagnostic) -> ImageBundle {
    var configuration = ImageConfiguration()
    if let words = settings.entrypoint {
      configuration.entrypoint = words
    } else if let program = planned.plan.entrypoint {
      configuration.entrypoint = try entrypoint(program, of: planned.plan, isImage: isImage)
    }
    configuration.command = settings.command
    configuration.environment =
      (environment.contains { $0.hasPrefix("PATH=") } ? [] : [Self.path])
      + certificateVariable(planned.plan) + environment
    configuration.user = settings.user?.text
    configuration.workingDirectory = settings.workingDirectory
    configuration.exposedPorts = settings.exposedPorts
    configuration.volumes = settings.volumes
    configuration.labels = settings.labels
    configuration.annotations = settings.annotations
    configuration.stopSignal = settings.stopSignal
    configuration.created = settings.created ?? created
    judge(configuration, of: planned)
    return ImageBundle(
      plan: planned.plan, platform: planned.plan.programHeader.flatMap { Platform($0) },
      configuration: configuration)
  }

  /// Warns of a start that can't come to anything, as far as the plan tells.
  private func judge(_ configuration: ImageConfiguration, of planned: PackPlanner.Result) {
    guard let word = (configuration.entrypoint + configuration.command).first else { return }
    let start = ProgramStart(
      ByteString(word), environment: configuration.environment.map { ByteString($0) },
      workingDirectory: RootPath(normalising: ByteString(settings.workingDirectory ?? "/")),
      user: settings.user.map { FileStatus.Owner(user: $0.uid, group: $0.gid ?? 0) })
    var view = RootView(tree: PlanTree(planned.plan.entries, owner: owner))
    guard let fault = start.fault(in: &view) else { return }
    let isAsked = settings.entrypoint != nil
    // Of a program that was packed, the plan has told that already.
    if case .notExecutable = fault, !isAsked { return }
    let name = ByteString(word)
    Terminal.warn(
      Diagnostic(
        planned.label + "warning: \(isAsked ? "--entrypoint " : "")\(name): \(fault)",
        remedy: fault.option(for: name) ?? fault.remedy))
  }

  /// Where OpenSSL and what follows its example find the certificates, wherever they were built to look.
  private func certificateVariable(_ plan: BundlePlan) -> [String] {
    let name = "SSL_CERT_FILE="
    let bundle = plan.needs.first {
      $0.topic.name == "ca-certificates" && $0.outcome == .packed
    }?.found.first
    guard let bundle, !environment.contains(where: { $0.hasPrefix(name) }) else { return [] }
    return [name + bundle.description]
  }

  /// The program, behind the runtime that starts it and the process 1 that was asked for.
  private func entrypoint(
    _ path: RootPath, of plan: BundlePlan, isImage: Bool
  ) throws(Diagnostic) -> [String] {
    let initProgram = plan.needs.first { $0.topic.name == "init" && $0.outcome == .packed }?
      .found.first
    let words =
      (initProgram.map { [$0.description, "--"] } ?? [])
      + (plan.launcher.map { [$0.description] } ?? [])
    guard let text = String(validating: path.text.bytes, as: UTF8.self) else {
      // What comes next can't be said, but the archive can be written.
      guard isImage else { return [] }
      throw Diagnostic(
        "\(path): a name that isn't UTF-8 can't be an image's entrypoint",
        remedy: "give it another with --install", status: .usage)
    }
    return words + [text]
  }

  /// An image's name where none is given: the program's.
  ///
  /// A repository name takes lower-case letters, digits and single separators between them.
  static func reference(for program: RootPath?) -> ImageReference {
    let name = (program?.name.description ?? "").lowercased()
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return ImageReference(words.joined(separator: "-")) ?? .unnamed
  }
}
