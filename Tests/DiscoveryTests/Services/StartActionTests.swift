import FileTree
import TestSupport
import Testing

@testable import Discovery

struct StartActionTests {
  private func commands(_ text: String) -> [[ByteString?]] {
    var root = RootView(tree: InMemoryTree([:]))
    let place = ShellPlace(path: "/x", real: "/x")
    return ShellEvaluation(ShellScript(Array(text.utf8)), at: place, in: &root).invocations
      .map(\.words)
  }

  @Test(
    arguments: [
      ("A=1; B=$A/2\nrun $B ${A} \"$B x\"", [["run", "1/2", "1", "1/2 x"]]),
      ("if true; then mkdir /x || exit 1; fi", [["true"], ["mkdir", "/x"], ["exit", "1"]]),
      ("A='x y'; run $A", [["run", "x", "y"]]),
      ("run `x` $(y) $1 z", [["run", nil, nil, nil, "z"]]),
      ("export U=x\nexec run $U", [["export", "U=x"], ["exec", "run", "x"]]),
    ] as [(String, [[String?]])])
  func `commands have the words that can be told`(text: String, expected: [[String?]]) {
    let shown = commands(text).map { $0.map { $0?.description } }
    #expect(shown.filter { $0 != ["x"] && $0 != ["y"] } == expected)
  }

  @Test(
    arguments: [
      (
        "install -d -oU -g G -m750 /run/x /run/y", [("/run/x", 0o750), ("/run/y", 0o750)], "U", "G"
      ),
      ("install -m 644 a /etc/b", [], nil, nil),
      ("mkdir -p -m 0700 /run/x", [("/run/x", 0o700)], nil, nil),
      ("/bin/mkdir -pm700 /run/x", [("/run/x", 0o700)], nil, nil),
      ("exec chown -R U:G /run/x", [("/run/x", nil)], "U", "G"),
      ("chown :G /run/x", [("/run/x", nil)], nil, "G"), ("chgrp G -- /run/x", [], nil, nil),
      ("checkpath --directory --mode 0755 --owner U:G /run/x", [("/run/x", 0o755)], "U", "G"),
      ("checkpath -f -o U /run/x", [], nil, nil), ("mkdir relative", [], nil, nil),
    ] as [(String, [(RootPath, UInt16?)], ByteString?, ByteString?)])
  func `a command makes directories and gives them away`(
    line: String, paths: [(RootPath, UInt16?)], user: ByteString?, group: ByteString?
  ) throws {
    let evidence = Evidence(file: "x", mark: .line(1))
    let facts = StartAction.facts(of: try #require(commands(line).first), evidence)
    #expect(facts.directories.map(\.value.path) == paths.map(\.0))
    #expect(facts.directories.map(\.value.permissions) == paths.map(\.1))
    #expect(facts.directories.allSatisfy { $0.value.user == user })
    #expect(facts.directories.allSatisfy { $0.value.group == group.map { .named($0) } })
  }

  @Test(
    arguments: [
      ("start-stop-daemon --start --chuid u:g --exec /bin/d -- -x", ["u"], ["g"]),
      ("start-stop-daemon -S -c u -g g -x /bin/d", ["u"], ["g"]),
      ("su - u -c 'x y'", ["u"], []), ("su -s /bin/sh u", ["u"], []),
      ("runuser -u u -- x", ["u"], []), ("setpriv --reuid=u --regid g x", ["u"], ["g"]),
      ("chpst -u u:g x", ["u"], ["g"]), ("daemon --user=u x", ["u"], []), ("echo u", [], []),
    ] as [(String, [ByteString], [ByteString])])
  func `a command becomes a user`(
    line: String, users: [ByteString], groups: [ByteString]
  ) throws {
    let evidence = Evidence(file: "x", mark: .line(1))
    let facts = StartAction.facts(of: try #require(commands(line).first), evidence)
    #expect(facts.users.map(\.value) == users)
    #expect(facts.groups.map(\.value) == groups)
  }
}

struct AccountWordsTests {
  @Test(
    arguments: [
      (["-u", "u", "-g", "g"], ["u"], ["g"]), (["--user=u:g"], ["u"], ["g"]),
      (["--user", "u"], ["u"], []), (["-o", "user=u"], ["u"], []), (["-x", "u"], [], []),
      (["server.username", "=", "u"], [], []), (["-u"], [], []),
    ] as [([ByteString], [ByteString], [ByteString])])
  func `an option or variable names an account`(
    words: [ByteString], users: [ByteString], groups: [ByteString]
  ) {
    let facts = AccountWords.facts(in: words, Evidence(file: "x", mark: .line(1)))
    #expect(facts.users.map(\.value) == users)
    #expect(facts.groups.map(\.value) == groups)
  }

  @Test func `configuration of any grammar names accounts`() {
    var root = RootView(
      tree: InMemoryTree([
        "/etc/x.conf": .text(
          """
          # user = no
          user www;
          server.username  = "u1"
          $PrivDropToUser u2
          $FileGroup g1
          cache_effective_group g2
          -u u3
          the user is nobody here
          <User x>
          """)
      ]))
    let facts = ConfiguredAccounts.facts(at: "/etc/x.conf", in: &root)
    #expect(Set(facts.users.map(\.value)) == ["www", "u1", "u2", "u3"])
    #expect(facts.groups.map(\.value) == ["g1", "g2"])
    #expect(facts.users.first?.evidence == Evidence(file: "/etc/x.conf", mark: .line(2)))
  }
}
