internal import Crypto
package import FileTree
package import Loader

/// Finds files of the same content among what many programs load.
package struct DuplicateFiles: Sendable {
  private struct File {
    let object: FoundObject
    let chain: [ByteString]
    let program: ByteString
    let identity: FileStatus.Identity
  }

  private var seen: Set<RootPath> = []
  /// By their sizes in bytes: few files have the same, and only those are read.
  private var files: [UInt64: [File]] = [:]

  package init() {}

  package mutating func add(_ closures: ProgramClosures, of program: ByteString) {
    for graph in closures.all {
      for (place, object) in graph.objects.enumerated()
      where object.residence == .program && seen.insert(object.file.real).inserted {
        let chain = graph.loadChain(to: place).map { graph.objects[$0].openedPath }
        files[object.file.status.size, default: []].append(
          File(
            object: FoundObject(path: object.openedPath, real: object.file.real), chain: chain,
            program: program, identity: object.file.status.identity))
      }
    }
  }

  /// Findings with the programs that they were made in, in the order of the objects' paths.
  package func findings(in tree: any FileTree) -> [(finding: Finding, program: ByteString)] {
    var found: [(finding: Finding, program: ByteString)] = []
    for (size, files) in files where size > 0 && files.count > 1 {
      var first: [ByteString: File] = [:]
      for file in files.sorted(by: { $0.object.real < $1.object.real }) {
        // What can't be read is told by whoever checks it.
        guard let digest = Self.digest(of: file.object.real, in: tree) else { continue }
        guard let other = first[digest] else {
          first[digest] = file
          continue
        }
        guard other.identity != file.identity else { continue }
        let problem = Problem.duplicateFile(
          other: other.object.real.text, size: size, digest: digest)
        found.append(
          (Finding(problem, object: file.object, chain: file.chain), file.program))
      }
    }
    return found.sorted { $0.finding.object.real < $1.finding.object.real }
  }

  /// In bytes.
  private static let pieceSize = 1 << 20

  private static func digest(of path: RootPath, in tree: any FileTree) -> ByteString? {
    guard let file = try? tree.open(path) else { return nil }
    var hash = SHA256()
    var offset: UInt64 = 0
    while offset < file.size {
      guard let piece = try? file.read(at: offset, count: pieceSize), !piece.isEmpty else {
        return nil
      }
      hash.update(data: piece)
      offset += UInt64(piece.count)
    }
    let digits = hash.finalize().flatMap { byte in
      [byte >> 4, byte & 0xF].map { Array("0123456789abcdef".utf8)[Int($0)] }
    }
    return ByteString(digits)
  }
}
