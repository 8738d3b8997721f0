package import FileTree
package import SystemPackage

/// A program that is to run in a root of its own, as a container engine would run it: without a network,
/// with a root that can't be written to, as the image's user.
package struct SandboxRequest: Sendable {
  /// On the host: absolute, links resolved.
  package var root: FilePath
  /// In-root, and what the program gets as its arguments, its own name first.
  package var program: ByteString
  package var arguments: [ByteString]
  /// `NAME=VALUE`.
  package var environment: [ByteString] = []
  /// Where it starts, in-root.
  package var directory: RootPath = .root
  package var user: UInt32 = 0
  package var group: UInt32 = 0
  /// In-root directories that it may write to. In namespaces nothing of that stays.
  package var writable: [RootPath] = []
  /// What is put into the root beside the bundle's; in namespaces only.
  package var mounts: [SandboxMount] = []
  /// Whether the root is a copy: otherwise nothing of it may change, which a chroot can't have both ways.
  package var isCopy = false
  /// On the host: what runs programs of the root's machine; nil where this one's processor does.
  package var emulator: FilePath?
  /// Whether some of its files have set-user-id bits or capabilities, which count as with an engine where
  /// this process's user can make them count.
  package var grantsRights = false
  /// What the program's own file gives it.
  package var capabilities: FileCapabilities?
  /// Whether the program listens on TCP.
  package var listens = false
  /// Whether some of its programs are 32-bit ones that the processor runs; others may make no such calls.
  package var has32BitPrograms = false

  package init(root: FilePath, program: ByteString, arguments: [ByteString]) {
    self.root = root
    self.program = program
    self.arguments = arguments
  }
}

/// A file or directory of the host that a program has in its root.
package struct SandboxMount: Hashable, Sendable {
  /// On the host: absolute.
  package let source: FilePath
  /// In-root; it is made where the bundle has nothing there.
  package let place: RootPath
  package let isReadOnly: Bool

  package init(source: FilePath, place: RootPath, isReadOnly: Bool) {
    self.source = source
    self.place = place
    self.isReadOnly = isReadOnly
  }

  /// How many one program may have.
  package static let limit = 64
}

/// How a program was kept apart.
package enum SandboxIsolation: Hashable, Sendable, CaseIterable {
  case namespaces
  /// A changed root, with seccomp and, where the kernel has it, Landlock.
  case chroot

  /// Whether a program has in it what it is to have.
  package func suffices(for request: SandboxRequest) -> Bool {
    switch self {
    case .namespaces: true
    case .chroot:
      request.mounts.isEmpty
        && (request.capabilities?.permitted ?? 0) & FileCapabilities.ofNamespaces == 0
    }
  }
}

/// Why a program can't be run.
package struct SandboxError: Error, Hashable, Sendable {
  package enum Stage: Hashable, Sendable {
    case start, namespaces, userMap, mounts, root, devices, given, directory, user, filter
    /// The kernel refuses the program itself.
    case execute
  }

  package let stage: Stage
  package let cause: Errno

  /// Whether the system refuses this way of isolation, whatever is to be run. A root that can't be made
  /// as it should be is no reason to run it less apart.
  package var isOfIsolation: Bool {
    switch stage {
    case .namespaces, .userMap, .mounts: true
    case .start, .root, .devices, .given, .directory, .user, .filter, .execute: false
    }
  }
}

/// How a program ended.
package enum SandboxEnding: Hashable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)
}
