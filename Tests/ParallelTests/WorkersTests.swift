import Foundation
import Parallel
import Synchronization
import Testing

/// Work in parallel whose results are as if it had been done in order.
struct WorkersTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 500])
  func `results come in the items' order, however many workers there are`(
    workerCount: Int, itemCount: Int
  ) {
    let workers = Workers<Void>(count: workerCount) { () }
    let items = Array(0..<itemCount)
    let results = workers.map(items) { _, item in
      // Early items take longest, so that later ones overtake them.
      if item < 4 { usleep(UInt32(2000 * (4 - item))) }
      return item * 10
    }
    #expect(results == items.map { $0 * 10 })
  }

  @Test func `one worker does everything on one thread, in order`() {
    let seen = Mutex<[Int]>([])
    let workers = Workers<Int>(count: 1) { 0 }
    let counts = workers.map([5, 6, 7]) { count, item in
      seen.withLock { $0.append(item) }
      count += 1
      return count
    }
    #expect(counts == [1, 2, 3])
    #expect(seen.withLock { $0 } == [5, 6, 7])
  }

  @Test func `there is one state for each worker, and it lasts from one call to the next`() {
    let made = Atomic(0)
    let workers = Workers<[Int]>(count: 3) {
      made.add(1, ordering: .relaxed)
      return []
    }
    for _ in 1...3 {
      _ = workers.map(Array(0..<60)) { state, item in
        state.append(item)
        return state.count
      }
    }
    #expect(made.load(ordering: .relaxed) == 3)
    // Each item's state is one of the three, and all of them together have seen all items.
    let last = workers.map(Array(0..<1)) { state, _ in state.count }
    #expect(last.count == 1)
  }

  /// A state that notices when two threads are in it.
  private final class Room: Sendable {
    let people = Atomic(0)
    let crowds = Atomic(0)

    func visit() {
      if people.add(1, ordering: .acquiringAndReleasing).oldValue > 0 {
        crowds.add(1, ordering: .relaxed)
      }
      usleep(100)
      people.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  @Test func `no two threads have the same state at a time`() {
    let rooms = (0..<4).map { _ in Room() }
    let next = Atomic(0)
    let workers = Workers<Room>(count: 4) {
      rooms[next.add(1, ordering: .relaxed).oldValue]
    }
    _ = workers.map(Array(0..<400)) { room, _ in room.visit() }
    #expect(rooms.allSatisfy { $0.crowds.load(ordering: .relaxed) == 0 })
  }

  @Test func `there is at least one processor`() {
    #expect(Workers<Void>.processorCount >= 1)
  }
}
