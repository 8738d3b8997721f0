package import FileTree

/// What a watch saw of a run.
package struct WatchedRun: Sendable {
  /// A process that ended with another code than 0.
  package struct Failure: Hashable, Sendable {
    /// In-root; of a script, what reads it.
    package let program: ByteString
    package let code: Int32
    /// As this process sees it.
    package let process: Int32
  }

  /// The files that weren't there, each once, in the order of looking.
  package internal(set) var missed: [MissedLook] = []
  /// What it made, in-root.
  package internal(set) var made: Set<ByteString> = []
  /// For each opening of the file of users, or of that of groups, the words that were at hand, the nearest first:
  /// the first name among them is of whom it looked for, if it looked for one.
  package internal(set) var userWords: Set<[ByteString]> = []
  package internal(set) var groupWords: Set<[ByteString]> = []
  /// In the order of their ends, the last ones.
  package internal(set) var failures: [Failure] = []

  private var seen: Set<MissedLook> = []
  private var size = 0

  /// In bytes of all texts; a program that tries more tries all sorts of names.
  private static let limit = 1 << 20
  private static let failureLimit = 64

  package init() {}

  mutating func add(_ look: MissedLook) {
    guard size + look.path.count <= Self.limit, seen.insert(look).inserted else { return }
    missed.append(look)
    size += look.path.count
  }

  mutating func add(made path: ByteString) {
    guard size + path.count <= Self.limit, made.insert(path).inserted else { return }
    size += path.count
  }

  /// - Parameter text: of words, a line each.
  mutating func add(_ text: ByteString, to list: WritableKeyPath<WatchedRun, Set<[ByteString]>>) {
    let words = text.split { $0 == UInt8(ascii: "\n") }.filter { !$0.isEmpty }
    guard size + text.count <= Self.limit, self[keyPath: list].insert(words).inserted else {
      return
    }
    size += text.count
  }

  mutating func add(_ failure: Failure) {
    failures.append(failure)
    if failures.count > Self.failureLimit { failures.removeFirst() }
  }
}
