import Testing

@testable import ELF

/// What mapping, protecting and clearing ranges of memory leaves behind.
struct AddressSpaceTests {
  /// `F0` is the file's first byte, `0` a zero, `.` nothing; by address, ten bytes a page.
  func picture(_ space: AddressSpace, _ count: UInt64 = 12) -> String {
    (0..<count).map { address in
      switch space.area(at: address)?.content {
      case .file(let offset): "F\(offset)"
      case .zeros: "0"
      case nil: "."
      }
    }.joined(separator: " ")
  }

  func map(
    _ content: AddressSpace.Content, at address: UInt64, count: UInt64,
    _ protection: AddressSpace.Protection, in space: inout AddressSpace
  ) {
    let isMapped = space.map(content, at: address, count: count, protection)
    #expect(isMapped)
  }

  let empty = AddressSpace(around: 0, addressBits: 64, roomBits: 47)

  @Test func `what is mapped later lies over what was there, and leaves the rest`() {
    var space = empty
    map(.file(offset: 0), at: 1, count: 8, .read, in: &space)
    map(.zeros, at: 3, count: 2, .read, in: &space)
    #expect(picture(space) == ". F0 F1 0 0 F4 F5 F6 F7 . . .")
    space.unmap(at: 7, count: 4)
    #expect(picture(space) == ". F0 F1 0 0 F4 F5 . . . . .")
    map(.file(offset: 50), at: 0, count: 4, .read, in: &space)
    #expect(picture(space) == "F50 F51 F52 F53 0 F4 F5 . . . . .")
    space.clear(at: 2, count: 100)
    #expect(picture(space) == "F50 F51 0 0 0 0 0 . . . . .")
  }

  @Test func `a range can be protected where all of it is mapped`() {
    var space = empty
    map(.zeros, at: 0, count: 4, .read, in: &space)
    map(.zeros, at: 6, count: 4, .read, in: &space)
    let isProtected = space.protect(at: 1, count: 2, [.read, .write])
    #expect(isProtected)
    #expect(space.area(at: 0)?.protection == .read)
    #expect(space.area(at: 2)?.protection == [.read, .write])
    #expect(space.area(at: 3)?.protection == .read)
    let hasNoHole = space.protect(at: 3, count: 4, .read)
    #expect(!hasNoHole && !space.isMapped(at: 3, count: 4))
    #expect(space.isMapped(at: 6, count: 4) && !space.isMapped(at: 6, count: 5))
  }

  @Test func `addresses are wrapped around, as far as a process has room`() {
    var space = empty
    map(.file(offset: 7), at: .max, count: 3, .read, in: &space)
    #expect(picture(space, 3) == "F8 F9 .")
    #expect(space.area(at: .max)?.count == 3)
    let isFar = space.map(.zeros, at: 1 << 48, count: 1, .read)
    let isLong = space.map(.zeros, at: 0, count: .max, .read)
    #expect(!isFar && !isLong)
    var narrow = AddressSpace(around: 0x1000, addressBits: 32, roomBits: 32)
    map(.zeros, at: 0xFFFF_F000, count: 0x1000, .read, in: &narrow)
    #expect(narrow.area(at: 0xFFFF_FFFF) != nil && narrow.area(at: 0) == nil)
  }
}
