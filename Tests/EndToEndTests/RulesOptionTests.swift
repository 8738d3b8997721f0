import Foundation
import TestSupport
import Testing

/// `--rules` and `presets --explain`, as their users meet them.
struct RulesOptionTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdio.h>
      int main(void) { puts("%s/unheard-of/engine of /opt/unheard-of/engine"); return 0; }
      """, to: "main.c")
    try Shell.bash(
      """
      mkdir -p rules sys/usr/bin sys/opt/unheard-of/data
      gcc -static main.c -o sys/usr/bin/main
      echo x > sys/opt/unheard-of/data/x
      """, in: scratch.url)
    try scratch.write(
      """
      summary = "what the unheard of needs"
      source = "unheard-of(7)"
      [when]
      constant = "*/unheard-of/engine"
      [places]
      engine = { constant = "/*/unheard-of/engine", is = "text" }
      [[take]]
      tree = "{engine.parent}/data"
      expected = true
      purpose = "its data"
      """, to: "rules/unheard-of.toml")
  }

  private func run(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  @Test(arguments: [
    ["pack", "--root", "sys", "sys/usr/bin/main", "--dry-run", "--json"],
    ["inspect", "--root", "sys", "sys/usr/bin/main", "--json"],
    ["why", "--root", "sys", "sys/usr/bin/main", "unheard-of", "--json"],
  ])
  func `a rule of a user counts`(arguments: [String]) throws {
    let without = try Shell.run([Project.command] + arguments, in: scratch.url)
    let with = try Shell.run([Project.command] + arguments + ["--rules", "rules"], in: scratch.url)
    #expect(!without.output.contains("its data"))
    #expect(with.status == 0 && with.output.contains("its data"), "\(with.output)\(with.errors)")
  }

  @Test func `verify asks for what a rule expects`() throws {
    let pack = ["pack", "--root", "sys", "sys/usr/bin/main", "--rules", "rules", "--quiet"]
    for (output, more) in [("with.tar", []), ("without.tar", ["--without", "unheard-of"])] {
      let packed = try Shell.run(
        [Project.command] + pack + ["--output", output] + more, in: scratch.url)
      #expect(packed.status == 0, "\(packed.errors)")
    }
    let until = ["--until", "loader", "--rules", "rules"]
    let with = try Shell.run([Project.command, "verify", "with.tar"] + until, in: scratch.url)
    #expect(with.status == 0, "\(with.output)")
    let without = try Shell.run(
      [Project.command, "verify", "without.tar"] + until, in: scratch.url)
    #expect(without.status == 1 && without.output.contains("--with unheard-of"))
    #expect(try run("verify", "without.tar", "--until", "loader").status == 0)
  }

  @Test func `a rule of the same name goes before ours`() throws {
    try Shell.bash("mv rules/unheard-of.toml rules/nginx.toml", in: scratch.url)
    let explained = try run("presets", "--rules", "rules", "--explain", "nginx")
    #expect(explained.output.contains("unheard-of(7)") && !explained.output.contains("ngx_"))
  }

  @Test func `a preset is explained with its sources`() throws {
    let nginx = try run("presets", "--explain", "nginx")
    #expect(nginx.status == 0 && nginx.output.contains("src/core/ngx_conf_file.c"))
    #expect(nginx.output.contains("load_module"))
    #expect(try run("presets", "--explain", "libgcc").output.contains("glibc misc/unwind-link.c"))
    let own = try run("presets", "--rules", "rules", "--explain", "unheard-of", "--json")
    #expect(own.output.contains("\"unheard-of(7)\""))
    #expect(try run("presets", "--explain", "nothing").status == 2)
    #expect(try run("presets", "--rules", "rules").output.contains("what the unheard of needs"))
  }

  @Test func `a rule that can't be meant is one line with its place`() throws {
    try scratch.write("source = 1\n", to: "rules/unheard-of.toml")
    for arguments in [["inspect", "sys/usr/bin/main"], ["check", "sys/usr/bin/main"]] {
      let result = try Shell.run(
        [Project.command] + arguments + ["--rules", "rules"], in: scratch.url)
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("rootfs-pack: rules/unheard-of.toml:1: source must be"))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(try run("inspect", "sys/usr/bin/main", "--rules", "none").status == 2)
    #expect(try run("inspect", "sys/usr/bin/main", "--rules", "sys").status == 2)
    #expect(try run("inspect", "--with", "unheard-of", "sys/usr/bin/main").status == 2)
  }
}
