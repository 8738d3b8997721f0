/// What lies where in the memory of one object, as the calls that map it leave it.
///
/// Addresses are the object's own, which whoever maps it moves by one distance. They are wrapped around as
/// the processor wraps them: a segment may lie before the first one.
struct AddressSpace {
  enum Content: Equatable {
    /// In bytes from the file's beginning.
    case file(offset: UInt64)
    case zeros
  }

  struct Protection: OptionSet {
    let rawValue: UInt8

    static let read = Protection(rawValue: 1)
    static let write = Protection(rawValue: 2)
    static let execute = Protection(rawValue: 4)
    /// PROT_NONE: taken, and of no use to anybody.
    static let none: Protection = []
  }

  struct Area {
    /// Positions in the space.
    fileprivate(set) var range: Range<UInt64>
    fileprivate(set) var content: Content
    fileprivate(set) var protection: Protection

    /// A part of it.
    fileprivate func clamped(to part: Range<UInt64>) -> Area {
      var area = self
      area.range = range.clamped(to: part)
      if case .file(let offset) = content {
        area.content = .file(offset: offset &+ (area.range.lowerBound &- range.lowerBound))
      }
      return area
    }
  }

  /// Sorted, without overlaps.
  private var areas: [Area] = []
  /// The address at position 0.
  private let origin: UInt64
  /// The bits that an address has.
  private let mask: UInt64
  /// Behind the last position.
  private let limit: UInt64

  /// - Parameters:
  ///   - base: an address of the object; what is farther from it than a process has room is nowhere.
  ///   - addressBits: the width of an address.
  ///   - roomBits: of the addresses that a process can use.
  init(around base: UInt64, addressBits: Int, roomBits: Int) {
    mask = addressBits == 64 ? .max : (1 << UInt64(addressBits)) - 1
    let room: UInt64 = 1 << UInt64(roomBits)
    origin = base &- room
    limit = addressBits == 64 ? 2 * room : mask
  }

  /// The positions of a range of addresses; nil for more than a process has room for.
  private func positions(at address: UInt64, _ count: UInt64) -> Range<UInt64>? {
    let start = (address &- origin) & mask
    guard start <= limit, count <= limit - start else { return nil }
    return start..<(start + count)
  }

  // MARK: Changes

  /// Puts something in the place of what is there; false where there is no room.
  mutating func map(
    _ content: Content, at address: UInt64, count: UInt64, _ protection: Protection
  ) -> Bool {
    guard let range = positions(at: address, count) else { return false }
    replace(range, by: Area(range: range, content: content, protection: protection))
    return true
  }

  mutating func unmap(at address: UInt64, count: UInt64) {
    guard let range = positions(at: address, count) else { return }
    replace(range, by: nil)
  }

  /// False where something in the range isn't mapped, as `mprotect` says ENOMEM.
  mutating func protect(at address: UInt64, count: UInt64, _ protection: Protection) -> Bool {
    guard isMapped(at: address, count: count), let range = positions(at: address, count) else {
      return false
    }
    for part in overlapping(range).map({ areas[$0].clamped(to: range) }) {
      var part = part
      part.protection = protection
      replace(part.range, by: part)
    }
    return true
  }

  /// Writes zeros over what is mapped.
  mutating func clear(at address: UInt64, count: UInt64) {
    guard let range = positions(at: address, count) else { return }
    for part in overlapping(range).map({ areas[$0].clamped(to: range) }) {
      var part = part
      part.content = .zeros
      replace(part.range, by: part)
    }
  }

  private func overlapping(_ range: Range<UInt64>) -> Range<Int> {
    let first = index(behind: range.lowerBound)
    var last = first
    while last < areas.count, areas[last].range.lowerBound < range.upperBound { last += 1 }
    return first..<last
  }

  /// The first area that ends behind a position.
  private func index(behind position: UInt64) -> Int {
    var (low, high) = (0, areas.count)
    while low < high {
      let middle = (low + high) / 2
      if areas[middle].range.upperBound > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private mutating func replace(_ range: Range<UInt64>, by area: Area?) {
    guard !range.isEmpty else { return }
    let places = overlapping(range)
    var rest: [Area] = []
    if let first = places.first {
      rest.append(areas[first].clamped(to: 0..<range.lowerBound))
    }
    if let area { rest.append(area) }
    if let last = places.last {
      rest.append(areas[last].clamped(to: range.upperBound..<UInt64.max))
    }
    areas.replaceSubrange(places, with: rest.filter { !$0.range.isEmpty })
  }

  // MARK: Look-up

  /// Whether something is at each address of a range, whoever may use it.
  func isMapped(at address: UInt64, count: UInt64) -> Bool {
    guard let range = positions(at: address, count) else { return false }
    let parts = overlapping(range).map { areas[$0].range.clamped(to: range).count }
    return parts.reduce(0, +) == range.count
  }

  /// What is at an address, and how many bytes it goes on for; nil where nothing is mapped.
  func area(
    at address: UInt64
  ) -> (content: Content, protection: Protection, count: UInt64)? {
    let position = (address &- origin) & mask
    let place = index(behind: position)
    guard place < areas.count, areas[place].range.contains(position) else { return nil }
    let part = areas[place].clamped(to: position..<UInt64.max)
    return (part.content, part.protection, UInt64(part.range.count))
  }
}
