import FileTree
import Testing

@testable import Archive

/// An input that is broken in one way, and what has to be said of it.
struct Broken<Cause: Sendable>: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let place: ArchivePlace
  let cause: Cause

  var testDescription: String { name }

  init(_ name: String, _ bytes: [UInt8], at place: ArchivePlace, _ cause: Cause) {
    (self.name, self.bytes, self.place, self.cause) = (name, bytes, place, cause)
  }

  init(_ name: String, _ archive: RawTar, at place: ArchivePlace, _ cause: Cause) {
    self.init(name, archive.complete, at: place, cause)
  }
}

extension ArchivePlace {
  /// Of a member, by its header.
  static func member(_ name: ByteString, at offset: UInt64 = 0) -> ArchivePlace {
    ArchivePlace(offset: offset, name: name)
  }

  /// Of a header that isn't a member's yet.
  static func header(at offset: UInt64 = 0) -> ArchivePlace {
    ArchivePlace(offset: offset)
  }
}
