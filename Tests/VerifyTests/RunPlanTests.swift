import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Archive
@testable import Verify

/// What is started, as whom and where, by what an image says and what is asked.
struct RunPlanTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      mkdir -p etc tmp data/full usr/bin srv
      echo a > data/full/file
      echo 'app:x:7:8:app:/:/bin/sh' > etc/passwd
      echo 'web:x:9:' > etc/group
      for name in one usr/bin/two; do printf '#!/bin/sh\n' > $name; chmod +x $name; done
      """, in: scratch.url)
  }

  private func bundle(
    _ configure: (inout RunConfiguration) -> Void, without paths: [String] = []
  ) throws -> ReadBundle {
    for path in paths {
      try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(path))
    }
    let read = try ArchiveReader(options: ReadOptions()).read(FilePath(scratch.path))
    var configuration = RunConfiguration()
    configure(&configuration)
    let digest = ContentDigest(of: [])
    let image = ReadImage(
      names: [], platform: ImagePlatform(architecture: "amd64"), manifestDigest: nil,
      identifier: digest, configuration: configuration, layers: [], choices: [])
    return ReadBundle(
      format: read.format, entries: read.entries, tree: read.tree, directory: read.directory,
      image: image, violations: [])
  }

  private func plan(
    _ request: RunRequest = RunRequest(), without paths: [String] = [],
    _ configure: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> RunPlan {
    try RunPlan(request, of: bundle(configure, without: paths))
  }

  @Test func `the image's entrypoint and command are started`() throws {
    let plan = try plan {
      $0.entrypoint = ["/one", "-a"]
      $0.command = ["-b"]
    }
    #expect(plan.request.program == "/one")
    #expect(plan.request.arguments == ["/one", "-a", "-b"])
  }

  @Test func `arguments take the place of the command`() throws {
    var request = RunRequest()
    request.arguments = ["-c"]
    #expect(
      try plan(request) {
        $0.entrypoint = ["/one"]
        $0.command = ["-b"]
      }.request.arguments
        == ["/one", "-c"])
    // Without an entrypoint the command's first word is the program.
    #expect(
      try plan(request) { $0.command = ["/one", "-b"] }.request.arguments == ["/one", "-c"])
  }

  @Test func `a program that is named counts instead of the image's`() throws {
    var request = RunRequest()
    request.program = "/one"
    let plan = try plan(request) { $0.entrypoint = ["/other", "-a"] }
    #expect(plan.request.arguments == ["/one"])
  }

  @Test func `the only program is started, and one of several has to be named`() throws {
    #expect(throws: RunPlan.Problem.ambiguous(["/one", "/usr/bin/two"])) { try plan() }
    #expect(try plan(without: ["one"]).request.program == "/usr/bin/two")
    #expect(throws: RunPlan.Problem.noProgram) { try plan(without: ["usr/bin/two"]) }
  }

  @Test func `a name without a slash is searched in PATH`() throws {
    #expect(try plan { $0.entrypoint = ["two"] }.request.program == "/usr/bin/two")
    #expect(
      try plan {
        $0.entrypoint = ["two"]
        $0.environment = ["PATH=/bin"]
      }.request.program
        == "two")
  }

  @Test func `variables of the request count over those of the image`() throws {
    var request = RunRequest()
    request.environment = ["B=3"]
    let variables = try plan(request) {
      $0.entrypoint = ["/one"]
      $0.environment = ["A=1", "B=2"]
    }.request.environment
    #expect(variables.dropFirst() == ["A=1", "B=3"])
    #expect(variables.first?.description.hasPrefix("PATH=") == true)
  }

  @Test(
    arguments: [
      ("", 0, 0), ("7", 7, 8), ("app", 7, 8), ("app:web", 7, 9), ("app:12", 7, 12),
      ("1000", 1000, 0), ("1000:web", 1000, 9),
    ] as [(String, UInt32, UInt32)])
  func `users are looked up in the image`(user: String, number: UInt32, group: UInt32) throws {
    let plan = try plan {
      $0.entrypoint = ["/one"]
      $0.user = user
    }
    #expect(plan.request.user == number && plan.request.group == group)
  }

  @Test(arguments: ["nobody", "app:wheel", ":5", "app:", "-1"])
  func `a user that the image doesn't know is a problem`(user: String) {
    #expect(throws: RunPlan.Problem.unknownUser(user)) {
      try plan {
        $0.entrypoint = ["/one"]
        $0.user = user
      }
    }
  }

  @Test func `volumes, temporary and empty directories can be written to, and no others`() throws {
    var request = RunRequest()
    request.writable = ["/data"]
    let writable = try plan(request) {
      $0.entrypoint = ["/one"]
      $0.volumes = ["/usr/bin", "/nowhere"]
    }.request.writable
    #expect(writable == ["/data", "/usr/bin", "/tmp", "/srv"])
  }

  @Test(
    arguments: [
      (nil, 15), ("", 15), ("SIGQUIT", 3), ("int", 2), ("10", 10), ("USR2", 12),
      ("SIGRTMIN+3", 37), ("RTMAX-1", 63),
    ] as [(String?, Int32)])
  func `the image's signal asks it to end`(text: String?, number: Int32) throws {
    #expect(
      try plan {
        $0.entrypoint = ["/one"]
        $0.stopSignal = text
      }.stopSignal == number)
  }

  @Test(
    arguments: ["NONE", "SIGRTMIN+2147483647", "RTMAX+1", "0", "-1", "65", "RTMIN-64", "TERM+x"])
  func `a stop signal that no system has is a problem`(text: String) {
    #expect(throws: RunPlan.Problem.unknownSignal(text)) {
      try plan {
        $0.entrypoint = ["/one"]
        $0.stopSignal = text
      }
    }
  }

  @Test func `a text with a zero byte is a problem`() {
    let settings: [(String, (inout RunConfiguration) -> Void)] = [
      ("Entrypoint", { $0.entrypoint = ["/one", "a\0b"] }), ("Env", { $0.environment = ["A=\0"] }),
      ("WorkingDir", { $0.workingDirectory = "/\0" }), ("Volumes", { $0.volumes = ["/\0"] }),
    ]
    for (setting, configure) in settings {
      #expect(throws: RunPlan.Problem.zeroByte(setting: setting)) {
        try plan(RunRequest(), configure)
      }
    }
  }

  // MARK: Bundles that say nothing

  /// The programs that could be meant in a directory.
  private func candidates(_ script: String) throws -> [String] {
    let directory = scratch.url.appendingPathComponent("bundle")
    try Shell.bash(
      """
      mkdir -p bundle/usr/bin bundle/usr/lib/python3 bundle/bin; cd bundle
      for name in usr/bin/tool3.1 usr/bin/dash; do cp /bin/true $name; done
      \(script)
      """, in: scratch.url)
    let read = try ArchiveReader(options: ReadOptions()).read(FilePath(directory.path))
    return StartedProgram.candidates(in: read).map(\.description)
  }

  @Test func `scripts in a library are no programs, and a program goes by the name of its link`()
    throws
  {
    #expect(
      try candidates(
        """
        rm usr/bin/dash; ln -s tool3.1 usr/bin/tool3; mkdir etc; ln -s /usr/bin/tool3 etc/tool
        printf '#!/usr/bin/tool3\\n' > usr/lib/python3/module.py; chmod +x usr/lib/python3/module.py
        """) == ["/usr/bin/tool3"])
  }

  @Test func `what reads a script is there for that, and a shell for other programs`() throws {
    #expect(
      try candidates(
        """
        rm usr/bin/tool3.1; printf '#!/usr/bin/dash\\n' > start.sh; chmod +x start.sh
        """) == ["/start.sh"])
    #expect(try candidates("ln -s /usr/bin/dash bin/sh; rm -f start.sh") == ["/usr/bin/tool3.1"])
    // A shell alone is meant.
    #expect(try candidates("rm usr/bin/tool3.1") == ["/bin/sh"])
  }
}
