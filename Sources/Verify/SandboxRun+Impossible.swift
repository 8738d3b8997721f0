internal import Discovery
internal import FileTree
internal import Sandbox
internal import SystemPackage

/// What can't be run, and whose fault that is.
extension SandboxRun {
  static func result(of problem: RunPlan.Problem) -> RungResult {
    switch problem {
    case .ambiguous(let programs):
      let names = programs.prefix(4).map(\.description).joined(separator: ", ")
      return RungResult(
        .run,
        .impossible(
          "several programs are in it (\(names)\(programs.count > 4 ? ", ..." : "")); "
            + "name one with --program"))
    case .noProgram:
      return RungResult(.run, .impossible("no program is in it; --until loader runs nothing"))
    case .unknownUser(let user):
      return failure(
        "/etc/passwd", "tells nothing of the image's user \(ByteString(user))", flag: "--user")
    case .unknownSignal(let text):
      return failure(
        "", "the image's stop signal \(ByteString(text)) is none", flag: "--stop-signal")
    case .zeroByte(let setting):
      return failure("", "the image's \(setting) has a zero byte, which no program can be given")
    case .noEmulator(let machine):
      return RungResult(
        .run,
        .impossible(
          "it is for \(machine), and no static qemu for that is in PATH; install "
            + "qemu-user-static, or run nothing with --until loader"))
    }
  }

  static func result(of fault: StartFault, _ plan: RunPlan) -> RungResult {
    failure(plan.name, "can't be started: \(fault); \(fault.remedy)")
  }

  static func result(of error: SandboxError, _ plan: RunPlan) -> RungResult {
    switch error.stage {
    case .execute:
      return failure(plan.name, "can't be started: \(describe(error.cause))")
    case .directory:
      return failure(
        plan.request.directory.description,
        "the working directory can't be entered: \(describe(error.cause))", flag: "--workdir")
    case .given:
      return failure(
        plan.request.mounts.map(\.place.description).joined(separator: ", "),
        "what --mount gives can't be put there: \(error.cause)")
    case .start:
      return RungResult(.run, .impossible("a process can't be started here: \(error.cause)"))
    case .namespaces, .userMap, .mounts, .root, .devices, .user, .filter:
      let isRefused = [.notPermitted, .permissionDenied].contains(error.cause)
      return RungResult(
        .run,
        .impossible(
          (!isRefused
            ? "no sandbox can be made for it here"
            : SandboxIsolation.chroot.suffices(for: plan.request)
              ? "neither namespaces nor a changed root are allowed here"
              : "namespaces aren't allowed here, and a changed root isn't enough for it")
            + " (\(error.stage): \(describe(error.cause))); run as root, or where user namespaces are "
            + "allowed"))
    }
  }

  private static func failure(_ object: String, _ message: String, flag: String? = nil)
    -> RungResult
  {
    RungResult(
      .run, .failed, findings: [VerifyFinding(.fails, object, message, flag: flag)])
  }

  private static func describe(_ cause: Errno) -> String {
    switch cause {
    case .noSuchFileOrDirectory: "it, or its interpreter, isn't there"
    case .permissionDenied: "permission denied"
    default: cause.description
    }
  }
}
