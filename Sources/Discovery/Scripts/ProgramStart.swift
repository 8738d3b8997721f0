internal import ELF
package import FileTree

/// Whether a kernel starts the first word of a command, as an engine hands it over.
///
/// Source: Go `os/exec/lp_unix.go` (`LookPath`), by which runc looks for it; Linux `fs/exec.c`
/// (`do_open_execat`), `fs/binfmt_script.c`, `fs/namei.c` (`acl_permission_check`).
package struct ProgramStart: Sendable {
  /// As the command says: a path, or a name that is searched in PATH.
  package let word: ByteString
  /// The directories of PATH.
  private let searchPath: [ByteString]
  private let workingDirectory: RootPath
  /// Who starts it; nil for root.
  private let user: FileStatus.Owner?

  /// - Parameter environment: `NAME=VALUE`; without a PATH, that of engines counts.
  package init(
    _ word: ByteString, environment: [ByteString], workingDirectory: RootPath = .root,
    user: FileStatus.Owner? = nil
  ) {
    self.word = word
    searchPath = Self.searchPath(in: environment)
    self.workingDirectory = workingDirectory
    self.user = user?.user == 0 ? nil : user
  }

  /// The directories of the last PATH among variables.
  private static func searchPath(in environment: [ByteString]) -> [ByteString] {
    let prefix: ByteString = "PATH="
    guard let variable = environment.last(where: { $0.hasPrefix(prefix) }) else {
      return ScriptChain.searchPath
    }
    return ByteString(variable.bytes.dropFirst(prefix.count)).split { $0 == UInt8(ascii: ":") }
  }

  /// The file that the word means, an absolute path text; nil for a name that no directory has.
  package func path(in root: inout RootView) -> ByteString? {
    guard !word.contains(UInt8(ascii: "/")) else { return absolute(word) }
    return searchPath.map { absolute(($0.isEmpty ? "." : $0) + "/" + word) }.first { path in
      guard let status = root.resolve(path)?.status else { return false }
      return status.kind == .regular && status.permissions & 0o111 != 0
    }
  }

  /// Nil if it is started.
  package func fault(in root: inout RootView) -> StartFault? {
    do throws(StartFault) {
      guard let path = path(in: &root) else { throw StartFault.notInPath(directories: searchPath) }
      try check(path, in: &root)
      return nil
    } catch {
      return error
    }
  }

  private func absolute(_ path: ByteString) -> ByteString {
    path.hasPrefix("/") ? path : workingDirectory.text + "/" + path
  }

  private func check(_ path: ByteString, in root: inout RootView) throws(StartFault) {
    guard let file = root.resolve(path) else { throw .missing }
    guard file.status.kind == .regular else { throw .notRegular(file.status.kind) }
    try checkExecution(of: file, as: path, in: root.tree)
    let head = (try? root.tree.head(of: file.real, count: ScriptLine.size)) ?? []
    guard head.starts(with: "#!".utf8) else {
      return try checkFormat(of: file, as: path, head, in: root.tree)
    }
    let line = head.prefix { $0 != UInt8(ascii: "\n") }
    guard line.count == head.count || line.last != UInt8(ascii: "\r") else {
      throw .carriageReturn(script: path)
    }
    let chain: ScriptChain?
    do { chain = try ScriptChain(of: path, in: &root) } catch { throw .script(error) }
    guard let chain else { throw .unknownFormat(path, hasByteOrderMark: false) }
    try checkReading(of: file, as: path)
    for step in chain.steps {
      guard let interpreter = root.resolve(step.path) else { continue }
      try checkExecution(of: interpreter, as: step.path, in: root.tree)
    }
    // What a script's own file gives counts for nothing.
    guard let program = root.resolve(chain.interpreter) else { return }
    try checkCapabilities(of: program, as: chain.interpreter, in: root.tree)
  }

  private func checkFormat(
    of file: ResolvedPath, as path: ByteString, _ head: [UInt8], in tree: any FileTree
  ) throws(StartFault) {
    guard (try? tree.programFormat(of: file.real)) == .elf else {
      throw .unknownFormat(path, hasByteOrderMark: head.starts(with: [0xEF, 0xBB, 0xBF]))
    }
    try checkCapabilities(of: file, as: path, in: tree)
  }

  // MARK: Rights

  /// Source: Linux `security/commoncap.c` (`get_file_caps`).
  private func checkCapabilities(
    of file: ResolvedPath, as path: ByteString, in tree: any FileTree
  ) throws(StartFault) {
    let refused = tree.capabilities(of: file.real)?.refused ?? []
    guard refused.isEmpty else { throw .capabilities(path, refused: refused) }
  }

  private func checkExecution(
    of file: ResolvedPath, as path: ByteString, in tree: any FileTree
  ) throws(StartFault) {
    guard file.status.permissions & 0o111 != 0 else { throw .notExecutable(path) }
    guard let user else { return }
    for directory in file.real.ancestors {
      guard let status = try? tree.status(of: directory), !allows(0o1, status) else { continue }
      throw .forbidden(.enter, path: directory.text, user: user.user)
    }
    guard allows(0o1, file.status) else {
      throw .forbidden(.execute, path: path, user: user.user)
    }
  }

  private func checkReading(
    of script: ResolvedPath, as path: ByteString
  ) throws(StartFault) {
    guard let user, !allows(0o4, script.status) else { return }
    throw .forbidden(.read, path: path, user: user.user)
  }

  /// Whether the user has a right, by one of the three sets of bits.
  private func allows(_ right: UInt16, _ status: FileStatus) -> Bool {
    guard let user else { return true }
    let owner = status.owner
    let shift: UInt16 = owner.user == user.user ? 6 : owner.group == user.group ? 3 : 0
    return status.permissions >> shift & right != 0
  }
}
