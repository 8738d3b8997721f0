/// The rights that a file gives whoever executes it (capabilities(7), "File capabilities").
///
/// Source: Linux include/uapi/linux/capability.h (`vfs_cap_data`), security/commoncap.c
/// (`get_vfs_caps_from_disk`, `bprm_caps_from_vfs_caps`).
package struct FileCapabilities: Hashable, Sendable {
  /// By their numbers, a bit each.
  package let permitted: UInt64
  /// Whether the program has them from its first instruction on: then it isn't started where it can't have
  /// all of them.
  package let isEffective: Bool

  /// What engines leave a container that asks for nothing.
  ///
  /// Source: moby oci/caps/defaults.go (`DefaultCapabilities`).
  package static let ofEngines = bits(of: [
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "net_bind_service", "net_raw", "sys_chroot", "mknod", "audit_write", "setfcap",
  ])

  /// Those of engines that only a program with a network and processes of its own can have.
  package static let ofNamespaces = bits(of: [
    "kill", "net_raw", "sys_chroot", "mknod", "audit_write", "setfcap",
  ])

  private static let names = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
  ]

  private static func bits(of wanted: [String]) -> UInt64 {
    names.enumerated().reduce(0) { $0 | (wanted.contains($1.element) ? 1 << UInt64($1.offset) : 0) }
  }

  /// Nil for a value that the kernel passes over.
  ///
  /// - Parameter value: of the extended attribute ``ExtendedAttribute/capabilities``.
  package init?(_ value: [UInt8]) {
    func word(_ index: Int) -> UInt64 {
      (0..<4).reduce(0) { $0 | UInt64(value[4 * index + $1]) << UInt64(8 * $1) }
    }
    guard value.count >= 12 else { return nil }
    let flags = word(0)
    switch (flags >> 24, value.count) {
    case (1, 12): permitted = word(1) & Self.known
    case (2, 20): permitted = (word(1) | word(3) << 32) & Self.known
    // Those of a namespace for users, by its root.
    case (3, 24) where word(5) == 0: permitted = (word(1) | word(3) << 32) & Self.known
    default: return nil
    }
    isEffective = flags & 1 != 0
  }

  private static let known: UInt64 = 1 << UInt64(names.count) - 1

  /// Those that no engine gives and without which the program isn't started, as `cap_sys_admin`.
  package var refused: [String] {
    guard isEffective else { return [] }
    let refused = permitted & ~Self.ofEngines
    return Self.names.enumerated().filter { refused >> UInt64($0.offset) & 1 != 0 }
      .map { "cap_" + $0.element }
  }
}

extension FileTree {
  /// Of a regular file; nil where it gives none.
  package func capabilities(of path: RootPath) -> FileCapabilities? {
    guard hasCapabilities(path) else { return nil }
    let attributes = try? extendedAttributes(of: path) { $0 == ExtendedAttribute.capabilities }
    return attributes?.first.flatMap { FileCapabilities($0.value) }
  }
}
