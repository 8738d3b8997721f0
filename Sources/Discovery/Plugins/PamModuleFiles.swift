internal import FileTree

/// What modules of Linux-PAM open or run without being told, by each module's manual page.
enum PamModuleFiles {
  /// Arguments whose value is a file that a module reads.
  static let arguments: Set<ByteString> = [
    // pam_env(8)
    "conffile", "envfile",
    // pam_access(8)
    "accessfile",
    // pam_limits(8), pam_time(8), pam_group(8), pam_faillock(8)
    "conf",
    // pam_listfile(8), pam_echo(8)
    "file",
    // pam_mkhomedir(8)
    "skel",
    // pam_cap(8)
    "config",
  ]

  private static let table: [ByteString: [ByteString]] = [
    "pam_access.so": ["/etc/security/access.conf", "/etc/security/access.d"],
    "pam_cap.so": ["/etc/security/capability.conf"],
    "pam_env.so": ["/etc/security/pam_env.conf", "/etc/environment"],
    "pam_faildelay.so": ["/etc/login.defs"],
    "pam_faillock.so": ["/etc/security/faillock.conf"],
    "pam_group.so": ["/etc/security/group.conf"],
    "pam_issue.so": ["/etc/issue"],
    "pam_lastlog.so": ["/etc/login.defs"],
    "pam_limits.so": ["/etc/security/limits.conf", "/etc/security/limits.d"],
    "pam_mkhomedir.so": ["/etc/skel", "/etc/login.defs", "/sbin/mkhomedir_helper"],
    "pam_motd.so": ["/etc/motd", "/etc/motd.d"],
    "pam_namespace.so": [
      "/etc/security/namespace.conf", "/etc/security/namespace.d", "/etc/security/namespace.init",
    ],
    "pam_pwhistory.so": ["/etc/security/pwhistory.conf", "/sbin/pwhistory_helper"],
    "pam_pwquality.so": ["/etc/security/pwquality.conf", "/etc/security/pwquality.conf.d"],
    "pam_securetty.so": ["/etc/securetty"],
    "pam_sepermit.so": ["/etc/security/sepermit.conf"],
    "pam_setquota.so": ["/etc/login.defs"],
    "pam_shells.so": ["/etc/shells"],
    "pam_time.so": ["/etc/security/time.conf"],
    "pam_umask.so": ["/etc/login.defs", "/etc/default/login"],
    "pam_unix.so": ["/etc/login.defs", "/sbin/unix_chkpwd", "/sbin/unix_update"],
    "pam_usertype.so": ["/etc/login.defs"],
  ]

  static func files(of module: ByteString) -> [ByteString] { table[module] ?? [] }
}
