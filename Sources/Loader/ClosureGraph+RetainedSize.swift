internal import FileTree

extension ClosureGraph {
  /// How many bytes would go with each object: its own and those of what only it leads to.
  ///
  /// By the place in ``objects``. An object retains what it dominates in the graph of requests, seen
  /// from the subject. Source of the algorithm: Cooper, Harvey and Kennedy, "A Simple, Fast Dominance
  /// Algorithm".
  package func retainedSizes() -> [UInt64] {
    let order = reversePostorder()
    let dominators = immediateDominators(order)
    var sizes = objects.map(\.file.status.size)
    // From the leaves up: an object's dominator stands before it in reverse postorder.
    for object in order.reversed() {
      guard let dominator = dominators[object], dominator != object else { continue }
      sizes[dominator] += sizes[object]
    }
    return sizes
  }

  private func successors() -> [[Int]] {
    var successors = [[Int]](repeating: [], count: objects.count)
    for request in requests {
      guard let object = request.object else { continue }
      successors[request.requester].append(object)
    }
    return successors
  }

  private func reversePostorder() -> [Int] {
    let successors = successors()
    var isSeen = [Bool](repeating: false, count: objects.count)
    isSeen[0] = true
    var postorder: [Int] = []
    var stack: [(object: Int, next: Int)] = [(0, 0)]
    while let (object, next) = stack.last {
      guard next < successors[object].count else {
        postorder.append(object)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].next += 1
      let successor = successors[object][next]
      if !isSeen[successor] {
        isSeen[successor] = true
        stack.append((successor, 0))
      }
    }
    return postorder.reversed()
  }

  /// By object; the subject dominates itself, what can't be reached has none.
  private func immediateDominators(_ order: [Int]) -> [Int?] {
    var rank = [Int](repeating: 0, count: objects.count)
    for (index, object) in order.enumerated() { rank[object] = index }
    var predecessors = [[Int]](repeating: [], count: objects.count)
    for (object, successors) in successors().enumerated() {
      for successor in successors { predecessors[successor].append(object) }
    }
    var dominators = [Int?](repeating: nil, count: objects.count)
    dominators[0] = 0
    func common(_ left: Int, _ right: Int) -> Int {
      var (l, r) = (left, right)
      while l != r {
        while rank[l] > rank[r] { l = dominators[l] ?? 0 }
        while rank[r] > rank[l] { r = dominators[r] ?? 0 }
      }
      return l
    }
    var isChanged = true
    while isChanged {
      isChanged = false
      for object in order.dropFirst() {
        let known = predecessors[object].filter { dominators[$0] != nil }
        guard let first = known.first else { continue }
        let dominator = known.dropFirst().reduce(first) { common($0, $1) }
        if dominators[object] != dominator {
          dominators[object] = dominator
          isChanged = true
        }
      }
    }
    return dominators
  }
}
