import FileTree
import TestSupport
import Testing

@testable import Discovery

/// What a kernel, and an engine before it, has against what is to be started.
struct ProgramStartTests {
  private static let shebang = Array("#!/bin/sh\necho\n".utf8)
  private static let tree = AlteredTree(
    InMemoryTree([
      "/bin/sh": .elf(.program()), "/bin/env": .elf(.program()), "/app": .elf(.program()),
      "/plain": .elf(.program(), permissions: 0o644), "/dir": .directory(),
      "/bin/dir": .directory(), "/to-app": .link("app"), "/to-nothing": .link("gone"),
      "/script": .file(shebang, permissions: 0o755),
      "/unmarked": .file(Array("echo\n".utf8), permissions: 0o755),
      "/empty": .file([], permissions: 0o755),
      "/returns": .file(Array("#!/bin/sh -e\r\necho\n".utf8), permissions: 0o755),
      "/marked": .file([0xEF, 0xBB, 0xBF] + shebang, permissions: 0o755),
      "/aimless": .file(Array("#!/no\n".utf8), permissions: 0o755),
      "/by-env": .file(Array("#!/bin/env no\n".utf8), permissions: 0o755),
      "/by-plain": .file(Array("#!/plain\n".utf8), permissions: 0o755),
      "/own/app": .elf(.program(), permissions: 0o700), "/own": .directory(permissions: 0o755),
      "/group/app": .elf(.program(), permissions: 0o710),
      "/closed": .directory(permissions: 0o700), "/closed/app": .elf(.program()),
      "/secret": .file(shebang, permissions: 0o711),
      "/less": .elf(.program(), permissions: 0o077),
      "/raw": .elf(.program()), "/mighty": .elf(.program()),
      "/by-mighty": .file(Array("#!/mighty\n".utf8), permissions: 0o755),
    ]),
    owners: [
      "/own/app": .init(user: 7, group: 7), "/group/app": .init(user: 0, group: 8),
      "/less": .init(user: 7, group: 0),
    ],
    attributes: [
      "/raw": [capabilities(0x20)], "/mighty": [capabilities(0x21)],
      "/script": [capabilities(0x21)],
    ])

  /// cap_net_raw, cap_chown and, with the bit of 0x20, cap_sys_admin, all of them effective.
  private static func capabilities(_ third: UInt8) -> ExtendedAttribute {
    ExtendedAttribute(
      name: ExtendedAttribute.capabilities,
      value: [1, 0, 0, 2, third & 1, 0x20, third & 1 == 0 ? 0 : 0x20]
        + Array(repeating: 0, count: 13))
  }

  private func fault(
    _ word: ByteString, _ environment: [ByteString] = [], in directory: RootPath = .root,
    as user: (UInt32, UInt32)? = nil
  ) -> StartFault? {
    var view = RootView(tree: Self.tree)
    return ProgramStart(
      word, environment: environment, workingDirectory: directory,
      user: user.map { FileStatus.Owner(user: $0.0, group: $0.1) }
    ).fault(in: &view)
  }

  @Test(
    arguments: [
      ("/app", nil), ("/to-app", nil), ("/script", nil), ("./app", nil), ("bin/sh", nil),
      ("sh", nil), ("/gone", .missing), ("/to-nothing", .missing), ("./gone", .missing),
      ("/app/x", .missing), ("/dir", .notRegular(.directory)), ("/plain", .notExecutable("/plain")),
      ("/unmarked", .unknownFormat("/unmarked", hasByteOrderMark: false)),
      ("/empty", .unknownFormat("/empty", hasByteOrderMark: false)),
      ("/marked", .unknownFormat("/marked", hasByteOrderMark: true)),
      ("/returns", .carriageReturn(script: "/returns")),
      ("/aimless", .script(.missing(script: "/aimless", interpreter: "/no"))),
      ("/by-env", .script(.notInPath(script: "/by-env", name: "no"))),
      ("/by-plain", .notExecutable("/plain")),
      ("/raw", nil), ("/mighty", .capabilities("/mighty", refused: ["cap_sys_admin"])),
      ("/by-mighty", .capabilities("/mighty", refused: ["cap_sys_admin"])),
      ("app", .notInPath(directories: ScriptChain.searchPath)),
      ("dir", .notInPath(directories: ScriptChain.searchPath)),
    ] as [(ByteString, StartFault?)])
  func `what can be started can, and what can't says why`(word: ByteString, expected: StartFault?) {
    #expect(fault(word) == expected)
  }

  @Test func `a name is searched in PATH, and a path begins at the working directory`() {
    #expect(fault("app", ["A=b", "PATH=/dir:/"]) == nil)
    #expect(fault("sh", ["PATH=/dir"]) == .notInPath(directories: ["/dir"]))
    #expect(fault("app", ["PATH=/dir:"], in: "/own") == nil)
    #expect(fault("./app", in: "/own") == nil)
    #expect(fault("../app", in: "/own") == nil)
    #expect(fault("./sh", in: "/own") == .missing)
    // A file that nobody may execute doesn't end the search.
    #expect(fault("plain", ["PATH=/"]) == .notInPath(directories: ["/"]))
  }

  @Test func `another user than root needs the rights of his bits alone`() {
    #expect(fault("/own/app", as: (7, 1)) == nil)
    #expect(fault("/own/app", as: (8, 7)) == .forbidden(.execute, path: "/own/app", user: 8))
    #expect(fault("/group/app", as: (7, 8)) == nil)
    #expect(fault("/group/app", as: (7, 7)) == .forbidden(.execute, path: "/group/app", user: 7))
    #expect(fault("/closed/app", as: (7, 7)) == .forbidden(.enter, path: "/closed", user: 7))
    #expect(fault("/secret", as: (7, 7)) == .forbidden(.read, path: "/secret", user: 7))
    #expect(fault("/less", as: (7, 7)) == .forbidden(.execute, path: "/less", user: 7))
    for path: ByteString in ["/own/app", "/group/app", "/closed/app", "/secret", "/less"] {
      #expect(fault(path) == nil)
      #expect(fault(path, as: (0, 7)) == nil)
    }
  }

  @Test func `what helps is told, with the option that brings what is missing`() {
    #expect(StartFault.missing.option(for: "/bin/sh") == "--with shell")
    #expect(StartFault.missing.option(for: "/x") == "--add /x")
    #expect(StartFault.notInPath(directories: []).option(for: "sh") == "--with shell")
    #expect(StartFault.notInPath(directories: []).option(for: "node") == nil)
    #expect(fault("/plain")?.option(for: "/plain") == nil)
    #expect(fault("/plain")?.remedy == "chmod +x /plain")
  }
}
