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

  @Test func `a file that shrinks and grows while it is read gives an image or an error`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/file"
    try directory.write(Self.bytes, to: "file")
    let isDone = Atomic(false)
    let writer = Thread {
      var size = 0
      while !isDone.load(ordering: .relaxed) {
        size = (size + 97) % Self.bytes.count
        truncate(path, size)
        truncate(path, Self.bytes.count)
      }
      isDone.store(false, ordering: .relaxed)
    }
    writer.start()
    var errors = 0
    for _ in 0..<2000 {
      do {
        _ = try ElfImage(reading: directory.tree.open("/file"))
      } catch {
        errors += 1
      }
    }
    isDone.store(true, ordering: .relaxed)
    while isDone.load(ordering: .relaxed) { usleep(100) }
    // The writer leaves zeros behind: what matters is that the process is there to tell.
    #expect(errors > 0)
  }
}
