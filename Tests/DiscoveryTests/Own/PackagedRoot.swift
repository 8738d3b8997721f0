import FileTree
import TestSupport

/// A root whose dpkg knows what is whose.
enum PackagedRoot {
  struct Package {
    let name: String
    var source: String?
    var depends: String?
    let files: [RootPath]
  }

  static func tree(
    _ files: [RootPath: InMemoryTree.Node], _ packages: [Package]
  ) -> InMemoryTree {
    var table = files
    var status = ""
    for package in packages {
      status += "Package: \(package.name)\nStatus: install ok installed\n"
      status += "Source: \(package.source ?? package.name)\nVersion: 1\n"
      if let depends = package.depends { status += "Depends: \(depends)\n" }
      status += "\n"
      // dpkg names the directories as well.
      let paths = package.files.flatMap { $0.ancestors.filter { !$0.isRoot } + [$0] }
      table[RootPath(normalising: ByteString("/var/lib/dpkg/info/\(package.name).list"))] = .text(
        Set(paths).sorted().map { "\($0)\n" }.joined())
    }
    table["/var/lib/dpkg/status"] = .text(status)
    return InMemoryTree(table)
  }
}
