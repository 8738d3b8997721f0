import TestSupport
import Testing

/// Where reports go: a stream that takes nothing, or that nobody reads.
struct ReportStreamTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void) { return 0; }' | gcc -x c - -o main
      mkdir broken; cp main broken; printf '#!/no/such\\n' > broken/script; chmod 755 broken/script
      \(Project.command) main -q
      """, in: scratch.url)
  }

  /// The exit code of a command whose standard output is redirected as a shell says, and what it tells.
  private func run(_ arguments: String, _ redirection: String) throws -> Shell.Result {
    try Shell.run(
      [
        "bash", "-c",
        """
        mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; rm pipe
        \(Project.command) \(arguments) \(redirection)
        """,
      ], in: scratch.url)
  }

  /// Every command that says something, and its exit code where it can.
  static let commands: [(arguments: String, status: Int32)] = [
    ("inspect main", 0), ("inspect --json main broken", 0), ("why main libc.so.6", 0),
    ("why main libno.so", 1), ("check main", 0), ("check --json broken", 1), ("presets", 0),
    ("verify --until loader runtime.tar", 0),
    ("verify --until loader --program /no runtime.tar", 2),
    ("diff runtime.tar runtime.tar", 0), ("diff runtime.tar broken", 1),
    ("main --dry-run", 0), ("main --dry-run --json", 0), ("--version", 0), ("--help", 0),
    ("verify --help", 0), ("--generate-completion-script bash", 0), ("check --list-rules", 0),
  ]

  @Test(arguments: commands)
  func `a report that can't be written is a failure, and says so`(
    command: (arguments: String, status: Int32)
  ) throws {
    #expect(try run(command.arguments, "").status == command.status)
    guard command.status != 2 else { return }
    for (stream, reason) in [(">/dev/full", "no space left"), (">&-", "Bad file descriptor")] {
      let result = try run(command.arguments, stream)
      #expect(result.status == 3, "\(command.arguments) \(stream)")
      #expect(result.errors.contains("rootfs-pack: standard output: \(reason)"), "\(stream)")
    }
  }

  @Test(arguments: commands)
  func `who reads no report changes nothing of the exit code`(
    command: (arguments: String, status: Int32)
  ) throws {
    let result = try run(command.arguments, ">&4")
    #expect(result.status == command.status, "\(command.arguments)")
    #expect(!result.errors.contains("standard output"))
  }

  @Test(arguments: [">/dev/full", ">&-", ">&4", "2>&-", ">&- 2>&- <&-", ">&- 2>/dev/full"])
  func `outputs are what they are wherever the report goes`(redirection: String) throws {
    let result = try run("main -o out.tar -o out/ -o out.oci.tar", redirection)
    #expect(result.status == 0, "\(result.errors)")
    try Shell.bash(
      "cmp out.tar runtime.tar; cmp out/main main; tar -tf out.oci.tar", in: scratch.url)
    let isTold = redirection == ">/dev/full" || redirection == ">&-"
    #expect(result.errors.contains("all outputs are complete") == isTold, "\(result.errors)")
  }

  @Test(arguments: [">/dev/full", ">&-", ">&4"])
  func `an archive that standard output doesn't take is a failure, and changes no other`(
    redirection: String
  ) throws {
    let result = try run("main -o - -o other.tar", redirection)
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("rootfs-pack: standard output: "))
    #expect(result.errors.split(separator: "\n").count == 1)
    try Shell.bash("[ ! -e other.tar ]", in: scratch.url)
  }

  @Test func `a stream that doesn't wait gets all of a report`() throws {
    let lines = try Shell.bash(
      """
      python3 -c 'import os, subprocess, sys, time
      read, write = os.pipe()
      os.set_blocking(write, False)
      child = subprocess.Popen(sys.argv[1:], stdout=write)
      os.close(write)
      time.sleep(1)
      while text := os.read(read, 65536): sys.stdout.buffer.write(text)
      sys.exit(child.wait())' \(Project.command) inspect --json-lines /bin/bash /bin/bash /bin/bash \
        /bin/bash /bin/bash /bin/bash /bin/bash /bin/bash > lines; wc -c < lines; wc -l < lines
      """, in: scratch.url
    ).split(separator: "\n").compactMap { Int($0.filter(\.isNumber)) }
    #expect(lines[0] > 65536 && lines[1] == 8, "\(lines)")
  }
}
