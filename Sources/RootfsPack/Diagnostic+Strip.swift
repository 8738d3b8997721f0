internal import ELF
internal import FileTree
internal import Strip
internal import SystemPackage

extension Diagnostic {
  init(_ error: StripError) {
    switch error {
    case .noTool:
      self.init(
        "--strip needs eu-strip (Debian package elfutils) or llvm-objcopy (Debian package llvm, or a "
          + "Swift toolchain's)", remedy: "install one of them, or name its directory in PATH")
    case .temporaryDirectory(let directory, let cause):
      self.init(
        "\(ByteString(directory)): no temporary directory can be made: \(Self.describe(cause))",
        remedy: "name another place with the variable TMPDIR")
    case .scratch(let path, let cause):
      self.init(
        "\(path): can't be stripped: the temporary directory: \(Self.describe(cause))",
        remedy: cause == .noSpace
          ? "name a larger place for temporary files with the variable TMPDIR" : nil)
    case .source(let path, let cause):
      self.init("\(path): \(Self.describe(cause)); nothing was written")
    case .sourceChanged(let path):
      self.init(
        "\(path): its source changed while it was packed; nothing was written",
        remedy: "run again when nothing writes to it")
    case .tool(let path, let name, let cause):
      self.init("\(path): \(name) can't be started: \(Self.describe(cause))")
    case .debugDirectory(let directory, let cause):
      self.init(
        "--debug-dir \(ByteString(directory)): \(Self.describe(cause)); nothing was written",
        remedy: "name another place")
    case .debugFile(let target, let cause):
      self.init(
        "\(ByteString(target)): can't be written: \(Self.describe(cause)); the outputs are complete",
        remedy: "name another place with --debug-dir")
    case .interrupted(let signal):
      self.init(
        "interrupted by signal \(signal), nothing was written", status: .interrupted(signal))
    }
  }
}

extension StripWarning {
  var diagnostic: Diagnostic {
    switch self {
    case .kept(let path, let reason):
      Diagnostic("warning: \(path): not stripped: \(reason.text)")
    case .debuggingDataTwice(let place, let kept, let lost):
      Diagnostic(
        "warning: \(lost): its debugging data isn't kept: that of \(kept) differs and has the same "
          + "place in --debug-dir, \(place)",
        remedy: "link each with a build id of its own (-Wl,--build-id)")
    }
  }
}

extension KeptReason {
  fileprivate var text: String {
    switch self {
    case .unreadable(let error): error.description
    case .truncated: "its headers point beyond its end"
    case .unusualTables: "its tables of sections or segments are unusual"
    case .strayData(let offset):
      "a strip tool would drop the data at offset 0x\(String(offset, radix: 16)), which no section or "
        + "segment holds"
    case .unnameableSection(let name): "its section '\(name)' would be lost"
    case .toolFailed(let tool, .exited(let code), let said):
      "\(tool) ended with \(code)" + (said.isEmpty ? "" : ": \(said)")
    case .toolFailed(let tool, .killed(let signal), let said):
      "\(tool) was killed by signal \(signal)" + (said.isEmpty ? "" : ": \(said)")
    case .nothingWritten(let tool): "\(tool) wrote nothing"
    case .damagedOutput(let tool): "what \(tool) wrote is damaged"
    case .noDebuggingData(let tool): "\(tool) wrote no debugging data"
    case .difference(let tool, let difference): "with \(tool), \(difference.text)"
    }
  }
}

extension StripDifference {
  fileprivate var text: String {
    switch self {
    case .header: "its ELF header would change"
    case .segments: "its segments would change"
    case .segmentContent: "the content of its segments would change"
    case .sections: "it would lose sections that aren't debugging data"
    case .sectionContent(let name): "the content of its section \(name) would change"
    }
  }
}
