/// A time by which something has to have happened; a signal that asks this process to end is one too.
struct Deadline: Sendable {
  private let end: ContinuousClock.Instant
  private let interruption: @Sendable () -> Int32?

  init(in limit: Duration, interruption: @escaping @Sendable () -> Int32?) {
    end = .now + limit
    self.interruption = interruption
  }

  private init(_ end: ContinuousClock.Instant, _ interruption: @escaping @Sendable () -> Int32?) {
    self.end = end
    self.interruption = interruption
  }

  var rest: Duration { max(.zero, end - .now) }
  var isOver: Bool { end <= .now || interruption() != nil }

  /// The same, or a time from now on, whichever is sooner.
  func but(_ limit: Duration) -> Deadline { Deadline(min(end, .now + limit), interruption) }
}
