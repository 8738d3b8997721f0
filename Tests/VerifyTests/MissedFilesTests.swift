import FileTree
import TestSupport
import Testing

@testable import Sandbox
@testable import Verify

struct MissedFilesTests {
  private static let library = InMemoryTree.Node.file([0x7F] + Array("ELF".utf8))

  static let source = InMemoryTree([
    "/etc/localtime": .text(""), "/usr/lib/libz.so.1": library, "/etc/app.conf": .text(""),
    "/opt/x": .text(""), "/tmp": .directory(), "/usr/lib/libc.so": .text("GROUP ( libc.so.6 )"),
    "/usr/lib/x86_64-linux-gnu/app/one.so": library, "/bin": .link("usr/bin"),
    "/usr/lib/x86_64-linux-gnu/app/two.so": library, "/usr/lib/alias": .link("/usr/share/game"),
    "/usr/bin/x86_64": .text(""), "/usr/bin/gcc": .text(""), "/usr/bin/tool": .text(""),
    "/usr/include/zlib.h": .text(""), "/etc/app/conf.d/README": .text(""),
    "/etc/app/a.conf": .text(""), "/etc/app/b.conf": .text(""), "/usr/share/game/a/1": .text(""),
    "/usr/share/game/a/2": .text(""), "/usr/share/game/b/3": .text(""),
    "/var/lib/app/state": .text(""), "/var/cache/app/x": .text(""), "/var/log/app": .directory(),
    "/var/spool/app": .directory(permissions: 0o700), "/usr/local/share/empty": .directory(),
    "/usr/lib/app/x86_64": .directory(), "/usr/lib/app/x86_64/file": .text(""),
    "/etc/sealed/key": .file(Array("x".utf8), permissions: 0o600), "/etc/sealed/a": .text(""),
    "/usr/lib/x86_64-linux-gnu/gconv/X.so": library,
    "/usr/share/zoneinfo/Etc/UTC": .text(""), "/usr/share/zoneinfo/posix/UTC": .text(""),
    "/etc/passwd": .text("root:x:0:0:::\nowl:x:101:102:::\nfox:x:103:104:::\n"),
    "/etc/group": .text("root:x:0:\nowl:x:102:\n"),
  ])
  static let bundle = InMemoryTree([
    "/etc/passwd": .text("root:x:0:0:::\n"), "/etc/group": .text("root:x:0:\n"),
  ])

  private func findings(
    _ looks: [MissedLook], made: [ByteString] = [], users: Set<[ByteString]> = [],
    in bundle: InMemoryTree = bundle
  ) -> [VerifyFinding] {
    var run = WatchedRun()
    for look in looks { run.add(look) }
    for path in made { run.add(made: path) }
    run.userWords = users
    return MissedFiles(source: Self.source, bundle: bundle, isEmulated: false).result(of: run)
      .findings
  }

  private func options(
    _ paths: [ByteString], _ purpose: MissedLook.Purpose = .opening,
    in bundle: InMemoryTree = bundle
  ) -> [String?] {
    findings(paths.map { MissedLook(path: $0, purpose: purpose) }, in: bundle).map(\.flag)
  }

