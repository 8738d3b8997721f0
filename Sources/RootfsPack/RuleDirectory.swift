internal import Discovery
internal import FileTree
internal import RuleFiles
internal import Rules
internal import SystemPackage

/// A directory of rules that a user wrote.
enum RuleDirectory {
  /// The rules of some directories with those that are compiled in; of several rules with one name the
  /// last counts. Nil without a directory.
  static func rules(_ arguments: [String]) throws(Diagnostic) -> RuleSet? {
    guard !arguments.isEmpty else { return nil }
    var rules: [String: Rule] = [:]
    for argument in arguments {
      for rule in try read(ByteString(argument: argument)) { rules[rule.name] = rule }
    }
    return RuleSet(own: rules.values.sorted { $0.name < $1.name })
  }

  private static func read(_ directory: ByteString) throws(Diagnostic) -> [Rule] {
    let files: [ByteString]
    do {
      files = try DirectoryTree(root: FilePath(directory)).names(in: .root)
        .filter { $0.hasSuffix(".toml") }
    } catch {
      throw Diagnostic(
        "--rules \(directory): \(Diagnostic.describe(error))",
        remedy: "name a directory of files that end in .toml", status: .usage)
    }
    guard !files.isEmpty else {
      throw Diagnostic(
        "--rules \(directory): no file in it ends in .toml",
        remedy: "name a directory of rules", status: .usage)
    }
    var rules: [Rule] = []
    for name in files { rules.append(try rule(at: directory + "/" + name)) }
    return rules
  }

  private static func rule(at path: ByteString) throws(Diagnostic) -> Rule {
    let bytes: [UInt8]?
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      bytes = try HostFile.bytes(of: descriptor, limit: RuleFile.sizeLimit)
    } catch {
      throw Diagnostic("\(path): \(Diagnostic.describe(error as? Errno ?? .ioError))")
    }
    guard let bytes else {
      throw Diagnostic("\(path): is larger than \(RuleFile.sizeLimit) bytes", status: .usage)
    }
    do {
      return try RuleFile(bytes, file: path.description).rule
    } catch {
      throw Diagnostic(ByteString(error.description).description, status: .usage)
    }
  }
}
