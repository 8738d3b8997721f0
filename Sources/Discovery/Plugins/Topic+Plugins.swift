internal import FileTree

extension Topic {
  /// A need of this topic that configuration in the root, or the host's own file, names.
  func registered(
    _ evidence: Evidence, _ wishes: [Wish], isEssential: Bool, purpose: String
  ) -> RuntimeNeed {
    RuntimeNeed(
      topic: self, grade: .registered, evidence: evidence, wishes: wishes,
      isEssential: isEssential, purpose: purpose)
  }
}

extension Evidence {
  /// A line of a configuration file, the first being 1.
  static func line(_ number: Int, of file: ByteString) -> Evidence {
    Evidence(file: file, mark: .line(number))
  }

  /// The rule is the object's own: that it is loaded is enough.
  static func host(_ object: ObservedObject) -> Evidence {
    Evidence(file: object.path, mark: .soname(object.name))
  }
}
