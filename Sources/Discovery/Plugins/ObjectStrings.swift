internal import CLinux
internal import ELF
internal import FileTree

/// The texts that are compiled into an object: NUL-terminated runs of printable ASCII in the segments
/// that hold constants.
struct ObjectStrings {
  /// Physical; nil if there is no such file.
  private let file: RootPath?
  private let root: RootView

  /// In bytes; what a program was configured with is a line of a few thousand.
  private static let textLimit = 1 << 16
  /// In texts.
  private static let countLimit = 1 << 16
  /// In bytes; no file's path is longer.
  private static let pathLimit = 4096

  /// No texts if the object can't be read.
  init(of object: ObservedObject, in root: inout RootView) {
    self.init(file: object.image == nil ? nil : object.real, &root)
  }

  /// - Parameter path: of an ELF file, in-root.
  init(at path: ByteString, in root: inout RootView) {
    self.init(file: root.resolve(path)?.real, &root)
  }

  private init(file: RootPath?, _ root: inout RootView) {
    self.file = file
    self.root = root
  }

  /// The texts that begin with one of some, each once, in the file's order.
  func beginning(with starts: ByteString...) -> [ByteString] { texts(starts, .beginning) }

  /// The texts that have one of some parts, each once, in the file's order.
  func containing(_ parts: ByteString...) -> [ByteString] { texts(parts, .containing) }

  /// The texts that are absolute paths, or lists of them.
  var paths: [ByteString] { beginning(with: "/").filter { $0.count < Self.pathLimit } }

  /// The absolute paths among the texts that have a certain part.
  func paths(containing parts: ByteString...) -> [ByteString] {
    texts(parts, .containing).filter { $0.hasPrefix("/") }
  }

  /// The absolute paths among the texts that lead to a directory of the root and have a certain part.
  func directories(containing part: ByteString, in root: inout RootView) -> [ByteString] {
    paths(containing: part).filter { root.isDirectory($0) }
  }

  /// Which of some texts are among the object's.
  func intersection(_ texts: Set<ByteString>) -> Set<ByteString> {
    Set(self.texts(texts.sorted(), .whole))
  }

  private func texts(_ parts: [ByteString], _ match: RootFacts.StringQuery.Match) -> [ByteString] {
    guard let file, !parts.isEmpty else { return [] }
    return root.store.strings(.init(file: file, parts: parts, match: match)) {
      search(file, parts, match)
    }
  }

  private func search(
    _ file: RootPath, _ parts: [ByteString], _ match: RootFacts.StringQuery.Match
  ) -> [ByteString] {
    var texts: [ByteString] = []
    var seen: Set<ByteString> = []
    for segment in root.constants(of: file) {
      let found = parts.flatMap { part in
        Self.bounds(of: part, begins: match != .containing, in: segment.bytes).filter {
          match != .whole || $0.count == part.count
        }
      }
      for bounds in parts.count > 1 ? found.sorted(by: { $0.lowerBound < $1.lowerBound }) : found {
        let text = ByteString(segment.bytes[bounds])
        if seen.insert(text).inserted { texts.append(text) }
        guard texts.count < Self.countLimit else { return texts }
      }
    }
    return texts
  }

  private static func bounds(
    of part: ByteString, begins: Bool, in bytes: [UInt8]
  ) -> [Range<Int>] {
    var all: [Range<Int>] = []
    var position = 0
    while let bounds = next(part, begins: begins, in: bytes, from: position) {
      if bounds.count <= textLimit { all.append(bounds) }
      position = bounds.endIndex
    }
    return all
  }

  private static func next(
    _ part: ByteString, begins: Bool, in bytes: [UInt8], from position: Int
  ) -> Range<Int>? {
    var (first, end): (UInt, UInt) = (0, 0)
    let isFound = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe part.bytes.withUnsafeBufferPointer { part in
        unsafe clinux_next_text(
          bytes.baseAddress, UInt(bytes.count), UInt(position), part.baseAddress,
          UInt(part.count), begins ? 1 : 0, &first, &end)
      }
    }
    return isFound == 1 ? Int(first)..<Int(end) : nil
  }
}
