import Bundle
import FileTree
import Foundation
import SystemPackage
import TestSupport

@testable import Strip

/// Strip tools, each alone on a search path.
enum Tool: String, CaseIterable {
  case elfutils = "eu-strip"
  case llvm = "llvm-objcopy"
}

/// What the tests of this module work with: programs in `in`, tools in `tools`, temporary files in `tmp`.
protocol StripFixture {
  var scratch: TemporaryDirectory { get }
}

extension StripFixture {
  static var searchPath: ByteString {
    ByteString(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
  }

  static func makeScratch() throws -> TemporaryDirectory {
    let scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdio.h>
      static int twice(int x) { return 2 * x; }
      int main(void) { printf("%d\\n", twice(21)); return 0; }
      """, to: "main.c")
    try Shell.bash("mkdir in tools tmp", in: scratch.url)
    return scratch
  }

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

  /// Strips and puts the debugging data into a directory, if there is one.
  func strip(
    _ plan: BundlePlan, _ tool: Tool = .elfutils, debugDirectory: String? = nil
  ) throws -> StrippedPlan {
    let stripped = try stripper(tool).strip(
      plan, debuggingData: debugDirectory == nil ? .dropped : .kept())
    if let debugDirectory {
      try stripped.debugFiles.publish(to: FilePath(scratch.path).appending(debugDirectory))
    }
    return stripped
  }

  /// Strips with a script in the place of a tool.
  func strip(
    _ plan: BundlePlan, script: String, interruption: @escaping @Sendable () -> Int32? = { nil }
  ) throws -> StrippedPlan {
    try scratch.write(
      "#!/bin/bash\nPATH=/usr/bin:/bin\n" + script + "\n", to: "tools/eu-strip.copy")
    try makeExecutable("tools/eu-strip")
    return try stripper(
      searchPath: ByteString(scratch.path + "/tools"), interruption: interruption
    ).strip(plan, debuggingData: .dropped)
  }

  /// A plan of all that is in the directory `in`, at the same paths of the image.
  func plan() throws -> BundlePlan {
    let tree = DirectoryTree(root: FilePath(scratch.path + "/in"))
    let additions = try tree.names(in: .root).map {
      Addition(tree: tree, source: RootPath.root.appending($0).text, destination: nil)
    }
    var builder = PlanBuilder(tree: tree, contents: PlanContents([], additions: additions))
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

  /// The temporary files that are there as long as a stripped plan is.
  func heldFiles() throws -> String {
    try Shell.bash("find tmp -mindepth 2 -printf '%P\\n'", in: scratch.url)
  }
}
