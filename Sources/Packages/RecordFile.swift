internal import FileTree
internal import Glibc

/// Reading the files of a database, none of which is larger than a real one would ever be.
enum RecordFile {
  /// Of one file. In bytes: all packages of a distribution in one file are 60 MB.
  static let sizeLimit = 128 << 20
  /// Longer paths can't be opened (`PATH_MAX`). In bytes.
  static let pathLimit = 4096

  /// The whole file; nil if it can't be read or is too large.
  static func read(_ path: RootPath, in tree: any FileTree) -> [UInt8]? {
    (try? tree.open(path).readAll(limit: sizeLimit)) ?? nil
  }

  static func isDirectory(_ path: RootPath, in tree: any FileTree) -> Bool {
    (try? tree.status(of: path))?.kind == .directory
  }

  /// Calls for each line without its end, until a call says that it is enough.
  static func eachLine(of bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Bool) {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = lineEnd(of: bytes, from: start)
      guard body(bytes[start..<end]) else { return }
      start = end + 1
    }
  }

  /// Where the line that begins at a place ends.
  static func lineEnd(of bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    let length = unsafe bytes[start...].withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress,
        let place = unsafe memchr(base, Int32(UInt8(ascii: "\n")), bytes.count)
      else { return nil }
      return unsafe UnsafeRawPointer(place) - base
    }
    return length.map { start + $0 } ?? bytes.endIndex
  }
}

extension ArraySlice<UInt8> {
  /// What stands behind the first bytes, if they are these.
  func dropping(prefix: String) -> ArraySlice<UInt8>? {
    starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
  }

  /// The parts between blanks, without empty ones.
  var words: [ArraySlice<UInt8>] {
    split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (byte >= 9 && byte <= 13) }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return [] }
    return self[first...last]
  }
}
