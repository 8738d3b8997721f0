import ELF
import FileTree

/// The texts that are compiled into an object: NUL-terminated runs of printable ASCII in the segments
/// that hold constants.
struct ObjectStrings {
  private let segments: [[UInt8]]

  /// Of all segments together; the largest host, a database server, has some ten. In bytes.
  private static let contentLimit: UInt64 = 48 << 20
  /// In bytes; what a program was configured with is a line of a few thousand.
  private static let textLimit = 1 << 16
  /// In texts.
  private static let countLimit = 1 << 16

  /// No texts if the object can't be read.
  init(of object: ObservedObject, in root: inout RootView) {
    self.init(at: object.image == nil ? nil : object.path, in: &root)
  }

  /// - Parameter path: of an ELF file, in-root; nil for no texts.
  init(at path: ByteString?, in root: inout RootView) {
    var segments: [[UInt8]] = []
    for kind in [ElfImage.ConstantSegments.readOnly, .executable] {
      guard let path, let file = try? root.open(path) else { break }
      segments += (try? ElfImage.constants(of: file, in: kind, limit: Self.contentLimit)) ?? []
    }
    self.segments = segments
  }

  /// The texts that are wanted, each once, in the file's order; read-only segments come first.
  func texts(where isWanted: (ArraySlice<UInt8>) -> Bool) -> [ByteString] {
    var texts: [ByteString] = []
    var seen: Set<ByteString> = []
    let terminator: [UInt8] = [0]
    for segment in segments {
      var start = 0
      while let end = find(terminator, in: segment, from: start) {
        var first = end
        while first > start, Self.isPrintable(segment[first - 1]) { first -= 1 }
        start = end + 1
        guard first < end, end - first <= Self.textLimit, isWanted(segment[first..<end])
        else { continue }
        let text = ByteString(segment[first..<end])
        if seen.insert(text).inserted { texts.append(text) }
        guard texts.count < Self.countLimit else { return texts }
      }
    }
    return texts
  }

  /// Lines may end and have tabs within a text.
  private static func isPrintable(_ byte: UInt8) -> Bool {
    (byte >= 0x20 && byte <= 0x7E) || byte == 0x0A || byte == 0x09
  }

  /// The absolute paths among the texts that lead to a directory of the root and have a certain part.
  func directories(containing part: ByteString, in root: inout RootView) -> [ByteString] {
    let candidates = texts {
      $0.first == UInt8(ascii: "/")
        && ConfigurationText.contains(part, in: ByteString($0))
    }
    return candidates.filter { root.isDirectory($0) }
  }

  /// Which of some texts are among the object's.
  func intersection(_ texts: Set<ByteString>) -> Set<ByteString> {
    let lengths = Set(texts.map(\.count))
    return Set(
      self.texts { lengths.contains($0.count) && texts.contains(ByteString($0)) })
  }
}
