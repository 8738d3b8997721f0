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
      comes first. Times aren't compared, and owners only where both sides tell them. Of several \
      images, those of the same name are compared. What is wrong with one is told, and no difference.

      Examples:
        rootfs-pack diff old.tar new.tar
        rootfs-pack diff server.lock server.oci.tar
        rootfs-pack diff --markdown main.oci.tar branch.oci.tar > comment.md
        rootfs-pack diff --image-platform linux/arm64 old.oci.tar new.oci.tar

      Exit code: 0 no difference, 1 they differ, 2 wrong usage, 3 unreadable input.
      """)

  @Argument(help: ArgumentHelp("What there was.", valueName: "old"))
  var old: String

  @Argument(help: ArgumentHelp("What there is.", valueName: "new"))
  var new: String

  @Option(
    help: ArgumentHelp(
      "Which image of an input with several. (default: all of the platform)",
      discussion: "By its name, tag, digest or id.", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "The platform of an input with several. (default: this machine's, or the first)",
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
    let options = try ReadOptions.of(imagePlatform, image: image, variables)
    let signals = SignalMask()
    let inputs = try signals.holding { () throws(Diagnostic) in
      var options = options
      options.interruption = { signals.pending }
      do throws(Diagnostic) {
        return [try BundleInput(old, options), try BundleInput(new, options)]
      } catch {
        if json, error.status == .failure { try tell(error) }
        throw error
      }
    }
    if image != nil, inputs.flatMap(\.descriptions).allSatisfy({ $0.image == nil }) {
      throw Diagnostic("--image: neither is an image", remedy: "leave it out", status: .usage)
    }
    // Damage is no difference, and verify's to judge.
    let faults = inputs.flatMap(\.faults)
    for diagnostic in faults + inputs.compactMap(\.hint) { Terminal.warn(diagnostic) }
    let differences = BundleDifference.all(
      from: inputs[0].descriptions, to: inputs[1].descriptions)
    if !quiet {
      try Terminal.write(try render(differences, faults, variables), to: .standardOutput)
    }
    if !differences.isEmpty { throw ExitStatus.findings.code }
  }

  /// Why there is nothing to compare: a reader of JSON reads nothing else.
  private func tell(_ reason: Diagnostic) throws(Diagnostic) {
    let names = names
    guard
      let text = try? renderJSON(
        DifferenceDocument(nil, names: names, faults: [reason.text]))
    else { return }
    try Terminal.write(text, to: .standardOutput)
  }

  private var names: (old: String, new: String) {
    (ByteString(argument: old).description, ByteString(argument: new).description)
  }

  private func render(
    _ differences: [BundleDifference], _ faults: [Diagnostic], _ variables: ProcessEnvironment
  ) throws -> String {
    if json {
      return try renderJSON(
        DifferenceDocument(differences, names: names, faults: faults.map(\.text)))
    }
    if markdown { return renderDifferenceMarkdown(differences, names: names) }
    return renderDifferences(
      differences, Terminal.style(of: .standardOutput, environment: variables))
  }
}
