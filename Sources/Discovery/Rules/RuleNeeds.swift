internal import FileTree

/// What the rules say of a program.
enum RuleNeeds {
  /// All needs that rules see in the objects of a program. A need that the program fails without isn't
  /// told as one that it does without as well.
  ///
  /// - Parameter scripts: that the program is there to read; physical.
  static func needs(
    of objects: [ObservedObject], reading scripts: [RootPath] = [], by rules: RuleSet,
    in root: inout RootView
  ) -> [RuntimeNeed] {
    var needs: [RuntimeNeed] = []
    for object in objects {
      for (number, mark) in rules.signs.rules(for: object, in: &root) {
        var evaluation = RuleEvaluation(
          rules.rule(number), of: object, mark: mark, among: objects, reading: scripts)
        needs += evaluation.run(in: &root)
      }
    }
    let essential = Set(
      needs.filter(\.isEssential).map { Asked(topic: $0.topic, wishes: $0.wishes) })
    return needs.filter {
      $0.isEssential || !essential.contains(Asked(topic: $0.topic, wishes: $0.wishes))
    }
  }

  private struct Asked: Hashable {
    let topic: Topic
    let wishes: [Wish]
  }
}
