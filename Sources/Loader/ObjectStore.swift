internal import ELF
package import FileTree
internal import Synchronization
internal import SystemPackage

/// One ELF file as it was read: every closure that loads it holds the same one.
package final class ElfFile: Sendable {
  let image: ElfImage
  /// No other file of the same store has it.
  let number: Int

  init(_ image: ElfImage, number: Int) {
    self.image = image
    self.number = number
  }
}

/// What was read of a tree's ELF files, shared by all loaders of that tree.
///
/// Several loaders may read at the same time; each file is kept once.
package final class ObjectStore: Sendable {
  /// What reading one file gave.
  enum Entry {
    case object(ElfFile)
    /// The header can be read, and something behind it can't.
    case damaged(ElfHeader, ElfReadError)
    case notElf(ElfReadError)
    case unopenable(Errno)
  }

  private let tree: any FileTree
  private let entries = Mutex<[ByteString: Entry]>([:])
  private let nextNumber = Atomic(0)

  package init(tree: any FileTree) {
    self.tree = tree
  }

  /// Reads a regular file.
  func entry(of file: ResolvedPath) -> Entry {
    if let known = entries.withLock({ $0[file.real.text] }) { return known }
    // Read outside of the lock: two loaders may do the same work, and agree on the first result.
    let entry = read(file.real)
    return entries.withLock { entries in
      if let known = entries[file.real.text] { return known }
      entries[file.real.text] = entry
      return entry
    }
  }

  /// Reads a file in a byte order that its header doesn't tell, as musl's loader does with its own.
  func entry(of file: ResolvedPath, readIn encoding: ElfHeader.DataEncoding) -> Entry {
    // No path has this byte.
    let key = file.real.text + ByteString([0, encoding.rawValue])
    if let known = entries.withLock({ $0[key] }) { return known }
    let entry = read(file.real, in: encoding)
    entries.withLock { $0[key] = entry }
    return entry
  }

  private func read(_ path: RootPath, in encoding: ElfHeader.DataEncoding) -> Entry {
    do {
      guard var bytes = try tree.open(path).readAll(limit: Self.wholeFileLimit),
        bytes.count > Self.encodingOffset
      else { return .notElf(.empty) }
      bytes[Self.encodingOffset] = encoding.rawValue
      let copy = OpenFile(bytes: bytes)
      return .object(
        ElfFile(
          try ElfImage(reading: copy), number: nextNumber.add(1, ordering: .relaxed).oldValue))
    } catch let error as ElfReadError {
      return .notElf(error)
    } catch {
      return .unopenable(.ioError)
    }
  }

  /// EI_DATA.
  private static let encodingOffset = 5
  /// In bytes.
  private static let wholeFileLimit = 64 << 20

  private func read(_ path: RootPath) -> Entry {
    do {
      let file = try tree.open(path)
      let header = try ElfHeader(reading: file)
      do {
        return .object(
          ElfFile(
            try ElfImage(reading: file, header: header),
            number: nextNumber.add(1, ordering: .relaxed).oldValue))
      } catch {
        return .damaged(header, error)
      }
    } catch let error as ElfReadError {
      return .notElf(error)
    } catch let error as Errno {
      return .unopenable(error)
    } catch {
      return .unopenable(.ioError)
    }
  }
}
