internal import ELF
package import FileTree

extension ClosureGraph {
  /// The objects that a user's word names: by soname, by a name that was asked for, or by a path.
  package func objects(named word: ByteString) -> [Int] {
    objects.indices.dropFirst().filter { index in
      objects[index].answers(to: word)
        || requests.contains { $0.object == index && $0.name == word }
    }
  }

  /// The way from the subject to an object by the requests that loaded each on it: the subject
  /// first, the object last.
  package func loadChain(to object: Int) -> [Int] {
    Array(sequence(first: object) { objects[$0].loadedBy }).reversed()
  }
}
