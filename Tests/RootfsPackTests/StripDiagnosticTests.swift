import Strip
import Testing

@testable import RootfsPack

/// What the user reads of stripping.
struct StripDiagnosticTests {
  @Test func `without a tool the error names what to install`() {
    let diagnostic = Diagnostic(StripError.noTool)
    #expect(diagnostic.message.contains("eu-strip (Debian package elfutils)"))
    #expect(diagnostic.remedy != nil)
  }

  @Test func `a signal has the exit code that a shell would show`() {
    #expect(Diagnostic(StripError.interrupted(signal: 15)).status.rawValue == 143)
  }

  @Test(
    arguments: [
      (.sourceChanged("/a"), "/a: its source changed while it was packed; nothing was written"),
      (.debugDirectory("d", .notDirectory), "--debug-dir d: a part of the path is not a directory"),
      (.debugFile("d/a.debug", .noSpace), "d/a.debug: can't be written: no space left"),
      (.scratch("/a", .noSpace), "variable TMPDIR"),
      (.temporaryDirectory("/t", .permissionDenied), "/t: no temporary directory can be made"),
    ] as [(StripError, String)])
  func `an error names the place and the cause`(error: StripError, part: String) {
    #expect(Diagnostic(error).line.contains(part))
  }

  @Test(
    arguments: [
      (.kept("/a", .unnameableSection("odd*name")), "/a: not stripped: its section 'odd*name'"),
      (
        .kept("/a", .toolFailed("eu-strip", .exited(3), said: "broken")),
        "/a: not stripped: eu-strip ended with 3: broken"
      ),
      (
        .kept("/a", .toolFailed("eu-strip", .killed(signal: 9), said: "")),
        "/a: not stripped: eu-strip was killed by signal 9"
      ),
      (.kept("/a", .strayData(offset: 0x1234)), "the data at offset 0x1234"),
      (
        .kept("/a", .difference(tool: "eu-strip", .segments)),
        "/a: not stripped: with eu-strip, its segments would change"
      ),
      (.debuggingDataTwice(place: "/c", kept: "/a", lost: "/b"), "warning: /b: its debugging data"),
    ] as [(StripWarning, String)])
  func `a warning names the file and why it ships as it is`(warning: StripWarning, part: String) {
    #expect(warning.diagnostic.line.hasPrefix("rootfs-pack: warning: "))
    #expect(warning.diagnostic.line.contains(part))
  }
}
