import Bundle
import ELF
import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Strip

/// Real programs without their debugging data, by the tools of the host.
struct PlanStripperTests: StripFixture {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try Self.makeScratch()
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
    let result = try strip(before, tool, debugDirectory: "debug/deep")
    #expect(result.warnings.isEmpty)
    #expect(result.strippedFileCount == 1)
    #expect(result.debugFiles.count == 1)
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
    let result = try strip(try plan(), tool)
    #expect(result.warnings.isEmpty, "\(result.warnings)")
    #expect(result.strippedFileCount == machines.count)
    #expect(result.debugFiles.count == 0)
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
    let result = try strip(try plan())
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
      let stripped = try strip(plan, tool, debugDirectory: name)
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
    let result = try strip(try plan(), debugDirectory: "debug")
    #expect(result.debugFiles.count == 1)
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
    let result = try strip(before, debugDirectory: "debug")
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
    let result = try strip(before, tool)
    #expect(result.strippedFileCount == 1)
    try extract("/main", of: result.plan, to: "stripped")
    #expect(
      try Shell.bash("./stripped; readelf -p .own_data stripped", in: scratch.url)
        .contains("payload"))
    #expect(
      result.warnings == [.kept("/odd", .unnameableSection("odd*name"))])
    #expect(try isUnchanged("/odd", before, result.plan))
  }

  @Test func `a program with data behind its end stays as it is, and that is told`() throws {
    let end = try Shell.bash(
      "cc -g main.c -o in/main; stat -c %s in/main; echo PK-archive >> in/main", in: scratch.url
    ).split(separator: "\n").first.flatMap { UInt64($0) }
    let before = try plan()
    let result = try strip(before)
    #expect(result.strippedFileCount == 0)
    #expect(result.warnings == [.kept("/main", .strayData(offset: try #require(end)))])
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
    let result = try strip(before)
    #expect(result.strippedFileCount == 0)
    #expect(
      result.warnings.map { warning -> RootPath? in
        guard case .kept(let path, _) = warning else { return nil }
        return path
      } == ["/beyond", "/half", "/magic", "/short", "/size"])
    #expect(result.warnings.first == .kept("/beyond", .truncated))
    #expect(result.warnings.last == .kept("/size", .unusualTables))
    #expect(try heldFiles() == "")
    for name in ["half", "short", "magic", "size", "beyond"] {
      #expect(try isUnchanged(RootPath(normalising: ByteString("/" + name)), before, result.plan))
    }
  }

  @Test(
    arguments: [
      ("exit 0", .nothingWritten(tool: "eu-strip")),
      ("echo broken; exit 3", .toolFailed("eu-strip", .exited(3), said: "broken")),
      ("kill -9 $$", .toolFailed("eu-strip", .killed(signal: 9), said: "")),
      (": > $2", .damagedOutput(tool: "eu-strip")),
      ("cp /bin/true $2", .difference(tool: "eu-strip", .header)),
      (
        "cp $3 $2; chmod +w $2; printf '\\xff' | dd of=$2 bs=1 seek=70 conv=notrunc status=none",
        .difference(tool: "eu-strip", .segments)
      ),
      (
        "cp $3 $2; chmod +w $2; printf '\\xff' | dd of=$2 bs=1 seek=900 conv=notrunc status=none",
        .difference(tool: "eu-strip", .segmentContent)
      ),
    ] as [(String, KeptReason)])
  func `what a tool gets wrong doesn't ship, and doesn't wait for the end`(
    script: String, reason: KeptReason
  ) throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    let before = try plan()
    let result = try strip(before, script: script)
    #expect(result.warnings == [.kept("/main", reason)])
    #expect(try isUnchanged("/main", before, result.plan))
    #expect(try heldFiles() == "")
  }

  @Test func `a tool that writes no debugging data has none taken away`() throws {
    try Shell.bash("cc -g main.c -o in/main", in: scratch.url)
    try scratch.write(
      """
      #!/bin/bash
      # -f DEBUG -o OUTPUT INPUT
      exec $(PATH=/usr/bin:/bin; command -v eu-strip) -o "$4" "$5"
      """, to: "tools/eu-strip.copy")
    try makeExecutable("tools/eu-strip")
    let result = try stripper(searchPath: ByteString(scratch.path + "/tools"))
      .strip(try plan(), debuggingData: .kept())
    #expect(result.warnings == [.kept("/main", .noDebuggingData(tool: "eu-strip"))])
    #expect(result.debugFiles.count == 0)
  }
}
