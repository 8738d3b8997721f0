import Foundation
import TestSupport
import Testing

/// Every format, read by programs that know nothing of the code that wrote it.
struct ImageFormatTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(sampleFiles, in: scratch.url)
  }

  @discardableResult
  func bash(_ script: String) throws -> String {
    try Shell.bash(
      "pack() { \(Project.command) init --add data --quiet \"$@\"; }\n" + script, in: scratch.url)
  }

  /// Everything that is wrong, as the oracle tells it.
  func problems(_ options: String) throws -> String {
    try bash("\(ImageOracle.validate) \(options) || [ $? = 1 ]")
  }

  static let archives = OutputSample.allCases.filter { $0 != .directory }
    .map(\.rawValue).joined(separator: " ")

  @Test func `the oracle finds what is broken`() throws {
    let result = try Shell.run(
      ["python3", ImageOracle.directory.appendingPathComponent("test_validate.py").path])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func `all formats of one run are right and hold the same`() throws {
    try bash("pack \(OutputSample.allOptions)")
    #expect(try problems(Self.archives) == "")
    #expect(
      try bash("\(ImageOracle.tree) \(OutputSample.allNames) || [ $? = 1 ]") == "")
    let tree = try bash("\(ImageOracle.tree) x.tar")
    #expect(tree.contains("init file 0755 ") && tree.contains("data/empty file 0600 "))
    #expect(tree.contains("/third file 0644 ") && tree.contains("/link symlink 0777 ../first"))
  }

  @Test(arguments: ["gzip", "zstd", "none"], ["shared", "single"])
  func `an image is right and holds the same`(compression: String, layers: String) throws {
    try bash(
      """
      pack --output x.oci.tar --output x.oci/ --compression \(compression) --layers \(layers)
      pack --output x.tar
      """)
    #expect(try problems("x.oci.tar x.oci\(layers == "single" ? " --layers 1" : "")") == "")
    #expect(try bash("\(ImageOracle.tree) x.tar x.oci.tar x.oci || [ $? = 1 ]") == "")
  }

  @Test func `owner and time are the same everywhere`() throws {
    // Only root may give files to others, so a directory of another user's is its own.
    try bash(
      """
      export SOURCE_DATE_EPOCH=1234567890
      outputs=(); for name in \(Self.archives); do outputs+=(--output "$name"); done
      pack --owner 7:8 "${outputs[@]}"
      pack --output x/
      """)
    #expect(try problems("--owner 7:8 --mtime 1234567890 \(Self.archives)") == "")
    #expect(try bash("find x x.oci -printf '%T@\\n' | sort -u") == "1234567890.0000000000\n")
    // The owner is that of the files in an image; the layout around them is the user's.
    #expect(try bash("find x x.oci ! -user $(id -u)") == "")
  }

  @Test(arguments: OutputSample.allCases.filter { !$0.isDirectory })
  func `standard output gets the same bytes`(output: OutputSample) throws {
    let format = try bash(
      """
      name=\(output.rawValue); pack --output "$name"
      case $name in *.oci.tar) format=oci-archive ;; *) format=${name#x.} ;; esac
      pack --output - --format "$format" > piped
      pack --output - --format "$format" | cmp - "$name"
      cmp piped "$name"; echo "$format"
      """)
    #expect(!format.isEmpty)
  }

  @Test(arguments: OutputSample.allCases)
  func `what else is written makes no difference`(output: OutputSample) throws {
    // Not called init, so that there is something that only an initramfs needs.
    let difference = try bash(
      """
      mv init server; mkdir one all
      (cd one; \(Project.command) ../server -q --output \(output.rawValue))
      (cd all; \(Project.command) ../server -q \(OutputSample.allOptions))
      diff --recursive --no-dereference --brief one/\(output.rawValue) all/\(output.rawValue) || [ $? = 1 ]
      """)
    #expect(difference == "")
  }

  @Test func `images of one system share their lower layers`() throws {
    let shared = try bash(
      """
      cp /bin/false other
      pack --output x.oci/; \(Project.command) other -q --output other.oci/
      ls x.oci/blobs/sha256 other.oci/blobs/sha256 | grep -E '^[0-9a-f]{64}$' | sort | uniq -d | wc -l
      """)
    // Root links, and the C library with its loader.
    #expect((Int(shared.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) >= 2)
  }

  @Test(arguments: ["", "trap '' PIPE;"])
  func `a reader of standard output that goes away has half an archive, which is told`(
    disposition: String
  ) throws {
    let outcome = try bash(
      """
      head -c 50000000 /dev/urandom > data/large
      (\(disposition) code=0; pack --output - --format tar 2> errors || code=$?; echo "$code" > code) |
        head -c 1000 | wc -c
      until [ -s code ]; do sleep 0.1; done; cat code errors
      """)
    #expect(
      outcome == """
        1000
        3
        rootfs-pack: standard output: its reader has gone before the archive was complete; \
        let it read to the end

        """)
  }
}
