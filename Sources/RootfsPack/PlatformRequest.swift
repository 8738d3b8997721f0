internal import FileTree
internal import Glibc
internal import Image

/// One `--platform [OS/ARCHITECTURE[/VARIANT]=]SYSROOT:PROGRAM`: an image's further platform.
struct PlatformRequest {
  /// What the user takes the program to be for; nil if that is left to the program.
  let expected: String?
  let sysroot: String
  let program: String

  init(_ word: String) throws(Diagnostic) {
    func refuse(_ reason: String) -> Diagnostic {
      Diagnostic(
        "--platform '\(ByteString(argument: word))': \(reason)",
        remedy: "write SYSROOT:PROGRAM, or linux/arm64=SYSROOT:PROGRAM", status: .usage)
    }
    if let sign = word.firstIndex(of: "="), !word.hasPrefix("linux/"),
      let first = word.first, first.isLetter
    {
      throw refuse("\(ByteString(argument: String(word[..<sign]))) isn't a platform of Linux")
    }
    var rest = Substring(word)
    if let sign = word.firstIndex(of: "="), word.hasPrefix("linux/") {
      expected = String(word[..<sign])
      rest = word[word.index(after: sign)...]
    } else {
      expected = nil
    }
    guard let colon = rest.lastIndex(of: ":") else { throw refuse("names no program") }
    sysroot = String(rest[..<colon])
    program = String(rest[rest.index(after: colon)...])
    guard !sysroot.isEmpty, !program.isEmpty else { throw refuse("is incomplete") }
  }

  /// Refuses a program of another platform than was said.
  func check(_ platform: Platform?) throws(Diagnostic) {
    guard let expected, let platform else { return }
    // A variant that isn't said isn't asked for; version 8 is what arm64 means.
    let name = expected == "linux/arm64/v8" ? "linux/arm64" : expected
    guard platform.description == name || platform.description.hasPrefix(name + "/") else {
      throw Diagnostic(
        "--platform \(ByteString(argument: expected)): \(ByteString(argument: program)) is for "
          + "\(platform)", remedy: "name a program of that platform, or leave it out",
        status: .usage)
    }
  }
}
