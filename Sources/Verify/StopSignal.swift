/// The signal that asks an image's program to end, by the numbers that signals have on nearly every machine
/// of Linux.
///
/// Source: signal(7); OCI image-spec, config.md, "StopSignal".
package enum StopSignal {
  static let terminate: Int32 = 15

  private static let numbers: [String: Int32] = [
    "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
    "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16,
    "CHLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24,
    "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28, "IO": 29, "PWR": 30, "SYS": 31, "RTMIN": 34,
    "RTMAX": 64,
  ]

  /// `15`, `TERM`, `SIGTERM` or `SIGRTMIN+3`; nil for what no engine takes.
  package static func number(of text: String) -> Int32? {
    let name = text.uppercased()
    let word = name.hasPrefix("SIG") ? name.dropFirst(3) : name[...]
    let first = word.prefix { $0 != "+" && $0 != "-" }
    let base: Int32?
    let distance: Int32?
    if let number = Int32(word) {
      (base, distance) = (number, 0)
    } else {
      base = numbers[String(first)]
      distance = first.count == word.count ? 0 : Int32(word.dropFirst(first.count))
    }
    guard let base, let distance, (-64...64).contains(distance), (1...64).contains(base + distance)
    else { return nil }
    return base + distance
  }
}
