internal import Bundle
internal import FileTree

/// One `--mkdir PATH[:MODE[:UID[:GID]]]`.
struct DirectoryRequest {
  let directory: PlannedDirectory

  init(_ word: String) throws(Diagnostic) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    let path = RootPath(normalising: ByteString(argument: String(parts[0])))
    guard parts[0].hasPrefix("/"), !path.isRoot else {
      throw Self.refusal(word, "'\(parts[0])' is no path of a directory in the image")
    }
    guard parts.count <= 4 else { throw Self.refusal(word, "has more than four parts") }
    var permissions: UInt16 = 0o755
    if parts.count > 1 {
      guard let mode = UInt16(parts[1], radix: 8), mode <= 0o7777, !parts[1].hasPrefix("+") else {
        throw Self.refusal(word, "'\(parts[1])' is no octal mode")
      }
      permissions = mode
    }
    let numbers = parts.dropFirst(2).map { UserNumber.parse($0) }
    guard !numbers.contains(nil) else {
      throw Self.refusal(word, "the owner isn't given by numbers")
    }
    let user = numbers.first ?? nil
    let owner = user.map {
      FileStatus.Owner(user: $0, group: (numbers.dropFirst().first ?? nil) ?? 0)
    }
    directory = PlannedDirectory(path: path, purpose: .own(permissions: permissions, owner))
  }

  private static func refusal(_ word: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "--mkdir '\(ByteString(argument: word))': \(reason)",
      remedy: "write PATH[:MODE[:UID[:GID]]], as in /var/lib/app:750:1000:1000", status: .usage)
  }
}
