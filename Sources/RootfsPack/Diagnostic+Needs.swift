internal import Discovery
internal import FileTree
internal import SystemPackage

extension Diagnostic {
  init(_ error: NeedsError) {
    switch error {
    case .loader(let error): self.init(error)
    case .script(let error): self.init(error)
    case .noRuntime(let path, let runtime):
      self.init(
        "\(path): is started by \(runtime), and no program of that name is in "
          + ScriptChain.searchPath.map(\.description).joined(separator: ":"),
        remedy: "install it", status: .findings)
    case .windowsProgram(let path):
      self.init(
        "\(path): is a program for Windows without managed code",
        remedy: "name a program for Linux, or an assembly")
    case .unreadable(let path, let cause):
      self.init(
        "--add \(path): \(Self.describe(cause))", remedy: "name an existing file or directory")
    }
  }

  init(_ error: ScriptError) {
    switch error {
    case .missing(let script, let word) where word.bytes.last == UInt8(ascii: "\r"),
      .notInPath(let script, let word) where word.bytes.last == UInt8(ascii: "\r"):
      let fault = StartFault.carriageReturn(script: script)
      self.init("\(fault)", remedy: fault.remedy, status: .findings)
    case .missing(let script, let interpreter):
      self.init(
        "\(script): its interpreter \(interpreter) isn't there",
        remedy: "install it, or name another in the script's first line", status: .findings)
    case .relative(let script, let interpreter):
      self.init(
        "\(script): its interpreter '\(interpreter)' is a relative path",
        remedy: "begin it with a slash in the script's first line")
    case .notInPath(let script, let name):
      self.init(
        "\(script): env finds no program '\(name)' in "
          + "\(ScriptChain.searchPath.map(\.description).joined(separator: ":"))",
        remedy: "install it", status: .findings)
    case .tooDeep(let script):
      self.init("\(script): a chain of interpreters that no kernel follows to its end")
    }
  }
}

extension Diagnostic {
  /// - Parameter path: of the program whose needs were looked for; nil for several.
  static func cutShort(_ path: ByteString?) -> Diagnostic {
    Diagnostic(
      "warning: \(path.map { "\($0): " } ?? "")configuration in the root includes more than any "
        + "system's: not all was read")
  }
}

extension Discovered {
  /// What is odd, but doesn't stop anything.
  var diagnostics: [Diagnostic] {
    // An object file or a damaged binary is data: it ships as it is.
    Self.summary(unloadable.map { Diagnostic($0).message }, "packed as data", "files")
      + Self.summary(brokenScripts.map { Diagnostic($0).message }, "packed as it is", "scripts")
      + Self.summary(
        unopenable.map { Diagnostic($0).message }, "libraries of its needs weren't looked for",
        "programs")
      + damagedNotes.map {
        Diagnostic("warning: \($0): a .note.dlopen that can't be understood (not a JSON array)")
      }
      + (isCutShort ? [Diagnostic.cutShort(nil)] : [])
      + unanswered.map {
        Diagnostic(
          "warning: --with \($0.name): nothing of it is in this root",
          remedy: "'rootfs-pack presets' tells what each looks for")
      }
  }

  /// A line for each of a few things, and one for many of a kind: a tree may have thousands.
  private static func summary(
    _ messages: [String], _ verdict: String, _ things: String
  ) -> [Diagnostic] {
    let limit = 4
    let shown = messages.prefix(messages.count > limit ? limit - 1 : limit).map {
      Diagnostic("warning: \(verdict): \($0)")
    }
    let rest = messages.count - shown.count
    return shown
      + (rest > 0 ? [Diagnostic("warning: \(verdict): \(rest) more \(things) like these")] : [])
  }
}
