internal import CLinux
internal import FileTree
internal import Glibc
package import SystemPackage

/// A program that runs in a sandbox; it is killed when this goes out of scope.
package struct SandboxedProgram: ~Copyable {
  package let isolation: SandboxIsolation
  /// What it finds: whether there is a /proc, and whether nothing lets it change the root.
  package let hasProc: Bool
  package let isReadOnly: Bool
  private var sandboxed: clinux_sandboxed
  private let watch: FileWatch?

  /// Starts a program by the first way of isolation that this system allows.
  ///
  /// To be called on the main thread.
  ///
  /// - Parameter output: gets what the program says on both streams.
  package init(
    _ request: SandboxRequest, output: FileDescriptor,
    isolations: [SandboxIsolation] = SandboxIsolation.allCases
  ) throws(SandboxError) {
    var failure = SandboxError(stage: .start, cause: .notSupported)
    for isolation in isolations {
      do {
        try self.init(request, output: output, isolation)
        return
      } catch {
        failure = error
        if !error.isOfIsolation { break }
      }
    }
    throw failure
  }

  private init(
    _ request: SandboxRequest, output: FileDescriptor, _ isolation: SandboxIsolation
  ) throws(SandboxError) {
    var result = clinux_sandboxed()
    var stage = CLINUX_STAGE_FORK
    var sandbox = clinux_sandbox()
    sandbox.isolation = isolation == .namespaces ? CLINUX_NAMESPACES : CLINUX_CHROOT
    sandbox.user = request.user
    sandbox.group = request.group
    sandbox.output = output.rawValue
    sandbox.listens = request.listens ? 1 : 0
    sandbox.grants_rights = request.grantsRights ? 1 : 0
    sandbox.capabilities = request.capabilities?.permitted ?? 0
    sandbox.has_32_bits = request.has32BitPrograms ? 1 : 0
    var request = request
    if isolation == .chroot, !request.isCopy {
      request.writable = []
      sandbox.must_stay = 1
    }
    let texts = try Self.texts(of: request, &sandbox)
    let error = unsafe clinux_sandbox_start(
      &sandbox, texts, UInt(texts.count), &result, &stage)
    guard error == 0 else {
      throw SandboxError(stage: SandboxError.Stage(stage), cause: Errno(rawValue: error))
    }
    self.isolation = isolation
    hasProc = result.has_proc != 0
    isReadOnly = result.is_read_only != 0
    sandboxed = result
    watch =
      result.notifications >= 0
      ? FileWatch(result.notifications, sockets: result.sockets) : nil
  }

  /// All texts of a request, each with a NUL behind it, in the order that the sandbox expects.
  private static func texts(
    of request: SandboxRequest, _ sandbox: inout clinux_sandbox
  ) throws(SandboxError) -> [CChar] {
    let mounts: [[ByteString]] = request.mounts.map {
      [ByteString($0.source), $0.place.text, $0.isReadOnly ? "ro" : "rw"]
    }
    let lists: [[ByteString]] = [
      try names(in: .root, of: request), try names(in: "/etc", of: request), request.arguments,
      request.environment, request.writable.map(\.text), mounts.flatMap(\.self),
    ]
    sandbox.root_name_count = UInt32(lists[0].count)
    sandbox.etc_name_count = UInt32(lists[1].count)
    sandbox.argument_count = UInt32(lists[2].count)
    sandbox.variable_count = UInt32(lists[3].count)
    sandbox.writable_count = UInt32(lists[4].count)
    sandbox.mount_count = UInt32(request.mounts.count)
    let single = [
      ByteString(request.root), request.program, request.directory.text,
      request.emulator.map { ByteString($0) } ?? "",
    ]
    var texts: [CChar] = []
    for text in single + lists.flatMap(\.self) {
      // It would end the text and make the next one of the rest.
      guard !text.contains(0) else { throw SandboxError(stage: .start, cause: .invalidArgument) }
      texts += text.bytes.map { CChar(bitPattern: $0) } + [0]
    }
    return texts
  }

  private static func names(
    in directory: RootPath, of request: SandboxRequest
  ) throws(SandboxError) -> [ByteString] {
    // What the sandbox has of its own.
    let own: Set<ByteString> = directory.isRoot ? ["dev", "proc", ".emulator"] : []
    let tree = DirectoryTree(root: request.root)
    var resolver = PathResolver(tree: tree)
    // A link leads nowhere but in the root, here as in the sandbox.
    guard let place = try? resolver.resolve(directory.text), place.status.kind == .directory else {
      return []
    }
    do {
      return try tree.names(in: place.real).filter { !own.contains($0) }
    } catch {
      throw SandboxError(stage: .root, cause: error)
    }
  }

  deinit {
    var sandboxed = sandboxed
    unsafe clinux_sandbox_end(&sandboxed)
    watch?.stop()
    close(sandboxed.sockets)
  }

  /// Waits for the end; nil where it hasn't come within some time.
  package func wait(for limit: Duration) throws(SandboxError) -> SandboxEnding? {
    let end = ContinuousClock.now + limit
    var sandboxed = sandboxed
    repeat {
      let rest = (end - .now).components
      let milliseconds = rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000
      var status: Int32 = 0
      switch unsafe clinux_sandbox_wait(
        &sandboxed, Int32(clamping: max(0, min(milliseconds, 60_000))), &status)
      {
      case 1:
        // wait(2): the macros WIFEXITED, WEXITSTATUS and WTERMSIG.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
      case 0: break
      default:
        let cause = Errno(rawValue: errno)
        // Without its guard nobody knows of the program.
        throw SandboxError(
          stage: cause == Errno(rawValue: ECHILD) ? .start : .execute, cause: cause)
      }
    } while ContinuousClock.now < end
    return nil
  }

  /// Asks the program to end, as an engine does: the signal of process 1, which counts only if it is handled.
  package func signal(_ number: Int32) {
    kill(sandboxed.program, number)
  }

  /// Connects to a port that the program listens on.
  package func connect(to port: UInt16) throws(Errno) -> FileDescriptor {
    var sandboxed = sandboxed
    let descriptor = unsafe clinux_sandbox_connect(&sandboxed, port)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return FileDescriptor(rawValue: descriptor)
  }

  /// What was seen of it so far; nil where nobody watched.
  package var watched: WatchedRun? { watch?.seen }

  /// The process that was started first, as those of ``WatchedRun/failures`` are told.
  package var process: Int32 { sandboxed.program }
}

extension SandboxError.Stage {
  fileprivate init(_ stage: clinux_stage) {
    self =
      switch stage {
      case CLINUX_STAGE_NAMESPACES: .namespaces
      case CLINUX_STAGE_USER_MAP: .userMap
      case CLINUX_STAGE_MOUNTS: .mounts
      case CLINUX_STAGE_ROOT: .root
      case CLINUX_STAGE_DEVICES: .devices
      case CLINUX_STAGE_GIVEN: .given
      case CLINUX_STAGE_DIRECTORY: .directory
      case CLINUX_STAGE_USER: .user
      case CLINUX_STAGE_FILTER: .filter
      case CLINUX_STAGE_EXECUTE: .execute
      default: .start
      }
  }
}
