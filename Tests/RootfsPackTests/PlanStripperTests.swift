import Bundle
import ELF
import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import RootfsPack

/// Real programs without their debugging data, by the tools of the host.
struct PlanStripperTests {
  let scratch: TemporaryDirectory
  static let searchPath = ByteString(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")

  /// Strip tools, each alone on a search path.
  enum Tool: String, CaseIterable {
    case elfutils = "eu-strip"
    case llvm = "llvm-objcopy"
  }

  init() throws {
    scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdio.h>
      static int twice(int x) { return 2 * x; }
      int main(void) { printf("%d\\n", twice(21)); return 0; }
      """, to: "main.c")
    try Shell.bash("mkdir in tools tmp", in: scratch.url)
  }

  // MARK: Running

  func stripper(_ tool: Tool = .elfutils) throws -> PlanStripper {
    try Shell.bash(
      "ln -sf \"$(command -v \(tool.rawValue))\" tools/",
      in: scratch.url)
    return try stripper(searchPath: ByteString(scratch.path + "/tools"))
  }

  func stripper(
    searchPath: ByteString, interruption: @escaping @Sendable () -> Int32? = { nil }
  ) throws -> PlanStripper {
    try PlanStripper(
      searchPath: searchPath, temporaryDirectory: FilePath(scratch.path + "/tmp"),
      interruption: interruption)
  }

  /// A plan of all that is in the directory `in`, at the same paths of the image.
  func plan() throws -> BundlePlan {
    let tree = DirectoryTree(root: FilePath(scratch.path + "/in"))
    let additions = try tree.names(in: .root).map {
      Addition(tree: tree, source: RootPath.root.appending($0).text, destination: nil)
    }
    var builder = PlanBuilder(tree: tree, subjects: [], additions: additions)
    return try builder.build()
  }

  func content(_ path: RootPath, of plan: BundlePlan) throws -> [UInt8] {
    let file = try PlanTree(plan.entries).open(path)
    return try file.read(at: 0, count: Int(file.size))
  }

  /// Writes a file of a plan to the scratch directory, executable.
  func extract(_ path: RootPath, of plan: BundlePlan, to name: String) throws {
    try scratch.write(try content(path, of: plan), to: name + ".copy")
    try makeExecutable(name)
  }

  /// Makes a program of a file with `.copy` behind its name: one that this process itself wrote might
  /// still be open for writing in another test's child, and can't be started.
  func makeExecutable(_ name: String) throws {
    try Shell.bash("cp '\(name).copy' '\(name)'; chmod +x '\(name)'", in: scratch.url)
  }

  func isUnchanged(_ path: RootPath, _ before: BundlePlan, _ after: BundlePlan) throws -> Bool {
    try content(path, of: before) == content(path, of: after)
  }

  var temporaryFiles: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")) ?? ["?"]
  }

  // MARK: What is stripped

  @Test(arguments: Tool.allCases)
  func `a stripped program is smaller, still runs and has its debugging data by build id`(
    tool: Tool
  ) throws {
    try Shell.bash(
      "cc -g -O0 -Wl,--build-id=sha1 main.c -o in/main; ln in/main in/other; chmod 750 in/main",
      in: scratch.url)
    let before = try plan()
    let debugDirectory = scratch.path + "/debug/deep"
    let result = try stripper(tool).strip(before, debugDirectory: FilePath(debugDirectory))
    #expect(result.warnings.isEmpty)
    #expect(result.strippedFileCount == 1)
    #expect(result.debugFileCount == 1)
    #expect(result.savedSize > 1000)
    #expect(result.plan.contentSize == before.contentSize - result.savedSize)
    guard case .file(.copy(_, _, let status), 0o750)? = result.plan.entries.first?.node,
      case .hardLink("/main", 0o750)? = result.plan.entries.last?.node
    else {
      Issue.record("\(result.plan.entries)")
      return
    }
    // The output that would overwrite the program is still known as such.
    #expect(
      status.identity == (try DirectoryTree(root: "/").status(of: realPath("in/main"))).identity)

    try extract("/main", of: result.plan, to: "stripped")
    #expect(try Shell.bash("./stripped", in: scratch.url) == "42\n")
    try Shell.bash(
      "diff <(readelf -lW in/main | tail -n +2) <(readelf -lW stripped | tail -n +2)",
      in: scratch.url)
    let sections = try Shell.bash("readelf -SW stripped", in: scratch.url)
    #expect(!sections.contains(".symtab") && !sections.contains(".debug_info"))
    let found = try Shell.bash(
      """
      id=$(readelf -n in/main | sed -n 's/.*Build ID: //p')
      file=debug/deep/.build-id/${id:0:2}/${id:2}.debug
      readelf -SW $file
      readelf -p .gnu_debuglink stripped | grep -c "${id:2}.debug"
      stat -c %a $file
      find debug -type f | wc -l
      """, in: scratch.url)
    #expect(found.contains(".debug_info"))
    #expect(found.hasSuffix("\n1\n644\n1\n"))
  }

  func realPath(_ name: String) -> RootPath {
    RootPath(normalising: ByteString(scratch.url.resolvingSymlinksInPath().path + "/" + name))
  }

  @Test(arguments: Tool.allCases)
  func `objects of every machine are stripped`(tool: Tool) throws {
    let machines = ["aarch64", "i686", "powerpc", "riscv64", "s390x", "x86_64"]
    try Shell.bash(
      """
      echo 'int value = 5; int twice(int x) { return 2 * x * value; }' > twice.c
      for machine in \(machines.joined(separator: " ")); do
        clang --target=$machine-linux-gnu -g -nostdlib -fuse-ld=lld -shared -fPIC twice.c \
          -o in/$machine
      done
      """, in: scratch.url)
    let result = try stripper(tool).strip(try plan(), debugDirectory: nil)
    #expect(result.warnings.isEmpty, "\(result.warnings)")
    #expect(result.strippedFileCount == machines.count)
    #expect(result.debugFileCount == 0)
    for machine in machines {
      try scratch.write(
        try content(RootPath(normalising: ByteString("/" + machine)), of: result.plan),
        to: machine + ".stripped")
    }
    let sections = try Shell.bash("readelf -SW *.stripped", in: scratch.url)
    #expect(!sections.contains(".symtab") && !sections.contains(".debug_info"))
  }

  @Test func `headers of sections between the parts of a segment may move`() throws {
    // As Go's linker lays a program out: names of sections lie inside of the read-only segment.
    try Shell.bash(
      """
      cc -g -Wl,--build-id=none main.c -o plain
      python3 - <<'END'
      import struct
      data = bytearray(open("plain", "rb").read())
      program, table = struct.unpack_from("<QQ", data, 0x20)
      count, names = struct.unpack_from("<HH", data, 0x3C)
      # One more loaded segment, in the place of a note, holds the file's end with headers and names.
      for header in range(program, program + 56 * struct.unpack_from("<H", data, 0x38)[0], 56):
          if struct.unpack_from("<I", data, header)[0] == 4:
              offset = struct.unpack_from("<Q", data, table + 64 * names + 0x18)[0]
              struct.pack_into(
                  "<IIQQQQQQ", data, header, 0x6FFFFFF0, 4, offset, offset, offset,
                  len(data) - offset, len(data) - offset, 1)
              break
      open("in/main", "wb").write(data)
      END
      """, in: scratch.url)
    let file = try scratch.tree.open("/in/main")
    let layout = try ElfLayout(reading: file, header: ElfHeader(reading: file))
    // The names and the table at the end, which that segment holds, aren't what runs.
    let end = try #require(layout.segments.map(\.range.upperBound).max())
    let running = try #require(layout.runningRanges.map(\.upperBound).max())
    #expect(end == file.size)
    #expect(running < file.size - UInt64(64 * layout.sections.count))
  }

  @Test func `a static program loses what the tool can take from it`() throws {
    try Shell.bash("cc -g -static main.c -o in/static", in: scratch.url)
    let result = try stripper().strip(try plan(), debugDirectory: nil)
    #expect(result.warnings.isEmpty)
    try extract("/static", of: result.plan, to: "stripped")
    #expect(try Shell.bash("./stripped", in: scratch.url) == "42\n")
    #expect(!(try Shell.bash("readelf -SW stripped", in: scratch.url)).contains(".debug_info"))
  }

  @Test(arguments: Tool.allCases)
  func `the same file gives the same bytes`(tool: Tool) throws {
    try Shell.bash("cc -g -Wl,--build-id=sha1 main.c -o in/main", in: scratch.url)
    let plan = try plan()
    let results = try ["one", "two"].map { name in
      let stripped = try stripper(tool).strip(
        plan, debugDirectory: FilePath(scratch.path).appending(name))
      return try content("/main", of: stripped.plan)
    }
    #expect(results[0] == results[1])
    try Shell.bash("diff -r one two", in: scratch.url)
  }

  @Test func `without a build id the debugging data lies where the program does`() throws {
    try Shell.bash(
      """
      mkdir -p in/opt/app debug/opt/app
      cc -g -Wl,--build-id=none main.c -o in/opt/app/--odd
      echo old > debug/opt/app/--odd.debug
      """, in: scratch.url)
    let result = try stripper().strip(
      try plan(), debugDirectory: FilePath(scratch.path + "/debug"))
    #expect(result.debugFileCount == 1)
    #expect(
      try Shell.bash("readelf -SW debug/opt/app/--odd.debug; ls -A debug/opt/app", in: scratch.url)
        .contains(".debug_info"))
    #expect(try Shell.bash("ls -A debug/opt/app", in: scratch.url) == "--odd.debug\n")
  }

  @Test func `what isn't a linked program with debugging data is left alone`() throws {
    try Shell.bash(
      """
      cc -g -c main.c -o in/object.o
      ar rcs in/archive.a in/object.o
      cc -g main.c -o full; eu-strip -f in/data.debug -o in/stripped full
      cp main.c in; printf '#!/bin/sh\\n' > in/script; : > in/empty; ln -s script in/link
      """, in: scratch.url)
    let before = try plan()
    let result = try stripper().strip(before, debugDirectory: FilePath(scratch.path + "/debug"))
    #expect(result.warnings.isEmpty)
    #expect(result.strippedFileCount == 0)
    #expect(result.savedSize == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/debug"))
    for name in ["object.o", "archive.a", "data.debug", "stripped", "script"] {
      #expect(
        try isUnchanged(RootPath(normalising: ByteString("/" + name)), before, result.plan))
    }
  }

  // MARK: What ships as it is

  @Test(arguments: Tool.allCases)
  func `sections that a program reads of its own file stay`(tool: Tool) throws {
    try Shell.bash(
      """
      cc -g main.c -o plain; echo payload > data
      objcopy --add-section .own_data=data plain in/main
      objcopy --add-section 'odd*name=data' plain in/odd
      """, in: scratch.url)
    let before = try plan()
    let result = try stripper(tool).strip(before, debugDirectory: nil)
    #expect(result.strippedFileCount == 1)
    try extract("/main", of: result.plan, to: "stripped")
    #expect(
      try Shell.bash("./stripped; readelf -p .own_data stripped", in: scratch.url)
        .contains("payload"))
    #expect(
      result.warnings.map(\.line) == [
        "rootfs-pack: warning: /odd: not stripped: its section 'odd*name' would be lost"
      ])
    #expect(try isUnchanged("/odd", before, result.plan))
  }

  @Test func `a program with data behind its end stays as it is, and that is told`() throws {
    try Shell.bash(
      "cc -g main.c -o in/main; stat -c %s in/main; echo PK-archive >> in/main", in: scratch.url)
    let before = try plan()
    let result = try stripper().strip(before, debugDirectory: nil)
    #expect(result.strippedFileCount == 0)
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.message.contains("/main: not stripped: ") == true)
    #expect(try isUnchanged("/main", before, result.plan))
  }

  @Test func `damaged files stay as they are, and that is told`() throws {
    try Shell.bash(
      """
      cc -g main.c -o main
      head -c 3000 main > in/half; head -c 30 main > in/short; head -c 4 main > in/magic
      # Section headers of another size, and a section that lies beyond the end.
      cp main in/size; printf '\\x41' | dd of=in/size bs=1 seek=58 conv=notrunc status=none
      python3 - <<'END'
      import struct
      data = bytearray(open("main", "rb").read())
      table = struct.unpack_from("<Q", data, 0x28)[0]
      struct.pack_into("<Q", data, table + 28 * 64 + 0x20, 1 << 62)
      open("in/beyond", "wb").write(data)
      END
      """, in: scratch.url)
    let before = try plan()
    let result = try stripper().strip(before, debugDirectory: nil)
    #expect(result.strippedFileCount == 0)
    #expect(
      result.warnings.compactMap { $0.message.split(separator: " ").dropFirst().first }
        == ["/beyond:", "/half:", "/magic:", "/short:", "/size:"])
    for name in ["half", "short", "magic", "size", "beyond"] {
      #expect(try isUnchanged(RootPath(normalising: ByteString("/" + name)), before, result.plan))
    }
  }

  @Test(
    arguments: [
      ("exit 0", "eu-strip wrote nothing"),
      ("echo broken; exit 3", "eu-strip ended with 3: broken"),
      ("kill -9 $$", "eu-strip was killed by signal 9"),
      (": > $2", "what eu-strip wrote is damaged"),
      ("cp /bin/true $2", "with eu-strip, its ELF header would change"),
      (
        "cp $3 $2; chmod +w $2; printf '\\xff' | dd of=$2 bs=1 seek=70 conv=notrunc status=none",
        "with eu-strip, its segments would change"
      ),
      (
        "cp $3 $2; chmod +w $2; printf '\\xff' | dd of=$2 bs=1 seek=900 conv=notrunc status=none",
        "with eu-strip, the content of its segments would change"
      ),
    ])
  func `what a tool gets wrong doesn't ship`(script: String, reason: String) throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    try scratch.write(
      "#!/bin/bash\nPATH=/usr/bin:/bin\n" + script + "\n", to: "tools/eu-strip.copy")
    try makeExecutable("tools/eu-strip")
    let before = try plan()
    let result = try stripper(searchPath: ByteString(scratch.path + "/tools"))
      .strip(before, debugDirectory: nil)
    #expect(result.warnings.map(\.message) == ["warning: /main: not stripped: " + reason])
    #expect(try isUnchanged("/main", before, result.plan))
  }

  // MARK: Failures

  @Test func `without a tool the error names what to install`() {
    for searchPath in ["", scratch.path + "/tools", "tools:.:"] {
      #expect {
        try stripper(searchPath: ByteString(searchPath))
      } throws: { error in
        (error as? Diagnostic)?.message.contains("eu-strip (Debian package elfutils)") == true
      }
    }
  }

  @Test func `temporary files last as long as the plan, and no longer`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    var stripped: BundlePlan? = try stripper().strip(try plan(), debugDirectory: nil).plan
    #expect(temporaryFiles.count == 1)
    #expect(stripped?.entries.count == 1)
    stripped = nil
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `a failure leaves no temporary files`() throws {
    try Shell.bash("cc -g main.c -o in/main; : > debug", in: scratch.url)
    let plan = try plan()
    #expect {
      try stripper().strip(plan, debugDirectory: FilePath(scratch.path + "/debug"))
    } throws: { error in
      (error as? Diagnostic)?.remedy == "name another place with --debug-dir"
    }
    try Shell.bash("echo more >> in/main", in: scratch.url)
    #expect {
      try stripper().strip(plan, debugDirectory: nil)
    } throws: { error in
      (error as? Diagnostic)?.message == "/main: its source changed while it was packed"
    }
    #expect(temporaryFiles.isEmpty)
  }

  @Test func `a signal ends the run`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let plan = try plan()
    #expect {
      try stripper(searchPath: Self.searchPath) { 15 }.strip(plan, debugDirectory: nil)
    } throws: { error in
      (error as? Diagnostic)?.status == .interrupted(15)
    }
    #expect(temporaryFiles.isEmpty)
  }
}
