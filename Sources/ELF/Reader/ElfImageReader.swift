internal import CLibelf
package import FileTree

extension ElfImage {
  /// The kernel's own limits (Linux `fs/binfmt_elf.c`, PATH_MAX). In bytes, with the NUL.
  private static let interpreterSizes: ClosedRange<UInt64> = 2...4096
  /// Of all segments together, since they may all be the same bytes.
  static let notesLimit: UInt64 = 1 << 16

  /// Reads what a loader would read: program headers and what they lead to.
  ///
  /// Section headers aren't used, but to recognise debugging data that was split off: they may be
  /// stripped, or lie.
  ///
  /// - Parameters:
  ///   - header: as whoever maps the object reads it; nil for what the file itself says.
  ///   - mapper: nil for the kernel if the file is a program, and else for glibc.
  package init(
    reading file: borrowing OpenFile, header: ElfHeader? = nil, mapper: ObjectMapper? = nil
  ) throws(ElfReadError) {
    let header = if let header { header } else { try ElfHeader(reading: file) }
    let source = try ElfSource(file)
    let headers = try ObjectHeaders(source, header, mapper)
    let sections = SectionSigns(source, headers)
    let image: ElfImage?
    do throws(ElfReadError) {
      image = try Self.image(of: source, headers, mapper)
    } catch {
      // Nothing in split-off debugging data is where its program headers say.
      guard sections.areDebuggingData else { throw error }
      image = nil
    }
    if let image, !(image.looksSplitOff(headers) && sections.areDebuggingData) {
      self = image
    } else {
      self.init(header: header, hasLoadSegment: !headers.loads.isEmpty)
      isDebugDataOnly = true
    }
    truncation = sections.truncation
  }

  private static func image(
    of source: ElfSource, _ headers: ObjectHeaders, _ mapper: ObjectMapper?
  ) throws(ElfReadError) -> ElfImage {
    let object = try MappedObject(source, headers, mapper)
    let image = try ElfImage(source, object)
    // A program without an interpreter looks like a library until its dynamic section is read.
    guard mapper == nil, object.mapper == .glibc, image.isProgram else { return image }
    return try ElfImage(source, try MappedObject(source, headers, .kernel))
  }

  private init(_ source: ElfSource, _ object: MappedObject) throws(ElfReadError) {
    let headers = object.headers
    self.init(header: object.header, hasLoadSegment: !headers.loads.isEmpty)
    isPlain = headers.isPlain
    if let segment = headers.first(ProgramHeader.interpreter) {
      do throws(ElfReadError) {
        interpreter = try Self.interpreter(in: segment, source)
      } catch {
        // Only the kernel looks for it.
        if object.mapper == .kernel { throw error }
      }
    }
    if object.entries != nil {
      var reader = DynamicSectionReader(object)
      let isLoaded = interpreter != nil || object.mapper != .kernel
      if isLoaded {
        let check = LoadingCheck(object)
        try check.run()
        isPlain = isPlain && DynamicCheck(object).isPlain
        if object.mapper == .kernel { glibcFault = check.glibcFault }
        dynamic = try reader.read()
      } else {
        dynamic = try? reader.read()
      }
    }
    if object.mapper == .kernel, interpreter == nil, isProgram, let name = dynamic?.needed.first {
      throw .neededWithoutInterpreter(name)
    }
    readNotes(of: source, object)
  }

  /// Whether it can't be told from the program headers alone that the file isn't split-off debugging data.
  private func looksSplitOff(_ headers: ObjectHeaders) -> Bool {
    let isHollow = headers.segments.contains {
      ($0.type == ProgramHeader.dynamic || $0.type == ProgramHeader.interpreter)
        && $0.fileSize == 0 && $0.memorySize > 0
    }
    return isHollow || linkage == .static
      || interpreter.map { !$0.hasPrefix("/") || $0.bytes.contains { $0 < 0x20 } } == true
  }

  private static func interpreter(
    in segment: ProgramHeader, _ source: ElfSource
  ) throws(ElfReadError) -> ByteString {
    guard interpreterSizes.contains(segment.fileSize) else {
      throw .interpreterSize(segment.fileSize, offset: segment.offset)
    }
    let bytes = try source.bytes(
      of: .interpreter, at: segment.offset, count: segment.fileSize)
    guard bytes.last == 0 else { throw .unterminatedInterpreter(offset: segment.offset) }
    return ByteString(bytes.prefix { $0 != 0 })
  }

  // MARK: Notes

  /// Notes decide nothing about what is found, so damaged ones are as good as none.
  private mutating func readNotes(of source: ElfSource, _ object: MappedObject) {
    var levels: UInt32?
    for note in object.notes(source) {
      if note.isBuildID { buildID = buildID ?? note.descriptor }
      system = system ?? note.system(header.dataEncoding)
      if note.name == ElfNote.metadataOwner { metadataNotes.append(note) }
      levels = levels ?? note.neededISALevels(header.elfClass, header.dataEncoding)
    }
    neededISALevels = levels ?? 0
  }
}

extension MappedObject {
  /// The notes of all segments, so far as they can be read and aren't too many.
  ///
  /// Read by their places in the file, where tools look for a build id; those that a loader reads are at
  /// the same place in memory.
  func notes(_ source: ElfSource) -> [ElfNote] {
    var left = ElfImage.notesLimit
    var notes: [ElfNote] = []
    for segment in headers.segments
    where segment.type == ProgramHeader.note && segment.fileSize <= left {
      left -= segment.fileSize
      guard
        let bytes = try? source.bytes(
          of: .notes, at: segment.offset, count: segment.fileSize),
        let part = try? Libelf.notes(
          in: bytes, alignment: segment.alignment, at: segment.offset, of: header)
      else { continue }
      notes += part
    }
    return notes
  }
}
