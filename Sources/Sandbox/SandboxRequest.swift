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
  /// Whether the root is a copy: otherwise nothing of it may change, which a chroot can't have both ways.
  package var isCopy = false
  /// On the host: what runs programs of the root's machine; nil where this one's processor does.
  package var emulator: FilePath?
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

/// How a program was kept apart.
package enum SandboxIsolation: Hashable, Sendable, CaseIterable {
  case namespaces
  /// A changed root, with seccomp and, where the kernel has it, Landlock.
  case chroot
}

/// Why a program can't be run.
package struct SandboxError: Error, Hashable, Sendable {
  package enum Stage: Hashable, Sendable {
    case start, namespaces, userMap, mounts, root, devices, directory, user, filter
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
    case .start, .root, .devices, .directory, .user, .filter, .execute: false
    }
  }
}

/// How a program ended.
package enum SandboxEnding: Hashable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)
}
