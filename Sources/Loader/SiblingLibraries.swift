package import ELF
package import FileTree

/// The libraries of programs' trees by their sonames.
///
/// A program may open a library by its path, and then others that ask for it by its soname and would
/// not find it by themselves: Java's launcher does so with libjvm.so. For glibc a name that a loaded
/// object bears needs no search; musl knows only the names that it searched itself.
///
/// Source: glibc `elf/dl-load.c` (`_dl_map_object`); musl `ldso/dynlink.c` (`load_library`, `shortname`).
package struct SiblingLibraries: Sendable {
  private struct Library: Hashable {
    let path: RootPath
    let header: ElfHeader
  }

  private var libraries: [ByteString: [Library]] = [:]
  private var seen: Set<RootPath> = []
  /// What programs load by themselves, which is there for all that they open.
  private var loaded: Set<RootPath> = []
  /// Directories that were looked through.
  private var tops: Set<RootPath> = []
  /// Whether all that there is belongs to one program, wherever it lies.
  package var isOneProgram = false

  /// How far above a library the directory may be that it has in common with another one of its program.
  private static let levelLimit = 3
  /// In entries of one tree; programs that bring their own libraries have some thousands.
  private static let entryLimit = 1 << 14

  package init() {}

  /// - Parameter path: links resolved.
  package mutating func add(_ image: ElfImage, at path: RootPath) {
    guard !image.isProgram, let soname = image.dynamic?.soname, seen.insert(path).inserted else {
      return
    }
    libraries[soname, default: []].append(Library(path: path, header: image.header))
  }

  /// Adds what a program loads, when all that can open libraries are programs that are added.
  package mutating func add(loadedBy program: ClosureGraph) {
    for object in program.objects where object.residence == .program {
      add(object.image, at: object.file.real)
      loaded.insert(object.file.real)
    }
  }

  /// Whether a program loads a library by itself.
  package func isLoaded(_ library: RootPath) -> Bool { loaded.contains(library) }

  /// Adds the libraries in the tree that a library belongs to, each tree once.
  ///
  /// - Parameter limit: a directory that the tree doesn't reach beyond.
  package mutating func addSiblings(
    of library: RootPath, in tree: any FileTree, within limit: RootPath = .root
  ) {
    let top = Self.top(of: library, within: limit)
    guard let top, tops.insert(top).inserted else { return }
    var pending = [top]
    var left = Self.entryLimit
    while let directory = pending.popLast() {
      for name in (try? tree.names(in: directory)) ?? [] {
        guard left > 0 else { return }
        left -= 1
        let path = directory.appending(name)
        switch (try? tree.status(of: path))?.kind {
        case .directory: pending.append(path)
        case .regular where Self.isLibraryName(name) && !seen.contains(path):
          guard let file = try? tree.open(path), let image = try? ElfImage(reading: file) else {
            continue
          }
          add(image, at: path)
        default: break
        }
      }
    }
  }

  /// The library whose name answers a request that a search doesn't, if a program opens it before; the
  /// nearest of several.
  ///
  /// - Parameters:
  ///   - place: where the library lies whose closure misses it.
  ///   - limit: a directory that the program's tree doesn't reach beyond.
  package func provider(
    of request: LibraryRequest, in graph: ClosureGraph, at place: RootPath,
    within limit: RootPath = .root
  ) -> RootPath? {
    guard graph.libc == .glibc, request.kind == .needed else { return nil }
    let header = graph.subject.image.header
    let fitting = (libraries[request.expandedName] ?? []).filter { library in
      library.header.machine == header.machine && library.header.elfClass == header.elfClass
        && library.header.dataEncoding == header.dataEncoding && library.path != place
        && library.path.isInside(limit)
    }
    let ranked = fitting.compactMap { library in
      nearness(of: library.path, to: place).map { (nearness: $0, path: library.path) }
    }
    return ranked.max { ($0.nearness, $1.path) < ($1.nearness, $0.path) }?.path
  }

  // MARK: Trees of programs

  /// How many directories on the way to two files of one program are the same; nil for files of two.
  private func nearness(of other: RootPath, to library: RootPath) -> Int? {
    let (own, others) = (library.parent.names, other.parent.names)
    let common = zip(own, others).prefix { $0 == $1 }.count
    if isOneProgram || loaded.contains(other) { return common }
    guard own.count - common <= Self.levelLimit, !Self.isShared(Array(own.prefix(common))) else {
      return nil
    }
    return common
  }

  /// The directory with all that may belong to a library's program; nil where everything near is shared.
  private static func top(of library: RootPath, within limit: RootPath) -> RootPath? {
    let names = library.parent.names
    let highest = max(1, names.count - levelLimit, limit.names.count)
    guard highest <= names.count else { return nil }
    return (highest...names.count).map { Array(names.prefix($0)) }.first { !isShared($0) }.map {
      $0.reduce(.root) { $0.appending($1) }
    }
  }

  /// Directories with files of many programs (hier(7)), and what distributions have beside them.
  private static let shared: Set<RootPath> = [
    "/", "/bin", "/sbin", "/usr", "/usr/bin", "/usr/sbin", "/usr/libexec", "/usr/share",
    "/usr/local", "/usr/local/bin", "/usr/local/libexec", "/usr/local/share", "/opt", "/srv",
    "/home", "/root", "/tmp", "/var", "/var/lib", "/var/opt", "/var/tmp", "/mnt", "/media",
    "/usr/lib/jvm", "/usr/lib/python3", "/usr/lib/python3/dist-packages",
  ]

  private static func isShared(_ names: [ByteString]) -> Bool {
    let directory = names.reduce(RootPath.root) { $0.appending($1) }
    if shared.contains(directory) || directory.parent == "/home" { return true }
    // `/usr/lib64` and its like, and Debian's directories for one machine each.
    let isLibrary = { (path: RootPath) in
      ["/", "/usr", "/usr/local"].contains(path.parent) && path.name.hasPrefix("lib")
        && path.name != "libexec"
    }
    return isLibrary(directory)
      || isLibrary(directory.parent) && directory.name.description.contains("-linux-")
  }

  private static func isLibraryName(_ name: ByteString) -> Bool {
    name.hasSuffix(".so") || name.description.contains(".so.")
  }
}

extension Loader {
  /// Builds the closures of a library for a program that has opened others before.
  ///
  /// - Parameter earlier: in-root paths; one with a blank or a colon can't be told to a loader this way
  ///   and is left out.
  package func closures(
    of path: ByteString, openedAfter earlier: [RootPath]
  ) throws(LoaderError) -> ProgramClosures {
    let names = earlier.map(\.text.bytes).filter { $0.allSatisfy { !" :\t\n".utf8.contains($0) } }
    var loader = self
    loader.environment.variables.preload = ByteString(
      Array(names.joined(separator: [UInt8(ascii: ":")])))
    return try loader.closures(of: path)
  }
}
