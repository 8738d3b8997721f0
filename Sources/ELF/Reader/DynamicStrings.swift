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
    let object = try MappedObject(reading: file, as: nil, nil)
    guard let address = object.value(of: DT_STRTAB), let size = object.value(of: DT_STRSZ),
      let start = object.memory.fileOffset(of: address), start < file.size
    else { return nil }
    return start..<(start + min(size, file.size - start))
  }
}
