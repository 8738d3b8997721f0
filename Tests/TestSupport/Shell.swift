package import FileTree
package import Foundation
internal import SystemPackage

/// Runs programs for tests.
package enum Shell {
  package struct Result: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String
  }

  /// Runs a program and waits for its end. Its output goes to files, so no pipe can fill up.
  package static func run(
    _ arguments: [String], in directory: URL? = nil, environment: [String: String]? = nil,
    input: FileHandle? = nil
  ) throws -> Result {
    let scratch = try TemporaryDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = directory }
    if let environment {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = try scratch.newFile("output")
    process.standardError = try scratch.newFile("errors")
    try withoutBlockedSignals { try process.run() }
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: try scratch.text("output"), errors: try scratch.text("errors"))
  }

  /// The threads that tests run in block most signals, and a program begins with the mask of who starts it.
  private static func withoutBlockedSignals(_ start: () throws -> Void) rethrows {
    var (none, own) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &own)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &own, nil) }
    try start()
  }

  /// Runs a bash script that has to succeed.
  @discardableResult
  package static func bash(
    _ script: String, in directory: URL? = nil, environment: [String: String]? = nil
  ) throws -> String {
    let result = try run(
      ["bash", "-euo", "pipefail", "-c", script], in: directory, environment: environment)
    guard result.status == 0 else {
      throw Failure(script: script, status: result.status, errors: result.errors)
    }
    return result.output
  }

  package struct Failure: Error, CustomStringConvertible {
    let script: String
    let status: Int32
    let errors: String

    package var description: String { "'\(script)' ended with \(status): \(errors)" }
  }
}

/// A directory that goes away with its last owner.
package final class TemporaryDirectory: Sendable {
  package let url: URL

  package init() throws {
    url = URL(fileURLWithPath: NSTemporaryDirectory())
      .appendingPathComponent("rootfs-pack-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  package var path: String { url.path }

  package func newFile(_ name: String) throws -> FileHandle {
    let file = url.appendingPathComponent(name)
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return try FileHandle(forWritingTo: file)
  }

  package func write(_ text: String, to name: String) throws {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  package func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: url.appendingPathComponent(name))
  }

  /// The directory as a tree of its own.
  package var tree: DirectoryTree { DirectoryTree(root: FilePath(path)) }

  /// The text of a file; bytes that aren't UTF-8 are replaced.
  package func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }
}

/// The command under test and the checkout that it is built from.
package enum Project {
  /// The built `rootfs-pack`, which lies beside the test bundle.
  package static let command: String = {
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: runner ?? "").deletingLastPathComponent()
      .appendingPathComponent("rootfs-pack").path
  }()

  package static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static func run(
    _ arguments: String..., in directory: URL? = nil, environment: [String: String]? = nil
  ) throws -> Shell.Result {
    try Shell.run([command] + arguments, in: directory, environment: environment)
  }
}
