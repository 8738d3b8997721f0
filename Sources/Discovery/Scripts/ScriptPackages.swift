internal import FileTree
internal import Packages

/// What programs a packaged script can count on: those of packages that its own depends on, and those that no
/// system is without. It looks for all others first, or fails in some of what it does.
///
/// Source: Debian policy 3.8 and the packages of Debian 12 that are marked `Essential`; Alpine's base.
struct ScriptPackages {
  /// Nil for a script of no package: that counts on all that it names.
  private let asked: AskedPackages?

  private static let everywhere: Set<ByteString> = [
    "base-files", "base-passwd", "bash", "bsdutils", "busybox", "coreutils", "dash", "debianutils",
    "diffutils", "dpkg", "findutils", "gawk", "grep", "gzip", "hostname", "init-system-helpers",
    "libc-bin", "login", "mawk", "ncurses-bin", "perl-base", "procps", "sed", "sysvinit-utils",
    "tar", "util-linux",
  ]

  init(of script: RootPath, in root: RootView) {
    asked = AskedPackages(by: [script], reading: script, in: root)
  }

  /// - Parameter program: by its path.
  func countOn(_ program: Wish, in root: inout RootView) -> Bool {
    guard let asked, case .path(let path, _) = program, let file = root.resolve(path) else {
      return true
    }
    return asked.mayHave(file.real, in: root)
      || root.packages.owner(of: file.real).map { Self.everywhere.contains($0.name) } ?? true
  }
}