  @Test func `what the root has is told with the option that adds it`() {
    let paths: [ByteString] = [
      "/etc/localtime", "/usr/lib/libz.so.1", "/etc/app.conf", "/tmp", "/no/such",
      "/usr/lib/libz.so.1",
    ]
    #expect(
      options(paths) == [
        "--with timezone", "--load libz.so.1", "--add /etc/app.conf", "--with tmp",
      ])
  }

  @Test(
    arguments: [
      "/proc/1/maps", "/etc/ld.so.cache", "/dev/shm", "/opt", "/sys/x", "/usr/lib/libc.so",
      "/usr/bin/gcc", "/usr/include/zlib.h", "/usr/include", "/var/cache/app/x", "/var/cache",
      "/var/log", "/var/lib", "/run", "/usr/share", "/usr/local/share/empty",
    ] as [ByteString])
  func `what engines make, what is shared, passing or for building is passed over`(
    path: ByteString
  ) {
    #expect(options([path]) == [])
  }

  @Test func `a directory is told as a whole, however little of it was looked for`() {
    #expect(
      options(["/usr/lib/x86_64-linux-gnu/app"]) == ["--add /usr/lib/x86_64-linux-gnu/app"])
    #expect(
      options(["/usr/lib/x86_64-linux-gnu/app/one.so"])
        == ["--add /usr/lib/x86_64-linux-gnu/app"])
    #expect(options(["/usr/share/game/a/1"]) == ["--add /usr/share/game"])
    #expect(options(["/etc/app/conf.d"]) == ["--add /etc/app/conf.d"])
  }

  @Test func `of a directory that is there in parts, the part that isn't is told`() {
    let partly = InMemoryTree(["/usr/share/game/a/2": .text("")])
    #expect(options(["/usr/share/game/b/3"], in: partly) == ["--add /usr/share/game/b"])
    #expect(options(["/usr/share/game/a/1"], in: partly) == ["--add /usr/share/game/a/1"])
    #expect(
      options(["/usr/share/game/a/1", "/usr/share/game/b/3"], in: partly)
        == ["--add /usr/share/game"])
  }

  @Test func `several files of one directory are one line`() {
    let told = findings(
      ["/etc/app/a.conf", "/etc/app/b.conf"].map { MissedLook(path: $0, purpose: .opening) })
    #expect(told.map(\.flag) == ["--add /etc/app"])
    #expect(told.map(\.message) == ["2 files in it were looked for and aren't in the bundle"])
  }

  @Test func `a directory with what not everybody may read is told file by file`() {
    #expect(
      options(["/etc/sealed/a", "/etc/sealed/key"]) == [
        "--add /etc/sealed/a", "--add /etc/sealed/key",
      ])
  }

  @Test func `the same file by two paths is told once`() {
    #expect(options(["/bin/tool", "/usr/bin/tool"], .starting) == ["--add /bin/tool"])
    #expect(options(["/usr/share/game/a/1", "/usr/lib/alias/a/1"]).count == 1)
  }

  @Test func `a directory for state is made, with its rights, and is never a copy`() {
    #expect(options(["/var/lib/app"], .making) == ["--mkdir /var/lib/app"])
    #expect(options(["/var/cache/app"], .looking) == ["--mkdir /var/cache/app"])
    #expect(options(["/var/spool/app"]) == ["--mkdir /var/spool/app:700"])
    // What the system makes when it starts.
    #expect(options(["/run/app"], .making) == ["--mkdir /run/app"])
    #expect(options(["/run/app"], .looking) == [])
  }

  @Test func `what the program made itself isn't missed`() {
    let looks = [
      MissedLook(path: "/var/lib/app", purpose: .looking),
      MissedLook(path: "/var/lib/app", purpose: .making),
    ]
    #expect(findings(looks, made: ["/var/lib/app"]) == [])
  }

  @Test func `where the loader merely looks, only libraries count`() {
    let places: [ByteString] = [
      "/bin/x86_64", "/usr/lib/app/x86_64", "/usr/lib/app", "/usr/lib/libz.so.1",
    ]
    let looks = places.map { MissedLook(path: $0, purpose: .looking, isOfLoader: true) }
    #expect(findings(looks).map(\.flag) == ["--load libz.so.1"])
  }

  @Test func `what is in a directory that is told comes with it`() {
    let shared = InMemoryTree(["/usr/share/game/a/2": .text("")])
    #expect(
      options(["/usr/share/game/b/3", "/usr/share/game/b"], in: shared)
        == ["--add /usr/share/game/b"])
    #expect(options(["/usr/lib/x86_64-linux-gnu/gconv/X.so"]) == ["--with gconv"])
  }

  @Test func `a preset that the bundle has is no answer`() {
    let zones = InMemoryTree([
      "/usr/share/zoneinfo/Etc/UTC": .text(""), "/etc/localtime": .text(""),
    ])
    #expect(options(["/usr/share/zoneinfo/Etc/UTC"]) == ["--with timezone"])
    #expect(
      options(["/usr/share/zoneinfo/posix/UTC"], in: zones)
        == ["--add /usr/share/zoneinfo/posix"])
  }

  @Test func `users and groups that were looked up are told where the root knows them`() {
    // Of each look-up, the nearest name: what is behind it is something else of the program.
    let told = findings([], users: [["printf", "owl", "fox"], ["root", "fox"], ["nobody"]])
    #expect(told.map(\.object) == ["user owl"])
    #expect(told.map(\.flag) == ["--add /etc/passwd"])
  }

  @Test func `a run that nobody could watch has no findings`() {
    let files = MissedFiles(source: Self.source, bundle: Self.bundle, isEmulated: true)
    #expect(files.result(of: nil).outcome == .skipped("an emulated run isn't watched"))
  }

  @Test func `what is missed fails nothing`() {
    var run = WatchedRun()
    run.add(MissedLook(path: "/etc/app.conf", purpose: .opening))
    let files = MissedFiles(source: Self.source, bundle: Self.bundle, isEmulated: false)
    #expect(files.result(of: run).outcome == .passed)
  }
}
