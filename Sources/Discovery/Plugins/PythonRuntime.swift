internal import ELF
internal import FileTree

/// The library tree of CPython, and the installed packages.
///
/// Source: CPython `Modules/getpath.py` (the search for the landmark `os.py` upwards from the program or
/// the library, `pyvenv.cfg`, the compiled-in prefix) and `Lib/site.py` (site directories and `.pth`
/// files; Debian's patch of it for `dist-packages`).
struct PythonRuntime: NeedSource {
  private let topic = Topic("python")
  private var known: Set<ByteString> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.image != nil, let version = Self.version(of: object) else { return [] }
    var needs: [RuntimeNeed] = []
    let environment = Self.environment(of: object, in: &root)
    if let environment {
      needs += environmentNeeds(environment, version, of: object, in: &root)
    }
    let prefix = Self.prefix(
      version, from: environment?.home ?? object.real.parent.text, of: object, in: &root)
    guard let prefix else { return needs }
    for library in ["/lib", "/lib64"] as [ByteString] {
      needs += libraryNeeds(prefix + library + "/python" + version, of: object, in: &root)
    }
    needs += siteNeeds(prefix, version, of: object, in: &root)
    return needs
  }

  /// `3.11` of a program `python3.11` or a library `libpython3.11.so.1.0`, with the sign of a
  /// free-threaded build; nil for everything else.
  private static func version(of object: ObservedObject) -> ByteString? {
    let name = object.name
    let isLibrary = name.hasPrefix("libpython")
    guard isLibrary || (object.image?.isProgram == true && object.real.name.hasPrefix("python"))
    else { return nil }
    let tail =
      isLibrary
      ? name.bytes.dropFirst("libpython".utf8.count)
      : object.real.name.bytes.dropFirst("python".utf8.count)
    let version = tail.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }
    let parts = version.split(separator: UInt8(ascii: "."))
    guard parts.count >= 2 else { return nil }
    let isFreeThreaded = tail[version.endIndex...].first == UInt8(ascii: "t")
    return ByteString(parts[0]) + "." + ByteString(parts[1]) + (isFreeThreaded ? "t" : "")
  }

  // MARK: Where the tree is

  /// The directory that has `lib/python3.11/os.py`: upwards from a directory, or compiled in.
  private static func prefix(
    _ version: ByteString, from start: ByteString, of object: ObservedObject,
    in root: inout RootView
  ) -> ByteString? {
    func isPrefix(_ directory: ByteString, _ root: inout RootView) -> Bool {
      for library in ["/lib", "/lib64"] as [ByteString] {
        for landmark in ["/os.py", "/os.pyc"] as [ByteString]
        where root.isFile(directory + library + "/python" + version + landmark) { return true }
      }
      return false
    }
    var directory = RootPath(normalising: start)
    while true {
      let text: ByteString = directory.isRoot ? "" : directory.text
      if isPrefix(text, &root) { return text }
      guard !directory.isRoot else { break }
      directory = directory.parent
    }
    return ObjectStrings(of: object, in: &root).paths.first {
      root.isDirectory($0) && isPrefix($0, &root)
    }
  }

  private struct VirtualEnvironment {
    let directory: ByteString
    /// The `bin` directory of the interpreter that it was made of.
    let home: ByteString?
    let configuration: ByteString
    let line: Int
  }

  /// The virtual environment that the program's path, its links unresolved, lies in.
  private static func environment(
    of object: ObservedObject, in root: inout RootView
  ) -> VirtualEnvironment? {
    guard object.image?.isProgram == true else { return nil }
    let bin = object.path.directoryPart
    for directory in [bin.directoryPart, bin] {
      let path = ConfigurationText.path("pyvenv.cfg", in: directory)
      guard root.isFile(path) else { continue }
      let home = SectionedFile.entries(at: path, in: &root).first {
        ConfigurationText.lowercased($0.key) == "home"
      }
      return VirtualEnvironment(
        directory: directory, home: home?.value, configuration: path, line: home?.line ?? 1)
    }
    return nil
  }

  // MARK: What is taken of it

  private mutating func environmentNeeds(
    _ environment: VirtualEnvironment, _ version: ByteString, of object: ObservedObject,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    let evidence = Evidence.line(environment.line, of: environment.configuration)
    var needs = [
      topic.registered(
        evidence, [.path(environment.configuration, at: nil)], isEssential: true,
        purpose: "the virtual environment of Python")
    ]
    for library in ["/lib", "/lib64"] as [ByteString] {
      let site = environment.directory + library + "/python" + version + "/site-packages"
      needs += packageNeeds(in: site, evidence, &root)
    }
    return needs
  }

  private mutating func libraryNeeds(
    _ directory: ByteString, of object: ObservedObject, in root: inout RootView
  ) -> [RuntimeNeed] {
    guard isNew(directory, &root) else { return [] }
    let wishes = TreeSelection.wishes(for: directory, in: &root, leavingOut: Self.isLeftOut)
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "the standard library of Python")
    ]
  }

  /// Directories that only hold tests, an editor, or what programs are linked with.
  ///
  /// Source: what Debian splits off into `libpython3-testsuite`, `idle` and `libpython3-dev`.
  private static func isLeftOut(_ names: [ByteString]) -> Bool {
    guard let last = names.last else { return false }
    if isCompiled(names) { return true }
    if names.count == 1 {
      return ["test", "idlelib", "turtledemo"].contains(last) || last.hasPrefix("config-")
        // They are looked through on their own.
        || last == "site-packages" || last == "dist-packages"
    }
    return names.count == 2 && (last == "test" || last == "tests")
  }

  /// What Python compiled is valid for a source with its date, which no file has in a bundle; a
  /// module without source doesn't lie there.
  ///
  /// Source: CPython `Lib/importlib/_bootstrap_external.py` (`_validate_timestamp_pyc`), PEP 3147.
  private static func isCompiled(_ names: [ByteString]) -> Bool { names.last == "__pycache__" }

  private mutating func siteNeeds(
    _ prefix: ByteString, _ version: ByteString, of object: ObservedObject,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    let directories: [ByteString] = [
      "/lib/python" + version + "/site-packages", "/lib64/python" + version + "/site-packages",
      "/local/lib/python" + version + "/dist-packages", "/lib/python3/dist-packages",
      "/lib/python" + version + "/dist-packages",
    ]
    return directories.flatMap { packageNeeds(in: prefix + $0, .host(object), &root) }
  }

  /// A site directory, and the directories that path files in it add.
  private mutating func packageNeeds(
    in site: ByteString, _ evidence: Evidence, _ root: inout RootView
  ) -> [RuntimeNeed] {
    guard isNew(site, &root), !root.names(in: site).isEmpty else { return [] }
    var needs = [
      topic.registered(
        evidence, TreeSelection.wishes(for: site, in: &root, leavingOut: Self.isCompiled),
        isEssential: true,
        purpose: "installed packages of Python")
    ]
    for name in root.names(in: site) where name.hasSuffix(".pth") {
      let file = site + "/" + name
      for (number, line) in root.lines(at: file) {
        let text = ConfigurationText.trim(line)
        guard !text.isEmpty, !text.hasPrefix("#"), !text.hasPrefix("import ") else { continue }
        let directory = ConfigurationText.path(text, in: site)
        guard isNew(directory, &root) else { continue }
        needs.append(
          topic.registered(
            .line(number, of: file), [.path(directory, at: nil)], isEssential: true,
            purpose: "a directory of Python packages"))
      }
    }
    return needs
  }

  /// Whether a directory exists and wasn't taken before, under any name.
  private mutating func isNew(_ directory: ByteString, _ root: inout RootView) -> Bool {
    guard let place = root.resolve(directory), place.status.kind == .directory else {
      return false
    }
    return known.insert(place.real.text).inserted
  }
}
