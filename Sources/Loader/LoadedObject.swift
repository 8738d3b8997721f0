package import ELF
package import FileTree

/// One object in the closure.
///
/// A class, since graphs hold many and their files' facts are shared.
package final class LoadedObject: Sendable {
  /// The path that the loader opens: links unresolved, `..` and all.
  package let openedPath: ByteString
  package let file: ResolvedPath
  /// Shared with other graphs.
  let elf: ElfFile
  /// The object whose request loaded it, by its place in the graph; nil for the subject.
  package let loadedBy: Int?
  package let residence: Residence

  /// Where an object stays.
  package enum Residence: Hashable, Sendable {
    case program
    /// In a namespace of its own, to watch the program.
    case audit
    /// It was unloaded again, with all that came with it, for a reason.
    case unloaded(String)
  }

  init(
    openedPath: ByteString, file: ResolvedPath, elf: ElfFile, loadedBy: Int?,
    residence: Residence = .program
  ) {
    self.openedPath = openedPath
    self.file = file
    self.elf = elf
    self.loadedBy = loadedBy
    self.residence = residence
  }

  package var image: ElfImage { elf.image }

  /// Who maps it into memory; nil where that makes no difference.
  package var mapper: ObjectMapper? { elf.mapper }

  package var isUnloaded: Bool {
    if case .unloaded = residence { true } else { false }
  }

  /// The same object, in another place.
  func moved(to residence: Residence) -> LoadedObject {
    LoadedObject(
      openedPath: openedPath, file: file, elf: elf, loadedBy: loadedBy, residence: residence)
  }
}

extension LoadedObject {
  /// The value of `$ORIGIN`: the program's real directory, but a library's by the path that it was
  /// found by. glibc makes that absolute (`elf/dl-object.c`, `_dl_new_object`), musl leaves it.
  func origin(isMainProgram: Bool, workingDirectory: RootPath?) -> ByteString {
    let path = isMainProgram && image.isProgram ? file.real.text : openedPath
    guard let workingDirectory, !path.hasPrefix("/") else { return path.directoryPart }
    return (workingDirectory.text + "/" + path).directoryPart
  }
}

extension LoadedObject {
  /// Whether a user's word is the object's soname, its file's name or its path.
  package func answers(to word: ByteString) -> Bool {
    openedPath == word || file.real.text == word || image.dynamic?.soname == word
      || file.real.name == word
  }
}
