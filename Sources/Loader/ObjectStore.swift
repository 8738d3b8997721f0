internal import ELF
package import FileTree
internal import Synchronization
internal import SystemPackage

/// One ELF file as it was read: every closure that loads it holds the same one.
package final class ElfFile: Sendable {
  let image: ElfImage
  /// Who maps the object that was read; nil where that makes no difference.
  let mapper: ObjectMapper?
  /// No other file of the same store has it.
  let number: Int

  init(_ image: ElfImage, mapper: ObjectMapper? = nil, number: Int) {
    self.image = image
    self.mapper = mapper
    self.number = number
  }

  /// Whether whoever maps the object, a program with a header, makes of it what the file itself says.
  func isSame(to mapper: ObjectMapper, in own: ElfHeader?) -> Bool {
    guard image.isPlain, !image.isDebugDataOnly else { return false }
    switch mapper {
    case .glibc: return true
    case .musl:
      return own?.elfClass == image.header.elfClass
        && own?.dataEncoding == image.header.dataEncoding
    case .kernel:
      // x32 has the number of x86-64, and i386 no other class.
      return image.header.elfClass == .elf64
        ? image.header.machine != .x86 : image.header.machine != .amd64
    }
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

  /// Reads a regular file as it says that it is.
  func entry(of file: ResolvedPath) -> Entry {
    entry(file.real.text) {
      read(file.real) { file throws(ElfReadError) in
        try ElfHeader(reading: file)
      }
    }
  }

  /// Reads a regular file as whoever maps it does, where that makes a difference.
  ///
  /// - Parameter own: the header of the program that loads it.
  func entry(
    of file: ResolvedPath, mappedBy mapper: ObjectMapper, in own: ElfHeader
  ) -> Entry {
    // No path has these bytes.
    let key =
      file.real.text
      + ByteString([0, mapper.rawValue, own.elfClass.rawValue, own.dataEncoding.rawValue])
    return entry(key) {
      read(file.real, mapper) { file throws(ElfReadError) in
        switch mapper {
        case .kernel: try ElfHeader(readingAsKernel: file)
        case .glibc: try ElfHeader(reading: file)
        case .musl: try ElfHeader(reading: file, as: own)
        }
      }
    }
  }

  private func entry(_ key: ByteString, _ read: () -> Entry) -> Entry {
    if let known = entries.withLock({ $0[key] }) { return known }
    // Read outside of the lock: two loaders may do the same work, and agree on the first result.
    let entry = read()
    return entries.withLock { entries in
      if let known = entries[key] { return known }
      entries[key] = entry
      return entry
    }
  }

  private func read(
    _ path: RootPath, _ mapper: ObjectMapper? = nil,
    _ readHeader: (borrowing OpenFile) throws(ElfReadError) -> ElfHeader
  ) -> Entry {
    do {
      let file = try tree.open(path)
      let header = try readHeader(file)
      do {
        return .object(
          ElfFile(
            try ElfImage(reading: file, header: header, mapper: mapper), mapper: mapper,
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
