internal import ELF
internal import FileTree
internal import SystemPackage

/// Finds the interpreters of programs and reads out of their files how they search.
struct InterpreterFinder {
  private let workingDirectory: RootPath
  private var strings: [ByteString: InterpreterStrings?] = [:]
  private var profiles: [KnownProfile] = []

  /// A loader that was met before, and by what kind of program.
  private struct KnownProfile {
    let interpreter: ByteString
    let header: ElfHeader
    let processor: Processor
    let kind: LoaderKind
    let profile: LoaderProfile
  }

  init(workingDirectory: RootPath) {
    self.workingDirectory = workingDirectory
  }

  struct Interpreter {
    let path: ByteString
    let object: LoadedObject?
    let strings: InterpreterStrings?
    let kind: LoaderKind
  }

  /// What the kernel has against an interpreter.
  ///
  /// Source: Linux `fs/binfmt_elf.c` (`load_elf_binary`, `elf_check_arch`).
  private func mismatch(
    of interpreter: Interpreter, _ program: ElfHeader
  ) -> CandidateOutcome? {
    guard let header = interpreter.object?.image.header else { return nil }
    guard program.machine.matches(header.machine) else { return .wrongMachine(header.machine) }
    return header.elfClass == program.elfClass ? nil : .wrongClass(header.elfClass)
  }

  /// The interpreter that the subject names, or the one that a library without it would meet.
  mutating func find(
    for subject: LoadedObject, _ platform: LoaderPlatform, files: inout LoaderFiles
  ) -> (Interpreter?, SearchAttempt?) {
    if let path = subject.image.interpreter {
      var outcome = CandidateOutcome.found
      let interpreter = open(path, of: subject.image, &outcome, &files)
      outcome = mismatch(of: interpreter, subject.image.header) ?? outcome
      let attempt = SearchAttempt(
        rule: .interpreter, path: path, directory: nil, outcome: outcome)
      return (interpreter, attempt)
    }
    let musl = platform.muslArchitectures.map { ByteString("/lib/ld-musl-\($0).so.1") }
    let needed = subject.image.dynamic?.needed ?? []
    let asksForMusl = needed.contains { $0.hasPrefix("libc.musl-") || $0 == "libc.so" }
    let usual =
      asksForMusl ? musl + platform.glibcInterpreters : platform.glibcInterpreters + musl
    for path in usual {
      var outcome = CandidateOutcome.found
      let interpreter = open(path, of: subject.image, &outcome, &files)
      if let header = interpreter.object?.image.header,
        header.elfClass == subject.image.header.elfClass,
        subject.image.header.machine.matches(header.machine)
      {
        return (interpreter, nil)
      }
    }
    return (
      usual.first.map {
        Interpreter(
          path: $0, object: nil, strings: nil,
          kind: LoaderKind(interpreter: $0, of: subject.image, nil))
      }, nil
    )
  }

  private mutating func open(
    _ path: ByteString, of image: ElfImage, _ outcome: inout CandidateOutcome,
    _ files: inout LoaderFiles
  ) -> Interpreter {
    let unopened = Interpreter(
      path: path, object: nil, strings: nil, kind: LoaderKind(interpreter: path, of: image, nil))
    do {
      let file = try files.resolve(path, from: workingDirectory)
      let entry = files.entry(of: file, mappedBy: .kernel, in: ElfHeader())
      guard file.status.kind == .regular, case .object(let elf) = entry else {
        outcome = .unusable(Self.refusal(of: entry))
        return unopened
      }
      let strings = strings(of: file, files)
      return Interpreter(
        path: path,
        object: LoadedObject(openedPath: path, file: file, elf: elf, loadedBy: 0),
        strings: strings, kind: LoaderKind(interpreter: path, of: image, strings))
    } catch {
      outcome = CandidateOutcome(error)
      return unopened
    }
  }

  private static func refusal(of entry: ObjectStore.Entry) -> String {
    switch entry {
    case .damaged(_, let error): error.description
    case .object, .notElf, .unopenable: "it is no ELF file"
    }
  }

  private mutating func strings(
    of file: ResolvedPath, _ files: LoaderFiles
  ) -> InterpreterStrings? {
    if let known = strings[file.real.text] { return known }
    var found = try? files.strings(of: file.real, in: .readOnly)
    if found?.isKnownLoader == false {
      found = (try? files.strings(of: file.real, in: .executable)) ?? found
    }
    strings[file.real.text] = .some(found)
    return found
  }

  mutating func profile(
    of interpreter: Interpreter, _ platform: LoaderPlatform, _ processor: Processor
  ) -> LoaderProfile {
    var header = platform.header
    // It makes no difference to the loader whether a program has a fixed address.
    header.type = .sharedObject
    let known = profiles.first {
      $0.interpreter == interpreter.path && $0.header == header && $0.processor == processor
        && $0.kind == interpreter.kind
    }
    if let known { return known.profile }
    let profile = makeProfile(interpreter, platform, processor)
    profiles.append(
      KnownProfile(
        interpreter: interpreter.path, header: header, processor: processor,
        kind: interpreter.kind, profile: profile))
    return profile
  }

  private func makeProfile(
    _ interpreter: Interpreter, _ platform: LoaderPlatform, _ processor: Processor
  ) -> LoaderProfile {
    switch interpreter.kind {
    case .foreign(let loader):
      .foreign(
        loader, interpreter: interpreter.path, soname: interpreter.object?.image.dynamic?.soname,
        platform.header)
    case .libc(.musl):
      .musl(interpreter: interpreter.path, strings: interpreter.strings, platform: platform)
    case .libc(.glibc):
      .glibc(
        interpreter: interpreter.path, soname: interpreter.object?.image.dynamic?.soname,
        strings: interpreter.strings, platform: platform, processor: processor)
    }
  }
}
