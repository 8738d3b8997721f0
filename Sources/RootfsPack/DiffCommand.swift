internal import Archive
internal import ArgumentParser
internal import Diff
internal import FileTree
internal import Image
internal import Report
internal import SystemPackage

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    _superCommandName: "rootfs-pack",
    abstract: "Show what two bundles hold differently, and why each file is there.",
    discussion: """
      OLD and NEW are archives, images, directories or locks (--lock), in any mixture. What is loaded \
      comes first. Times aren't compared, and owners only where both sides tell them.

      Examples:
        rootfs-pack diff old.tar new.tar
        rootfs-pack diff server.lock server.oci.tar
        rootfs-pack diff --markdown main.oci.tar branch.oci.tar > comment.md
        rootfs-pack diff --image-platform linux/arm64 old.oci.tar new.oci.tar

      Exit code: 0 no difference, 1 they differ or one is damaged, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(help: ArgumentHelp("What there was.", valueName: "old"))
  var old: String

  @Argument(help: ArgumentHelp("What there is.", valueName: "new"))
  var new: String

  @Option(
    help: ArgumentHelp(
      "Which image of an input with several. (default: this machine's, or the first)",
      valueName: "os/arch[/variant]"))
  var imagePlatform: String?

  @Flag(help: "Write Markdown, for a comment on a pull request.")
  var markdown = false

  @Flag(help: "Write one JSON document.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false

  @OptionGroup var configurationOptions: ConfigurationOptions

  func validate() throws {
    if json && markdown { throw ValidationError("--json, --markdown: choose one way to show it.") }
  }

  func run() throws {
    let variables = ProcessEnvironment.current()
    let options = try ReadOptions.of(imagePlatform, variables)
    let signals = SignalMask()
    let (differences, isSound) = try signals.holding { () throws(Diagnostic) in
      var options = options
      options.interruption = { signals.pending }
      let inputs = [try BundleInput(old, options), try BundleInput(new, options)]
      let diagnostics = inputs.flatMap(\.diagnostics)
      for diagnostic in diagnostics { Terminal.warn(diagnostic) }
      return (
        BundleDifference.all(from: inputs[0].descriptions, to: inputs[1].descriptions),
        diagnostics.allSatisfy { $0.status == .done }
      )
    }
    if !quiet { try Terminal.write(try render(differences, variables), to: .standardOutput) }
    if !differences.isEmpty || !isSound { throw ExitStatus.findings.code }
  }

  private func render(
    _ differences: [BundleDifference], _ variables: ProcessEnvironment
  ) throws -> String {
    let names = (
      old: ByteString(argument: old).description, new: ByteString(argument: new).description
    )
    if json { return try renderJSON(DifferenceDocument(differences, names: names)) }
    if markdown { return renderDifferenceMarkdown(differences, names: names) }
    return renderDifferences(
      differences, Terminal.style(of: .standardOutput, environment: variables))
  }
}
