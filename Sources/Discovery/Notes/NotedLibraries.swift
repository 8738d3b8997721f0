internal import ELF
internal import FileTree

/// What `.note.dlopen` notes declare.
struct NotedLibraries: NeedSource {
  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    let notes = (object.image?.metadataNotes ?? []).filter { $0.type == ElfNote.dlopenMetadata }
    let elements = notes.flatMap { note in
      (DlopenMetadata.elements(of: note.descriptor) ?? []).map { (note: note, element: $0) }
    }
    // The elements of one feature belong together: it works with all of them or not at all.
    var priorities: [String: Grade.Priority] = [:]
    for case (_, let element) in elements {
      guard let feature = element.feature else { continue }
      priorities[feature] = min(priorities[feature] ?? .suggested, element.priority)
    }
    return elements.map { note, element in
      let priority = element.feature.flatMap { priorities[$0] } ?? element.priority
      return RuntimeNeed(
        topic: .notes, grade: .noted(priority),
        evidence: Evidence(file: object.path, mark: .note(offset: note.offset)),
        wishes: [
          .library(names: element.sonames.map { ByteString($0) }, caller: object.caller)
        ],
        isEssential: priority == .required, purpose: Self.purpose(of: element))
    }
  }

  /// The notes of an object that can't be understood, by their places. In bytes.
  static func damagedNotes(of image: ElfImage) -> [UInt64] {
    image.metadataNotes.filter {
      $0.type == ElfNote.dlopenMetadata && DlopenMetadata.elements(of: $0.descriptor) == nil
    }.map(\.offset)
  }

  private static func purpose(of element: DlopenMetadata) -> String {
    // The note's own words, which may be hostile: escaped as a file's name is.
    [element.feature, element.description].compactMap(\.self)
      .map { ByteString($0).description }.joined(separator: ": ")
  }
}
