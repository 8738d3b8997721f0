import Glibc

// The runtime's own main function can't be linked: SwiftPM gives every executable one.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: inout CInt, _ arguments: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

extension Reader {
  /// The one that the command line names. libFuzzer passes over what begins with two dashes.
  static let chosen: Reader? = {
    let prefix = "--reader="
    let option = CommandLine.arguments.first { $0.hasPrefix(prefix) }
    return option.flatMap { Reader(rawValue: String($0.dropFirst(prefix.count))) }
  }()
}

guard Reader.chosen != nil else {
  print("usage: Fuzzing --reader=NAME [libFuzzer's options and directories]")
  print("readers:", Reader.allCases.map(\.rawValue).joined(separator: " "))
  exit(2)
}

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
  runFuzzer(&count, &arguments) { start, count in
    Reader.chosen?.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  })
