import FileTree
import Foundation
import SystemPackage
import TestSupport

@testable import Archive

/// Reads of what tests have made.
enum Reads {
  /// Reads bytes as the file of a directory that has nothing else.
  static func read(
    _ bytes: [UInt8], _ edit: (inout ReadOptions) -> Void = { _ in }
  ) throws -> ReadBundle {
    let directory = try TemporaryDirectory()
    try directory.write(bytes, to: "input")
    return try read(directory, "input", edit)
  }

  static func read(
    _ directory: TemporaryDirectory, _ name: String,
    _ edit: (inout ReadOptions) -> Void = { _ in }
  ) throws -> ReadBundle {
    var options = ReadOptions()
    options.temporaryDirectory = FilePath(NSTemporaryDirectory())
    edit(&options)
    return try ArchiveReader(options: options)
      .read(FilePath(directory.url.appendingPathComponent(name).path))
  }
}

extension ReadBundle {
  /// What is there, one path a line: `/path file 0644 0:0 3 CONTENT'S BEGINNING`.
  var table: [String] {
    entries.map { entry in
      let permissions = String(entry.permissions, radix: 8)
      let mode = String(repeating: "0", count: max(0, 4 - permissions.count)) + permissions
      let detail =
        switch entry.node {
        case .directory: "directory \(mode)"
        case .symbolicLink(let text): "link \(text)"
        case .file(let content): "file \(mode) \(content.size)"
        case .hardLink(let first, _): "hardlink \(first)"
        case .special(let kind, let device):
          "\(kind) \(mode)" + (device.map { " \($0)" } ?? "")
        }
      return "\(entry.path) \(detail)"
    }
  }

  var faults: [Violation.Fault] { violations.map(\.fault) }

  /// The text of a file, read through the tree.
  func text(_ path: RootPath) throws -> String {
    let content = try tree.open(path).readAll(limit: 1 << 20)
    return String(decoding: content ?? [], as: UTF8.self)
  }
}
