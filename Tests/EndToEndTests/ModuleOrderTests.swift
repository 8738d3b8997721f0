import Foundation
import TestSupport
import Testing

/// The direction of the data: a module imports only what comes before it.
struct ModuleOrderTests {
  static let order = [
    "CLibelf", "CDeflate", "CZlib", "CZstd", "CLinux", "Parallel", "FileTree", "Packages",
    "ELF", "Secrets", "Loader", "Toml", "Rules", "RuleFiles", "compile-rules", "Discovery",
    "Bundle", "Image", "Strip", "Check", "Sandbox", "Archive", "Diff", "Verify", "Report",
    "RootfsPack", "rootfs-pack",
  ]

  @Test func `no module imports one that comes after it`() throws {
    let sources = Project.directory.appendingPathComponent("Sources")
    let modules = try FileManager.default.contentsOfDirectory(atPath: sources.path)
    #expect(Set(modules) == Set(Self.order))
    for (position, module) in Self.order.enumerated() {
      let folder = sources.appendingPathComponent(module)
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".swift") }
      for file in files {
        let text = try String(
          contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        for line in text.split(separator: "\n") where line.contains("import ") {
          guard let name = line.split(separator: " ").last.map(String.init),
            let imported = Self.order.firstIndex(of: name)
          else { continue }
          #expect(imported < position, "\(module)/\(file) imports \(name)")
        }
      }
    }
  }

  @Test func `only the libelf reader imports libelf, and nothing imports all of Foundation`() throws
  {
    let imports = try Shell.bash(
      "grep -rlE 'import CLibelf$' Sources; ! grep -rnE 'import Foundation$' Sources",
      in: Project.directory)
    #expect(!imports.isEmpty)
    for file in imports.split(separator: "\n") {
      #expect(file.hasPrefix("Sources/ELF/Reader/"))
    }
  }
}
