/// The part of an object's memory that an address of its dynamic section leads to, up to whatever isn't
/// mapped.
///
/// Read in windows, and only those that are asked for: the string table of a large library is
/// megabytes of symbol names, of which a loader's are a few.
struct MemoryRange {
  let part: ElfReadError.Part
  private let memory: ObjectMemory
  private let start: UInt64
  /// What was read last, and how far from the start it stands. In bytes.
  private var window: (index: UInt64, bytes: [UInt8]) = (0, [])

  /// A window's size in bytes where nothing asks for more.
  private static let windowSize: UInt64 = 512

  init(
    _ part: ElfReadError.Part, at address: UInt64, in memory: ObjectMemory
  ) throws(ElfReadError) {
    guard memory.readableCount(at: address, atMost: 1) == 1 else {
      throw .unmappedAddress(what: part, address: address)
    }
    self.part = part
    self.memory = memory
    start = address
  }

  /// `count` bytes at an offset from the range's start.
  mutating func bytes(at index: UInt64, count: Int) throws(ElfReadError) -> [UInt8] {
    try memory.spend(count, on: part)
    return try content(at: index, count: count)
  }

  private mutating func content(
    at index: UInt64, count: Int
  ) throws(ElfReadError) -> [UInt8] {
    if tail(from: index).count < count {
      try moveWindow(to: index, count: UInt64(count), atLeast: UInt64(count))
    }
    return Array(tail(from: index).prefix(count))
  }

  /// Whether certain bytes are at an offset from the range's start.
  mutating func holds(_ expected: [UInt8], at index: UInt64) throws(ElfReadError) -> Bool {
    guard memory.isReadable(at: start &+ index, count: UInt64(expected.count)) else {
      return false
    }
    return try content(at: index, count: expected.count) == expected
  }

  /// The string at an offset from the range's start, without its NUL.
  ///
  /// - Parameter limit: in bytes; a longer one is an error.
  mutating func string(
    at index: UInt64, limit: UInt64
  ) throws(ElfReadError) -> ArraySlice<UInt8> {
    var size = Self.windowSize
    var isCut = false
    while true {
      let known = tail(from: index)
      if let end = known.firstIndex(of: 0) {
        try memory.spend(end - known.startIndex + 1, on: part)
        return known[..<end]
      }
      guard !isCut, UInt64(known.count) < limit else {
        let address = start &+ index
        throw .unterminatedString(offset: memory.fileOffset(of: address) ?? address)
      }
      size = max(size, UInt64(known.count) * 8)
      let wish = min(size, limit)
      try moveWindow(to: index, count: wish, atLeast: 1)
      isCut = UInt64(window.bytes.count) < wish
    }
  }

  /// - Parameters:
  ///   - count: the wish: there may be less.
  ///   - minimum: what has to be there.
  private mutating func moveWindow(
    to index: UInt64, count: UInt64, atLeast minimum: UInt64
  ) throws(ElfReadError) {
    let address = start &+ index
    let readable = memory.readableCount(at: address, atMost: max(count, Self.windowSize))
    // With too little, reading tells what is wrong.
    window = (
      index,
      try memory.bytes(of: part, at: address, count: max(readable, minimum), isNamed: false)
    )
  }

  /// What the window holds from an offset on.
  private func tail(from index: UInt64) -> ArraySlice<UInt8> {
    guard index >= window.index, index - window.index < UInt64(window.bytes.count) else {
      return []
    }
    return window.bytes[Int(index - window.index)...]
  }
}
