import ELF
import FileTree
import Foundation
import Synchronization
import TestSupport
import Testing

/// Files that lose bytes between their opening and their reading: mapped ones would end the process by
/// SIGBUS.
struct ShrinkingFileTests {
  /// Two pages of a file that is whole.
  static let bytes: [UInt8] = {
    let image = ElfImage(
      interpreter: "/lib/ld.so",
      dynamic: DynamicSection(soname: "libself.so", needed: ["liba.so"], runpath: "/u"))
    return ElfBuilder.bytes(of: image, symbols: .auditor) + [UInt8](repeating: 0, count: 8192)
  }()

  @Test func `a file that has shrunk since it was opened is an error`() throws {
    let directory = try TemporaryDirectory()
    for size in [0, 3, 40, 64, 100, 200, 300] {
      try directory.write(Self.bytes, to: "file")
      let file = try directory.tree.open("/file")
      #expect(truncate(directory.path + "/file", size) == 0)
      #expect(isError { () throws(ElfReadError) in _ = try ElfImage(reading: file) })
      #expect(
        isError { () throws(ElfReadError) in
          _ = try ElfImage.symbols(["la_version"], areDefinedIn: file)
        })
      #expect(
        isError { () throws(ElfReadError) in
          _ = try ElfImage.constants(of: file, in: .readOnly, limit: 1 << 20)
        })
    }
  }

  func isError(_ body: () throws(ElfReadError) -> Void) -> Bool {
    do {
      try body()
      return false
    } catch {
      return true
    }
  }

  /// A dynamic section of many pages, which takes some time to be read.
  static let longBytes: [UInt8] = {
    let file = RawElf(segments: [], content: [])
    // DT_DEBUG, which means nothing to a file, DT_STRTAB, and DT_NULL.
    let entry = file.word(21) + file.word(0)
    let content =
      Array(repeatElement(entry, count: 20_000).joined()) + file.word(5) + file.word(0)
      + file.word(0) + file.word(0)
    return RawElf.library(dynamic: 0..<content.count, content: content).bytes
  }()

  @Test func `a file that shrinks and grows while it is read gives an image or an error`() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.longBytes, to: "file")
    let descriptor = open(directory.path + "/file", O_RDWR)
    defer { close(descriptor) }
    let isDone = Atomic(false)
    let writer = Thread {
      while !isDone.load(ordering: .relaxed) {
        ftruncate(descriptor, 256)
        pwrite(descriptor, Self.longBytes, Self.longBytes.count, 0)
        usleep(100)
      }
      isDone.store(false, ordering: .relaxed)
    }
    writer.start()
    var results = (images: 0, errors: 0)
    for _ in 0..<300 {
      do {
        _ = try ElfImage(reading: directory.tree.open("/file"))
        results.images += 1
      } catch {
        results.errors += 1
      }
    }
    isDone.store(true, ordering: .relaxed)
    while isDone.load(ordering: .relaxed) { usleep(100) }
    // A mapped file would have ended the process.
    #expect(results.images + results.errors == 300)
  }
}
