package import ELF
internal import FoundationEssentials

/// What a `.note.package` says of the package that an object was built for.
///
/// Source: the UAPI group's specification "Package Metadata for Executable Files".
package struct PackageMetadata: Hashable, Sendable, Codable {
  package let type: String?
  package let name: String?
  package let version: String?
  package let architecture: String?
  package let osCpe: String?
  package let purl: String?
  package let debugInfoUrl: String?

  /// The first note that can be understood; nil if there is none.
  package init?(_ image: ElfImage) {
    let notes = image.metadataNotes.lazy.filter { $0.type == ElfNote.packageMetadata }
    let decoded = notes.compactMap { note in
      try? JSONDecoder().decode(
        PackageMetadata.self, from: Data(note.descriptor.prefix { $0 != 0 }))
    }.first
    guard let decoded else { return nil }
    self = decoded
  }
}
