import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Files and directories of the host that a program is given.
@Suite(.serialized)
@MainActor
struct SandboxMountTests: SandboxFixture {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  private func mount(
    _ source: String, _ place: RootPath, readOnly: Bool = false
  ) -> SandboxMount {
    SandboxMount(
      source: FilePath(scratch.url.resolvingSymlinksInPath().path + "/" + source), place: place,
      isReadOnly: readOnly)
  }

  /// Each argument: what it reads, and whether it can be written to.
  private static let reader = """
    for (int i = 1; i < argc; i++) {
      char text[9] = "-"; int f = open(argv[i], O_RDONLY);
      if (f >= 0) text[read(f, text, 1)] = 0;
      printf("%s%d ", text, open(argv[i], O_WRONLY) >= 0);
    }
    """

  @Test(arguments: ["/given", "/srv", "/srv/deep/er", "/etc/given", "/tmp", "/tmp/in", "/to-srv/x"])
  func `it has them where it is said, whatever the bundle has there`(place: RootPath) throws {
    try build(Self.reader)
    try Shell.bash(
      "mkdir given; echo x > given/file; ln -s srv root/to-srv; echo y > root/srv/own",
      in: scratch.url)
    var request = request("\(place)/file", "/etc/known", "/srv/own")
    request.writable = ["/tmp"]
    request.mounts = [mount("given", place)]
    let own = place == "/srv" ? "-0" : "y0"
    #expect(try run(request, .namespaces).output == "x1 x0 \(own) ")
    request.mounts = [mount("given", place, readOnly: true)]
    #expect(try run(request, .namespaces).output == "x0 x0 \(own) ")
    // Nothing was made in the root itself.
    #expect(
      try Shell.bash("cd root; find . -mindepth 1 | sort | tr '\\n' ' '", in: scratch.url)
        == "./etc ./etc/known ./main ./srv ./srv/own ./tmp ./to-srv ")
  }

  @Test func `a file can be given too, and one below another`() throws {
    try build(Self.reader)
    try Shell.bash(
      "mkdir given given/inner; echo a > one; echo b > given/two; echo c > given/inner/three; chmod -R a+rwX .",
      in: scratch.url)
    var request = request("/srv/one", "/etc/known", "/srv/all/two", "/srv/all/inner/three")
    request.writable = ["/srv"]
    request.mounts = [
      mount("one", "/srv/one"), mount("given/two", "/etc/known", readOnly: true),
      mount("given", "/srv/all"), mount("given/inner", "/srv/all/inner", readOnly: true),
    ]
    #expect(try run(request, .namespaces).output == "a1 b0 b1 c0 ")
  }

  @Test func `what it writes there stays, and no file there gives rights`() throws {
    try build(
      """
      FILE *f = fopen("/given/new", "w"); fputs("said", f); fclose(f);
      struct statvfs s; statvfs("/given", &s); printf("%lu", s.f_flag & (ST_NOSUID | ST_NODEV));
      """)
    try Shell.bash("mkdir given", in: scratch.url)
    var request = request()
    request.mounts = [mount("given", "/given")]
    request.grantsRights = true
    #expect(try run(request, .namespaces).output == "6")
    #expect(try scratch.text("given/new") == "said")
  }

  @Test func `what can't be given is an error, and a changed root can give nothing`() throws {
    try build(Self.reader)
    try Shell.bash("mkdir given; touch file", in: scratch.url)
    let cases: [(SandboxMount, Errno)] = [
      (mount("given", "/etc/known"), .notDirectory), (mount("file", "/srv"), .isDirectory),
      (mount("none", "/x"), .noSuchFileOrDirectory), (mount("given", "/main/x"), .notDirectory),
    ]
    for (mount, cause) in cases {
      var request = request()
      request.mounts = [mount]
      #expect(throws: SandboxError(stage: .given, cause: cause)) { try run(request, .namespaces) }
      #expect(!SandboxIsolation.chroot.suffices(for: request))
    }
  }
}
