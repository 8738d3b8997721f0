import Bundle
import FileTree
import Foundation
import Image
import SystemPackage
import TestSupport

/// Plans over tables of files, and a short way to write them.
enum TestPlan {
  static func make(_ table: [RootPath: InMemoryTree.Node]) throws -> BundlePlan {
    let tree = InMemoryTree(table)
    let additions = try tree.names(in: .root).map {
      Addition(tree: tree, source: RootPath.root.appending($0).text, destination: nil)
    }
    var builder = PlanBuilder(tree: tree, contents: PlanContents([], additions: additions))
    return try builder.build()
  }

  static let long = String(repeating: "n", count: 90)

  /// Names of every awkward length and kind.
  static var awkward: [RootPath: InMemoryTree.Node] {
    [
      "/empty": .text(""), "/init": .text("#!"), "/block": .file([UInt8](repeating: 7, count: 512)),
      "/big": .file([UInt8](repeating: 1, count: 700_001), permissions: 0o750),
      "/größe": .text("ü"), "/link": .link("block"), "/hard": .hardLink("/big"),
      RootPath(normalising: ByteString("/\(long)/\(long)")): .text("fits with a prefix"),
      RootPath(normalising: ByteString("/p/\(long)/\(long)/\(long)")): .text("needs pax"),
      RootPath(normalising: ByteString("/\(long)\(long)")): .text("one long name"),
      "/d/longlink": .link(ByteString(String(repeating: "x/", count: 80) + "y")),
    ]
  }

  @discardableResult
  static func write(
    _ plan: BundlePlan, to target: FilePath, _ format: OutputFormat,
    options: WriteOptions = WriteOptions()
  ) throws -> [WrittenOutput] {
    try write(plan, [Output(.path(target), format: format)], options: options)
  }

  /// Writes to names in a directory; each name tells its format.
  @discardableResult
  static func write(
    _ plan: BundlePlan, to names: String..., in directory: TemporaryDirectory,
    options: WriteOptions = WriteOptions()
  ) throws -> [WrittenOutput] {
    try write(
      plan,
      names.map {
        Output(.path(FilePath(directory.path + "/" + $0)), format: OutputFormat(path: $0) ?? .tar)
      }, options: options)
  }

  static func write(
    _ plan: BundlePlan, _ outputs: [Output], options: WriteOptions
  ) throws -> [WrittenOutput] {
    guard let reference = ImageReference("test") else { return [] }
    return try BundleWriter(outputs, reference: reference, options: options).write([
      ImageBundle(plan: plan, platform: Platform(.init()), configuration: ImageConfiguration())
    ])
  }
}
