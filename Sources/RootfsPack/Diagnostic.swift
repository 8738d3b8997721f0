internal import ELF
internal import FileTree
internal import Loader
internal import SystemPackage

/// An error as the user reads it: what, where, and how to fix it.
struct Diagnostic: Error {
  let message: String
  /// What the user can do; nil where there is no honest advice.
  let remedy: String?
  let status: ExitStatus

  init(_ message: String, remedy: String? = nil, status: ExitStatus = .failure) {
    self.message = message
    self.remedy = remedy
    self.status = status
  }

  /// What the argument parser says of wrong usage, which may quote the arguments.
  ///
  /// - Parameter command: as it stands behind the program's name, with a space before it.
  init(usage message: String, of command: String) {
    let lines = message.split(separator: "\n").map(String.init)
    var line = lines.first ?? ""
    // A list of values comes with one a line.
    if line.hasSuffix(":") {
      let values = lines.dropFirst().map { $0.drop { $0 == " " || $0 == "-" } }
      line += " " + values.joined(separator: ", ")
    }
    var text = ByteString(argument: line).description
    if text.hasSuffix(".") { text.removeLast() }
    self.init(
      text, remedy: "'rootfs-pack\(command) --help' lists what there is", status: .usage)
  }

  /// One line, however odd the names in it.
  var line: String { "rootfs-pack: " + text }

  /// The same within a report.
  var text: String { message + (remedy.map { "; " + $0 } ?? "") }
}

extension Diagnostic {
  init(interruptedBy signal: Int32) {
    self.init("interrupted by signal \(signal)", status: .interrupted(signal))
  }

  init(_ error: LoaderError) {
    switch error {
    case .unopenable(let path, let cause):
      self.init("\(path): \(Self.describe(cause))", remedy: Self.remedy(for: cause))
    case .notRegular(let path, .directory):
      self.init("\(path): is a directory", remedy: "name a program or library in it")
    case .notRegular(let path, let kind):
      self.init("\(path): is a \(kind), not a regular file")
    case .unreadable(let path, let cause):
      self.init("\(path): \(cause)", remedy: Self.remedy(for: cause))
    case .notLoadable(let path, .relocatable):
      self.init(
        "\(path): is a relocatable object", remedy: "link it into a program or shared library first"
      )
    case .notLoadable(let path, .core):
      self.init("\(path): is a core dump", remedy: "name the program that dumped it")
    case .notLoadable(let path, .other(let type)):
      self.init("\(path): no loader loads ELF type \(type) (e_type at offset 0x10)")
    case .notLoadable(let path, _):
      self.init("\(path): no loader loads this type of ELF file")
    case .unknownMachine(let path, let machine):
      self.init("\(path): is for \(machine) (e_machine at offset 0x12), which has no known loader")
    case .tooManyCandidates(let path, let limit):
      self.init(
        "\(path): its closure has more than \(limit) places to search, as no real program has")
    case .configurationTooLarge(let path, let limit):
      self.init("\(path): is larger than \(limit) bytes, as no system's is")
    case .noLoadSegment(let path):
      self.init("\(path): has no PT_LOAD segment, so there is nothing to load")
    case .unknownLevel(let path, let level, let known):
      self.init(
        "--cpu \(level): the loader of \(path) knows no such level",
        remedy: known.isEmpty
          ? "leave it out: there are none for this machine"
          : "it knows " + known.map(\.description).joined(separator: ", ") + " and baseline",
        status: .usage)
    case .unknownCaller(let path, let caller):
      self.init(
        "--load \(caller):...: the closure of \(path) has no such object",
        remedy: "'rootfs-pack inspect' lists them", status: .usage)
    case .debugDataOnly(let path):
      self.init(
        "\(path): holds only the debugging data of a program",
        remedy: "name the program that it was split off")
    }
  }

  static func describe(_ error: Errno) -> String {
    switch error {
    case .noSuchFileOrDirectory: "no such file"
    case .permissionDenied: "permission denied"
    case .tooManySymbolicLinkLevels: "a loop of symbolic links"
    case .isDirectory: "is a directory"
    case .notDirectory: "a part of the path is not a directory"
    case .noSpace: "no space left on the device"
    case .readOnlyFileSystem: "the file system is read-only"
    default: error.description
    }
  }

  private static func remedy(for error: Errno) -> String? {
    switch error {
    case .permissionDenied: "read permission is needed, nothing is executed"
    case .noSuchFileOrDirectory: "check the path"
    default: nil
    }
  }

  private static func remedy(for error: ElfReadError) -> String? {
    switch error {
    case .notElf: "name a compiled program or library"
    case .truncated: "copy or build the file again"
    default: nil
    }
  }
}
