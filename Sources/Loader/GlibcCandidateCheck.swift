internal import ELF
internal import FileTree

/// What glibc's loader thinks of a file that stands where a library is looked for.
///
/// Source: glibc `elf/dl-load.c` (`open_verify`, `_dl_map_object_from_fd`).
struct GlibcCandidateCheck {
  let subject: ElfHeader
  let judgesMachineFirst: Bool

  enum Verdict {
    case usable(ElfFile)
    case refused(CandidateOutcome)
  }

  /// What `open_verify` makes of a file: another class or machine is passed over, any other fault
  /// is the end of the search.
  func judge(
    _ file: ResolvedPath, _ files: inout LoaderFiles
  ) -> Verdict {
    guard file.status.kind == .regular else {
      return .refused(.unusable("it is a \(file.status.kind)"))
    }
    switch files.entry(of: file, mappedBy: .glibc, in: subject) {
    case .unopenable(let error): return .refused(CandidateOutcome(error))
    case .notElf(.unknownClass(let value)) where file.status.size >= subject.size:
      return .refused(.unknownClass(value))
    case .notElf(let error): return .refused(.unusable(error.description))
    case .damaged(let header, let error):
      return .refused(refusal(of: header) ?? .unusable(error.description))
    case .object(let elf):
      let image = elf.image
      if let refusal = refusal(of: image.header) { return .refused(refusal) }
      guard !image.isDebugDataOnly else {
        return .refused(.unusable("it holds only the debugging data of a library"))
      }
      guard image.hasLoadSegment else {
        return .refused(.unusable("it has no loadable segments"))
      }
      guard image.dynamic != nil else { return .refused(.unusable("it has no dynamic section")) }
      guard image.header.type == .sharedObject, image.dynamic?.flags1.contains(.pie) == false else {
        return .refused(.unusable("it is a program"))
      }
      return .usable(elf)
    }
  }

  private func refusal(of header: ElfHeader) -> CandidateOutcome? {
    guard header.elfClass == subject.elfClass else { return .wrongClass(header.elfClass) }
    if judgesMachineFirst, !subject.machine.matches(header.machine(readIn: subject.dataEncoding)) {
      return .wrongMachine(header.machine)
    }
    guard header.dataEncoding == subject.dataEncoding else {
      return .unusable("its byte order is the other one")
    }
    guard header.identVersion == 1, header.version == 1, subject.machine.takesABI(of: header),
      header.paddingIsZero
    else { return .unusable("its ELF header has a version, an OS ABI or padding of another kind") }
    guard subject.machine.matches(header.machine) else { return .wrongMachine(header.machine) }
    guard subject.flagsMatch(header) else { return .wrongABI(flags: header.flags) }
    guard header.type == .sharedObject || header.type == .executable else {
      return .unusable("it is neither a shared object nor a program")
    }
    guard header.programHeaderSize == (header.elfClass == .elf64 ? 56 : 32) else {
      return .unusable("its program headers have an unexpected size")
    }
    return nil
  }
}

extension ElfHeader {
  /// In bytes.
  fileprivate var size: UInt64 { elfClass == .elf64 ? 64 : 52 }

  /// What stands for the machine to a reader of one byte order, whatever the file's own.
  fileprivate func machine(readIn encoding: DataEncoding) -> Machine {
    dataEncoding == encoding ? machine : Machine(rawValue: machine.rawValue.byteSwapped)
  }
}
