package import Archive
package import Discovery
internal import FileTree

extension ReadBundle {
  /// What a run of it starts, by what is asked for or what it says itself; nil where neither says.
  package func start(_ asked: RunRequest = RunRequest()) -> ProgramStart? {
    let own = configuration ?? RunConfiguration()
    guard asked.program != nil || !own.entrypoint.isEmpty || !own.command.isEmpty,
      let word = try? RunPlan.words(asked, own, self).first
    else { return nil }
    return ProgramStart(
      word, environment: RunPlan.environment(asked, own),
      workingDirectory: RootPath(normalising: ByteString(own.workingDirectory ?? "/")),
      user: Accounts(tree: tree).numbers(of: own.user ?? "").map {
        FileStatus.Owner(user: $0.user, group: $0.group)
      })
  }
}
