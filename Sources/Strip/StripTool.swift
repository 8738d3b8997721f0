internal import FileTree
internal import Glibc
internal import SystemPackage

/// The program of the host that strips, found on the search path. Each works for every machine.
enum StripTool: Sendable {
  /// Host paths.
  case elfutils(strip: ByteString)
  case llvm(objcopy: ByteString)

  /// What one run reads and writes: host paths.
  struct Job {
    let input: ByteString
    let output: ByteString
    /// What is taken away goes here; the output names the file.
    let debug: ByteString?
    /// Names of sections to keep, of plain letters: some tools take patterns.
    let keeping: [ByteString]
  }

  /// - Parameter searchPath: directories divided by colons; one that isn't absolute might be that of the
  ///   input and isn't searched.
  init(searchPath: ByteString) throws(StripError) {
    let directories = searchPath.split { $0 == UInt8(ascii: ":") }.filter { $0.hasPrefix("/") }
    func find(_ name: ByteString) -> ByteString? {
      directories.lazy.map { $0 + "/" + name }.first { path in
        var status = stat()
        return unsafe path.withCString {
          unsafe access($0, X_OK) == 0 && stat($0, &status) == 0
        } && FileStatus(status).kind == .regular
      }
    }
    if let strip = find("eu-strip") {
      self = .elfutils(strip: strip)
    } else if let objcopy = find("llvm-objcopy") {
      self = .llvm(objcopy: objcopy)
    } else {
      throw .noTool
    }
  }

  var name: String {
    switch self {
    case .elfutils: "eu-strip"
    case .llvm: "llvm-objcopy"
    }
  }

  /// The runs that do a job, in order.
  func processes(for job: Job) -> [ChildProcess] {
    let kept = job.keeping.map { "--keep-section=" + $0 }
    switch self {
    case .elfutils(let strip):
      let debug = job.debug.map { ["-f" as ByteString, $0] } ?? []
      return [Self.process(strip, kept + debug + ["-o", job.output, job.input])]
    case .llvm(let objcopy):
      let names = [job.input, job.output]
      guard let debug = job.debug else {
        return [Self.process(objcopy, ["--strip-all"] + kept + names)]
      }
      return [
        Self.process(objcopy, ["--only-keep-debug", job.input, debug]),
        Self.process(
          objcopy, ["--strip-all", "--add-gnu-debuglink=" + debug] + kept + names),
      ]
    }
  }

  private static func process(
    _ program: ByteString, _ arguments: [ByteString]
  ) -> ChildProcess {
    ChildProcess(program: program, arguments: arguments, environment: ["LC_ALL=C"])
  }
}
