import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ShellScriptTests {
  private func commands(_ script: String) -> [ShellEvaluation.Use] {
    var root = RootView(tree: InMemoryTree([:]))
    let object = ObservedObject(
      path: "/srv/start", real: "/srv/start", place: "/srv/start", image: nil, isProgram: true,
      imports: [])
    return ShellEvaluation(
      ShellScript(Array(script.utf8)), at: ShellPlace(of: object), in: &root
    ).commands.all
  }

  @Test(arguments: [
    ("sed x; sort|uniq && wc & cut", "sed sort uniq wc cut"),
    ("A=1 B=\"$(date)\" make all", "date make"),
    ("a=`basename $0`; b=`dirname \"$0\"`", "basename dirname"),
    ("echo \"at $(hostname -f | cut -c1-3), ${x:-y}\" # not this\nend", "hostname cut end"),
    ("if grep -q x f; then rm f; elif ! mv a b; then :; else tar c; fi", "grep mv rm tar"),
    ("for f in ls cp; do stat $f; done\nwhile sleep 1; do ps; done", "stat sleep ps"),
    ("case $1 in start|stop) curl;; (git) wget ;; *) nc; esac; id", "curl wget nc id"),
    ("exec dash\nexec \"$BIN/erl\"\nexec nice -n 5 make", "dash nice make"),
    ("command -v apt && command ls; nohup env X=1 top &", "ls nohup env top"),
    ("cat <<EOF <<-'E'\nrm x\nEOF\n\tmv y\n\tE\nfold <<< text > out 2>&1", "cat fold"),
    ("run() { kubectl; }\n( cd /; make ) 2>/dev/null", "kubectl make"),
    ("a\\\nwk x; 's'ed; \"$x\"sort; $(which ls) x", "awk sed which ls"),
    ("sed x | \\\n  sort |\n# then\n  uniq && \\\n\\\n\twc", "sed sort uniq wc"),
    (
      "run () { sed; }; function stop { awk; }; function end() { tr; }\nrun; stop; end",
      "sed awk tr"
    ),
    ("PROG=/bin/x; $PROG -a; \"${PROG}\" b; exec $PROG", "/bin/x"),
    ("D=/opt/s; \"$D/bin/a\"; ${D}/b; \"$D\"'/c' x", "/opt/s/bin/a /opt/s/b /opt/s/c"),
    ("${TOOL:-/bin/x}; : \"${OTHER:=/bin/y}\"; $OTHER; ${Z-'/bin/z'}", "/bin/x /bin/y /bin/z"),
    ("A=/bin/a\nif [ -x $A ]; then A=/bin/b; fi\n$A", "/bin/a /bin/b"),
    ("A=/bin/a\n[ -x /b ] && A=/bin/b\n$A; A=/bin/c; $A", "/bin/a /bin/b /bin/c"),
    ("run() { $A; }; A=/bin/a; run", "/bin/a"),
    ("export A=/bin/a; $A; for B in /bin/b /bin/c; do $B; done", "/bin/a /bin/b /bin/c"),
    ("A=/opt/x/bin/y; \"${A%/*}/z\"; ${A##*/} q; ${A%y}w", "/opt/x/bin/z y /opt/x/bin/w"),
    ("A=$(dirname /opt/x/y); $A/z; `basename /opt/b`", "dirname /opt/x/z basename b"),
    ("CMD='sed -e x'; $CMD f; A=$(command -v awk) && $A; cd /opt; ./run", "sed awk /opt/./run"),
    ("A=$(uname -m); /opt/$A/x; A=/b; unset A; \"${X:-it's}\"; sort", "uname it's sort"),
    ("A=a; A+=b; $A; case $A in x) sed;; esac >$(mktemp) 2>&1; ${A/a/b}; ${#A}", "ab sed mktemp"),
    ("x=$((1 + 2)); y=$(cat <(zcat f)); [ -f x ] && find . -exec rm", "cat zcat find"),
    ("/usr/bin/id; ./own; { date; }; [[ -n $x ]] || true", "/usr/bin/id ./own date"),
    ("echo 'it; rm x' \"; mv y\" \\; ln", ""),
  ])
  func `commands are what stands where a command's name does`(script: String, names: String) {
    let found = commands(script).map(\.value.description)
    #expect(Set(found) == Set(names.split(separator: " ").map(String.init)), "\(found)")
  }

  @Test func `functions are told, and lines are counted`() {
    let text = "#!/bin/sh\n# c\nrun() {\n  sed\n}\ncat << E\nx\nE\nrun\nls \\\n | tr\n"
    #expect(ShellScript(Array(text.utf8)).functions == ["run"])
    #expect(
      commands(text).map { "\($0.value):\($0.line)" } == ["sed:4", "cat:6", "ls:10", "tr:11"])
  }

  @Test(arguments: [
    "`", "$(", "\"", "'", "\\", "<<", "<<E\n", "case x in", "case", ")))", ";;", "((((", "${",
    "a()",
    String(repeating: "$(", count: 100_000), String(repeating: "`\"", count: 100_000),
    String(repeating: "${a:-", count: 100_000), String(repeating: "\"${a%", count: 100_000),
    "a=" + String(repeating: "/x", count: 50_000) + "; $a", "${a[", "${", "$", "\"\\",
    "a=\"$(" + String(repeating: "b=$b$b$b;", count: 10_000),
    "for a in / /; do b=$b$a$a$a$a; b=$b$b; done; $b$b$b$b$b$b$b$b",
  ])
  func `a damaged script ends all the same`(script: String) {
    #expect(commands(script).allSatisfy { $0.value.count < PathResolver.textLimit })
  }

  @Test func `a script's programs are those of the root's search path`() {
    var fixture = PluginFixture(
      ShellCommands(),
      [
        "/start.sh": .file(
          Array("#!/bin/sh\nsed x\nrun() { gone; }\nrun\n/opt/tool\n./own\n".utf8),
          permissions: 0o755),
        "/script.py": .file(Array("#!/usr/bin/python3\nsed x\n".utf8), permissions: 0o755),
        "/bin/sh": .program(), "/usr/bin/sed": .program(), "/usr/bin/run": .program(),
        "/opt/tool": .program(), "/usr/bin/python3": .program(), "/own": .program(),
      ])
    let needs = fixture.needs(of: "/start.sh", isProgram: true)
    #expect(needs.essential.paths == ["/opt/tool", "/usr/bin/sed"])
    #expect(needs.compactMap(\.place) == ["/start.sh:2", "/start.sh:5"])
    #expect(fixture.needs(of: "/script.py", isProgram: true).isEmpty)
  }

  // MARK: What lies beside a script

  private static let beside: [RootPath: InMemoryTree.Node] = [
    "/bin/sh": .program(), "/usr/bin/dirname": .program(), "/usr/bin/readlink": .program(),
    "/srv/app/bin/tool": .program(),
    "/srv/app/bin/common.sh": .text("PART=/usr/bin/part\n. ./more"),
    "/srv/app/bin/more": .text("$PART\n"), "/usr/bin/part": .program(),
    "/srv/app/lib/data": .text("x"), "/srv/app/lib/run": .program(), "/srv/app/secret": .text("x"),
    "/usr/bin/app": .link("/srv/app/bin/start"),
  ]

  @Test(arguments: [
    "D=$(dirname \"$0\")", "D=${0%/*}",
    "D=\"$(cd \"$(dirname \"$0\")\" >/dev/null 2>&1 && pwd -P)\"",
    "D=`dirname $0`", "D=$(dirname \"$(readlink -f -- \"$0\")\")", "cd ${0%/*}; D=$PWD",
    "D=\"$( cd -- \"$( dirname -- \"${BASH_SOURCE[0]}\" )\" && pwd )\"",
  ])
  func `what a script finds from its own place goes along with it`(line: String) {
    let text =
      "#!/bin/sh\n\(line)\n\"$D/tool\"\n. \"$D/common.sh\"\n\"$D\"/../lib/run $D/../lib x $D/.."
    var fixture = PluginFixture(
      ShellCommands(),
      Self.beside.merging(["/srv/app/bin/start": .file(Array(text.utf8), permissions: 0o755)]) {
        $1
      })
    let own = ["/tool", "/common.sh", "/more", "/../lib/run", "/../lib"].map {
      RootPath(normalising: ByteString("/srv/app/bin" + $0))
    }
    let kept = fixture.needs(of: "/srv/app/bin/start", isProgram: true)
    let programs: Set<RootPath> = ["/usr/bin/dirname", "/usr/bin/readlink"]
    let sources = Set(kept.paths.map { RootPath(normalising: $0) }).subtracting(programs)
    #expect(sources == Set(own + ["/usr/bin/part"]))
    let moved = fixture.needs(of: "/srv/app/bin/start", isProgram: true, place: "/opt/bin/start")
    let places = Set(
      moved.flatMap(\.wishes).compactMap { if case .path(_, let place) = $0 { place } else { nil } }
    )
    #expect(
      places == [
        "/opt/bin/tool", "/opt/bin/common.sh", "/opt/bin/more", "/opt/lib/run", "/opt/lib",
      ])
  }

  @Test func `a script that a link leads to finds what lies beside its file`() {
    let text = "#!/bin/sh\nexec \"$(dirname \"$(readlink -f \"$0\")\")/tool\"\n"
    var fixture = PluginFixture(
      ShellCommands(),
      Self.beside.merging(["/srv/app/bin/start": .file(Array(text.utf8), permissions: 0o755)]) {
        $1
      })
    #expect(fixture.needs(of: "/usr/bin/app", isProgram: true).paths.contains("/srv/app/bin/tool"))
  }

  @Test func `scripts that read each other, or themselves, end`() {
    var fixture = PluginFixture(
      ShellCommands(),
      [
        "/start": .file(Array("#!/bin/sh\n. /a\n. /secret\n".utf8), permissions: 0o755),
        "/a": .text(". /b; sed"), "/b": .text(". /a; . /b"), "/bin/sh": .program(),
        "/usr/bin/sed": .program(), "/secret": .file(Array("tr".utf8), permissions: 0o600),
        "/usr/bin/tr": .program(),
      ])
    let needs = fixture.needs(of: "/start", isProgram: true)
    // What not everybody may read is named, so that it is told, but not looked into.
    #expect(needs.paths == ["/a", "/b", "/secret", "/usr/bin/sed"])
    #expect(needs.first { $0.wishes == [.path("/usr/bin/sed", at: nil)] }?.place == "/a:1")
  }
}
