internal import ELF
internal import FileTree

/// The directory that a program was installed to with all that belongs to it, where the program
/// finds that from its own place: `HOME/bin/NAME`, with `HOME/lib` or the like beside.
struct ProgramHome {
  static let topic = Topic("home")

  /// Physical, in-root.
  let directory: RootPath
  /// The program's path below it.
  let names: [ByteString]

  /// What a program is told its own place by; proc_pid_exe(5).
  private static let ownPlace: ByteString = "/proc/self/exe"

  /// Directories of a prefix, by the GNU Coding Standards ("Directory Variables") and by what
  /// language runtimes add.
  private static let directories: Set<ByteString> = [
    "bin", "conf", "demo", "doc", "docs", "etc", "include", "jmods", "legal", "lib", "lib32",
    "lib64", "libexec", "licenses", "man", "modules", "plugins", "sample", "sbin", "share", "var",
  ]
  private static let dataDirectories: Set<ByteString> = ["lib", "lib64", "libexec", "share"]
  /// Where everybody's files lie.
  static let systemTops: Set<ByteString> = [
    "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt",
    "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
  ]
  /// In entries of the home itself.
  private static let entryLimit = 64

  /// The home that the place of a program suggests; nil where other things lie there too.
  ///
  /// - Parameter program: physical.
  init?(around program: RootPath, in root: inout RootView) {
    let directory = program.parent.parent
    guard ["bin", "sbin"].contains(program.parent.name), Self.mayBelong(directory),
      let entries = try? root.tree.entries(in: directory), entries.count <= Self.entryLimit,
      entries.allSatisfy({ Self.mayLie($0.name, isDirectory: $0.kind == .directory) }),
      entries.contains(where: { Self.dataDirectories.contains($0.name) })
    else { return nil }
    self.directory = directory
    names = [program.parent.name, program.name]
  }

  private static func mayBelong(_ directory: RootPath) -> Bool {
    let names = directory.names
    guard let first = names.first, first != "usr", !directory.name.hasPrefix(".") else {
      return false
    }
    // `/home/NAME` and `/root` are a person's.
    return !(names.count == 1 && systemTops.contains(first) || names.count == 2 && first == "home")
  }

  /// Files of a project, or a person's, aren't a program's: their names are no words in capitals.
  private static func mayLie(_ name: ByteString, isDirectory: Bool) -> Bool {
    if isDirectory { return directories.contains(name) }
    if directories.contains(name) || name == "release" { return true }
    let word = name.bytes.prefix { $0 != UInt8(ascii: ".") }
    return !word.isEmpty
      && word.allSatisfy { byte in
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") || ShellWord.isDigit(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
  }

  /// Where in an object stands that it asks for its own place; nil if it doesn't, or isn't the
  /// home's.
  ///
  /// - Parameters:
  ///   - object: physical.
  ///   - isDynamic: whether a loader loads it: the C library of a static program asks for its
  ///   own sake.
  func question(
    in object: RootPath, isDynamic: Bool, in root: inout RootView
  ) -> ConstantFacts.Text? {
    guard isDynamic, object.isInside(directory) else { return nil }
    return root.constantFacts(at: object).paths.first { $0.text == Self.ownPlace }
  }

  // MARK: What of it is taken

  /// In bytes: more than that goes into no image unasked.
  static let sizeLimit: UInt64 = 512 << 20

  /// Parts that serve developers and readers.
  static func isLeftOut(_ names: [ByteString]) -> Bool {
    switch names.count {
    case 1:
      ["demo", "doc", "docs", "include", "jmods", "man", "sample", "src.zip"].contains(names[0])
    case 2:
      names[0] == "share" && ["doc", "info", "man"].contains(names[1])
        // `ct.sym` describes older versions to a compiler of Java (`javac --release`).
        || names[0] == "lib" && ["ct.sym", "pkgconfig", "src.zip"].contains(names[1])
    default: false
    }
  }

  /// Nil for what is too large to be looked at. In bytes.
  func size(in root: RootView) -> UInt64? {
    TreeSize(of: directory, in: root.tree, leavingOut: Self.isLeftOut)?.bytes
  }
}

/// All that lies in the home of a program that asks for its own place.
struct ProgramHomes: NeedSource {
  private var home: ProgramHome?
  private var isFirst = true

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    if isFirst {
      isFirst = false
      guard object.image?.isProgram == true else { return [] }
      home = ProgramHome(around: object.real, in: &root)
    }
    guard let home, let image = object.image,
      let question = home.question(
        in: object.real, isDynamic: !image.isProgram || image.interpreter != nil, in: &root)
    else { return [] }
    self.home = nil
    let wishes = TreeSelection.wishes(
      for: home.directory.text, in: &root, leavingOut: ProgramHome.isLeftOut)
    let size = home.size(in: root)
    return [
      RuntimeNeed(
        topic: ProgramHome.topic, grade: .implied,
        evidence: Evidence(
          file: object.path, mark: .string(question.text, offset: question.offset)),
        wishes: wishes, isEssential: size.map { $0 <= ProgramHome.sizeLimit } ?? false,
        purpose: "what lies in \(home.directory), from where it is started"
          + (size.map { ", \($0 >> 20) MiB" } ?? ""))
    ]
  }
}
