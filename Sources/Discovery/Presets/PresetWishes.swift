internal import ELF
package import FileTree
internal import Loader

/// What each preset asks of a bundle in one root.
package enum PresetWishes {
  /// - Parameters:
  ///   - detail: what of the preset is meant; nil for all.
  ///   - object: what asks for it; nil for the user alone.
  package static func wishes(
    _ topic: Topic, detail: String?, for object: ObservedObject?, in root: inout RootView
  ) -> [Wish] {
    guard let contents = Preset.standard(topic)?.contents else { return [] }
    let own = contents.dependsOnObject ? object?.real.text ?? "" : ""
    let directories = root.systemDirectories.reduce(ByteString(":")) { $0 + ":" + $1 }
    let key = ByteString(topic.name + ":" + (detail ?? "") + ":") + own + directories
    if let wishes = root.wishes[key] { return wishes }
    let wishes = contents.wishes(detail, object, &root)
    root.wishes[key] = wishes
    return wishes
  }

  /// The soname of glibc's `libc`, the same on nearly every machine.
  static let libc: ByteString = "libc.so.6"

  /// root and nobody, as every system has them, and nobody of the host.
  static var users: [Wish] {
    [
      .lines(
        "/etc/passwd",
        ["root:x:0:0:root:/root:/sbin/nologin", "nobody:x:65534:65534:nobody:/:/sbin/nologin"]),
      .lines("/etc/group", ["root:x:0:", "nogroup:x:65534:"]),
      // Programs write to the home that is named there.
      .directory("/root", permissions: 0o700),
    ]
  }

  /// `posix` and `right` repeat the database, and the host's own zone is nobody else's: the local time of
  /// a bundle is UTC, as it is without the file that tells it (tzset(3)).
  static func timeZones(_ root: inout RootView) -> [Wish] {
    let directory: ByteString = "/usr/share/zoneinfo"
    let zones: [Wish] = root.names(in: directory).filter {
      !["posix", "right", "localtime"].contains($0)
    }.map { .path(directory + "/" + $0, at: nil) }
    let utc = ["/Etc/UTC", "/UTC"].map { directory + $0 }.first { root.isFile($0) }
    return zones + (utc.map { [.path($0, at: "/etc/localtime")] } ?? [])
  }

  /// What `system(3)` starts: busybox if it is there, which is smaller than the system's own with what
  /// that needs.
  static func shell(in root: inout RootView) -> [Wish] {
    for path: ByteString in ["/bin/busybox", "/usr/bin/busybox"] where root.isFile(path) {
      return [.path(path, at: nil), .path(path, at: "/bin/sh")]
    }
    return existing(["/bin/sh"], &root)
  }

  static func initProgram(_ root: inout RootView) -> [Wish] {
    initPrograms.first { root.isFile($0) }.map { [.path($0, at: nil)] } ?? []
  }

  /// Programs that are started as `INIT -- PROGRAM`, the first that is there counts.
  package static let initPrograms: [ByteString] = [
    "/usr/bin/tini", "/sbin/tini", "/usr/bin/tini-static", "/usr/bin/dumb-init",
    "/usr/bin/catatonit", "/usr/libexec/podman/catatonit",
  ]

  static func existing(_ paths: [ByteString], _ root: inout RootView) -> [Wish] {
    paths.filter { root.resolve($0) != nil }.map { .path($0, at: nil) }
  }
}
