internal import CLibelf
package import FileTree

extension ElfImage {
  /// Where an object keeps the names of its symbols and libraries, from the file's beginning. In bytes; nil
  /// for one without.
  ///
  /// Source: the gABI, "Dynamic Section" (DT_STRTAB, DT_STRSZ).
  package static func dynamicStrings(
    of file: borrowing OpenFile
  ) throws(ElfReadError) -> Range<UInt64>? {
    let elf = try LibelfHandle(file)
    let segments = try segments(of: elf, fileSize: file.size)
    let entries = try dynamicEntries(of: elf, segments)
    func value(_ tag: Int32) -> UInt64? {
      entries.last { $0.d_tag == Int64(tag) }.map { unsafe $0.d_un.d_ptr }
    }
    guard let address = value(DT_STRTAB), let size = value(DT_STRSZ),
      let segment = segments.first(where: {
        $0.p_type == UInt32(PT_LOAD) && address >= $0.p_vaddr
          && address - $0.p_vaddr < $0.p_filesz
      })
    else { return nil }
    let (start, overflows) = segment.p_offset.addingReportingOverflow(address - segment.p_vaddr)
    guard !overflows, start < file.size else { return nil }
    return start..<(start + min(size, file.size - start))
  }
}
