package import FileTree

/// One thing that a program will ask for once it runs, beyond what its loader loads at the start.
package struct RuntimeNeed: Hashable, Sendable {
  /// What turns it on and off as a whole.
  package let topic: Topic
  package let grade: Grade
  package let evidence: Evidence
  /// What it asks for, in the order in which it would; all of it.
  package let wishes: [Wish]
  /// Whether the program fails without it; otherwise it only behaves differently.
  package let isEssential: Bool
  /// A few words for people: what it is for.
  package let purpose: String

  package init(
    topic: Topic, grade: Grade, evidence: Evidence, wishes: [Wish], isEssential: Bool,
    purpose: String
  ) {
    self.topic = topic
    self.grade = grade
    self.evidence = evidence
    self.wishes = wishes
    self.isEssential = isEssential
    self.purpose = purpose
  }
}

/// How sure it is that a program will ask for something, the surest first.
package enum Grade: Hashable, Sendable {
  /// The user asks for it.
  case requested
  /// A `.note.dlopen` of an object says so, or a script's `#!` line.
  case noted(Priority)
  /// Something that an object imports or is always leads there.
  case implied
  /// A configuration file in the root, or the code of a managed runtime, names it.
  case registered
  /// It is of the same package as the object, which names it.
  case packaged
  /// A text in an object looks like it.
  case guessed

  /// Of a `.note.dlopen`, in the words of its specification.
  package enum Priority: Int, CaseIterable, Comparable, Sendable {
    case required, recommended, suggested

    package static func < (left: Priority, right: Priority) -> Bool {
      left.rawValue < right.rawValue
    }
  }
}

extension Grade: Comparable {
  /// The surer grade is the smaller one.
  package static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .requested: 0
    case .noted(let priority): 1 + priority.rawValue
    case .implied: 5
    case .registered: 6
    case .packaged: 7
    case .guessed: 8
    }
  }
}

/// Where a need was seen.
package struct Evidence: Hashable, Sendable {
  package enum Mark: Hashable, Sendable {
    /// A symbol that the object imports.
    case symbol(ByteString)
    /// The soname of a library that is loaded.
    case soname(ByteString)
    /// A note, by its place in the file. In bytes.
    case note(offset: UInt64)
    /// A text in the file, by its place. In bytes.
    case string(ByteString, offset: UInt64)
    /// A text in the file, wherever it stands.
    case text(ByteString)
    /// A line of a text file, the first being 1.
    case line(Int)
    /// An entry of a managed assembly's metadata.
    case metadata(ByteString)
    /// The package of the object, or of one that is built with it; by its name.
    case package(ByteString)
    /// An option of the command line.
    case option(ByteString)
  }

  /// The object or configuration file, by its in-root path; nil for an option.
  package let file: ByteString?
  package let mark: Mark

  package init(file: ByteString?, mark: Mark) {
    self.file = file
    self.mark = mark
  }
}

/// What a need asks of a bundle.
package enum Wish: Hashable, Sendable {
  /// A call of `dlopen`: of the names, the first that is found counts.
  ///
  /// The caller is the object that calls, by soname or path; nil for the program.
  case library(names: [ByteString], caller: ByteString?)
  /// A file or a whole tree of the root, by an in-root path text; links on the way ship too, and the
  /// closures of ELF files in it. A destination of nil keeps the path.
  case path(ByteString, at: RootPath?)
  /// An empty directory; without an owner it is whoever's all files are.
  case directory(RootPath, permissions: UInt16, owner: FileStatus.Owner? = nil)
  /// A file that is made for the bundle.
  case generated(RootPath, [UInt8])
  /// Lines of a text file that is made for the bundle; those of several needs stand in one file, each
  /// line once.
  case lines(RootPath, [ByteString])
}

extension Wish: CustomStringConvertible {
  /// What it asks for: a place in the bundle, or one of some libraries.
  package var description: String {
    switch self {
    case .library(let names, _): names.map(\.description).joined(separator: " or ")
    case .path(let source, let place):
      place.map { "\(source) as \($0)" } ?? source.description
    case .directory(let path, _, _): "\(path)/"
    case .generated(let path, _), .lines(let path, _): path.description
    }
  }
}

extension Grade: CustomStringConvertible {
  package var description: String {
    switch self {
    case .requested: "requested"
    case .noted(let priority): "noted, \(priority)"
    case .implied: "implied"
    case .registered: "registered"
    case .packaged: "packaged"
    case .guessed: "guessed"
    }
  }
}

extension Evidence: CustomStringConvertible {
  package var description: String { text(beside: nil) }

  /// The same without the file where that is the one that a report is about.
  package func text(beside subject: ByteString?) -> String {
    let mark =
      switch mark {
      case .symbol(let name): name.description
      case .soname(let name): name.description
      case .note(let offset): "note at \(hexadecimal(offset))"
      case .string(let text, let offset): "\"\(text)\" at \(hexadecimal(offset))"
      case .text(let text): "\"\(text)\""
      case .line(let number): "line \(number)"
      case .metadata(let text): text.description
      case .package(let name): "package \(name)"
      case .option(let text): text.description
      }
    guard let file, file != subject else { return mark }
    return "\(mark) in \(file)"
  }

  private func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
