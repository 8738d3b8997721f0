internal import Dispatch
internal import Glibc
internal import Synchronization

/// A fixed number of states, each used by one thread at a time: how files are read, and strip tools run,
/// in parallel.
///
/// Results come in the items' order, whatever the timing.
package struct Workers<State: Sendable>: ~Copyable {
  private let states: [Box]

  private final class Box: Sendable {
    let state: Mutex<State>

    init(_ state: consuming sending State) {
      self.state = Mutex(state)
    }
  }

  /// As many as there are processors to run on.
  package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  package init(count: Int = processorCount, _ makeState: () -> sending State) {
    states = (0..<count).map { _ in Box(makeState()) }
  }

  /// Runs `body` for every item, each with some worker's state.
  package func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @Sendable (inout State, Item) -> Result
  ) -> [Result] {
    // One item needs no second thread, and most runs have one.
    guard items.count > 1, states.count > 1 else {
      return states[0].state.withLock { state in items.map { body(&state, $0) } }
    }
    let next = Atomic(0)
    let results = Mutex<[Int: Result]>([:])
    DispatchQueue.concurrentPerform(iterations: min(states.count, items.count)) { worker in
      states[worker].state.withLock { state in
        var own: [Int: Result] = [:]
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < items.count else { break }
          own[index] = body(&state, items[index])
        }
        results.withLock { $0.merge(own) { $1 } }
      }
    }
    let all = results.withLock { $0 }
    return items.indices.compactMap { all[$0] }
  }
}
