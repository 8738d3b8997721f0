import FileTree
import Testing

struct ReadBudgetTests {
  @Test func `a small multiple of a file may be taken from it`() {
    var budget = ReadBudget(fileSize: 100 << 20)
    for _ in 0..<4 {
      let isEnough = budget.spend(100 << 20)
      #expect(isEnough)
    }
    let isTooMuch = budget.spend(100 << 20)
    #expect(!isTooMuch)
  }

  @Test func `what is too much leaves nothing, so that no reader goes on with less`() {
    var budget = ReadBudget(fileSize: 10)
    let isTooMuch = budget.spend(2 << 20)
    let isMore = budget.spend(1)
    #expect(!isTooMuch && !isMore && budget.left == 0)
  }

  @Test func `a limit counts whatever the size, and no size is an overflow`() {
    #expect(ReadBudget(fileSize: .max, atMost: 1000).left == 1000)
    #expect(ReadBudget(fileSize: .max).left > 1 << 60)
    var budget = ReadBudget(fileSize: 0, atMost: 10)
    let isNegative = budget.spend(-1)
    #expect(!isNegative)
  }
}
