import FileTree
import TestSupport
import Testing

@testable import Discovery

struct ShellScriptTests {
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
    ("a\\\nwk x; 's'ed; \"$x\"sort; $(which ls) x", "awk sed which"),
    ("x=$((1 + 2)); y=$(cat <(zcat f)); [ -f x ] && find . -exec rm", "cat zcat find"),
    ("/usr/bin/id; ./own; { date; }; [[ -n $x ]] || true", "/usr/bin/id ./own date"),
    ("echo 'it; rm x' \"; mv y\" \\; ln", ""),
  ])
  func `commands are what stands where a command's name does`(script: String, names: String) {
    let found = ShellScript(Array(script.utf8)).commands.map(\.name.description)
    #expect(Set(found) == Set(names.split(separator: " ").map(String.init)), "\(found)")
  }

  @Test func `functions are told, and lines are counted`() {
    let script = ShellScript(Array("#!/bin/sh\n# c\nrun() {\n  sed\n}\ncat << E\nx\nE\nrun\n".utf8))
    #expect(script.functions == ["run"])
    #expect(
      script.commands == [
        .init(name: "sed", line: 4), .init(name: "cat", line: 6), .init(name: "run", line: 9),
      ])
  }

  @Test(arguments: [
    "`", "$(", "\"", "'", "\\", "<<", "<<E\n", "case x in", "case", ")))", ";;", "((((", "${",
    "a()",
    String(repeating: "$(", count: 100_000), String(repeating: "`\"", count: 100_000),
  ])
  func `a damaged script ends all the same`(script: String) {
    #expect(ShellScript(Array(script.utf8)).commands.isEmpty)
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
}
