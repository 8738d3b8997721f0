internal import CLinux

/// Texts that are looked for all at once.
///
/// Every second pair of bytes is looked up in a table: of three bytes of a text that follow each other, one
/// of the two pairs is at such a place. The three that are rarest in text are taken.
struct MarkerSearch: Sendable {
  /// In bytes.
  static let shortest = 3
  private let markers: [[UInt8]]
  /// By the number of a pair, whether it has candidates, and their place in ``candidates``.
  private var flags = [UInt8](repeating: 0, count: 1 << 16)
  private var places = [UInt16](repeating: 0, count: 1 << 16)
  private var candidates: [[Candidate]] = []

  private struct Candidate {
    let marker: Int
    /// Of the pair in the marker.
    let offset: Int
  }

  /// - Parameter markers: none is shorter than ``shortest``.
  init(_ markers: [[UInt8]]) {
    self.markers = markers
    for (index, marker) in markers.enumerated() where marker.count >= Self.shortest {
      let anchor = Self.rarest(of: marker)
      for offset in [anchor, anchor + 1] {
        let pair = Int(marker[offset]) | Int(marker[offset + 1]) << 8
        if flags[pair] == 0 {
          flags[pair] = 1
          places[pair] = UInt16(candidates.count)
          candidates.append([])
        }
        candidates[Int(places[pair])].append(Candidate(marker: index, offset: offset))
      }
    }
  }

  /// Calls for each place of each marker, those of one in order.
  func each(in bytes: [UInt8], _ body: (_ marker: Int, _ place: Int) -> Void) {
    var position = 0
    while let place = next(in: bytes, from: position) {
      position = place + 2
      let pair = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      for candidate in candidates[Int(places[pair])] {
        let start = place - candidate.offset
        let marker = markers[candidate.marker]
        guard start >= 0, start + marker.count <= bytes.count,
          bytes[start..<start + marker.count].elementsEqual(marker)
        else { continue }
        body(candidate.marker, start)
      }
    }
  }

  private func next(in bytes: [UInt8], from start: Int) -> Int? {
    let place = unsafe bytes.withUnsafeBytes { bytes in
      unsafe flags.withUnsafeBufferPointer {
        unsafe clinux_next_pair(
          bytes.baseAddress, UInt(bytes.count), UInt(start), $0.baseAddress)
      }
    }
    return place < 0 ? nil : place
  }

  private static func rarest(of marker: [UInt8]) -> Int {
    (0...marker.count - 3).min { left, right in
      commonness(marker[left..<left + 3]) < commonness(marker[right..<right + 3])
    } ?? 0
  }

  /// How often bytes stand in text, roughly: lower case and blanks before punctuation before the rest.
  private static func commonness(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { sum, byte in
      switch byte {
      case 0x20, 0x61...0x7A: sum + 4
      case 0x2D, 0x2E, 0x3D, 0x3A, 0x22, 0x5F: sum + 2
      default: sum + 1
      }
    }
  }
}
