internal import ELF
internal import FileTree
internal import Loader

/// Whether the program's interpreter is the right one.
extension ClosureFacts {
  func interpreterFaults() -> [Finding] {
    guard let path = graph.subject.image.interpreter else { return [] }
    var findings: [Finding] = []
    if !path.hasPrefix("/") { findings.append(finding(.relativeInterpreter(path: path), at: 0)) }
    if let loader = graph.foreignLoader {
      findings.append(finding(.foreignLoader(path: path, loader), at: 0))
    }
    return findings
  }

  /// Objects that name the C library by which the other one is known.
  func otherLibc() -> [Finding] {
    guard let libc = graph.libc, let interpreter = graph.subject.image.interpreter else {
      return []
    }
    return ownPlaces.compactMap { place in
      let named = graph.objects[place].image.dynamic?.needed.first { Self.isLibc($0, not: libc) }
      guard let named, place != graph.interpreter else { return nil }
      return finding(
        .otherLibc(named: named, interpreter: interpreter, libc: libc), at: place)
    }
  }

  /// glibc's name has a version; musl's has none, or its own name in it (`libc.musl-x86_64.so.1`).
  private static func isLibc(_ name: ByteString, not libc: Libc) -> Bool {
    switch libc {
    case .glibc: name == "libc.so" || name.hasPrefix("libc.musl-")
    case .musl: name.hasPrefix("libc.so.6")
    }
  }
}
