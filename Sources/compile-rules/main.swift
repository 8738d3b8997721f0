internal import Glibc
internal import RuleFiles
internal import Rules

/// Turns rules' files into Swift that makes the same rules, so that nothing is parsed when the tool runs:
/// `compile-rules FILE.toml... FILE.swift`.

/// Says a line to whoever builds.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

func fail(_ message: String) -> Never {
  say("error: \(message)")
  exit(1)
}

func read(_ path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "r") else { fail("\(path): can't be opened") }
  defer { unsafe fclose(file) }
  var bytes = [UInt8](repeating: 0, count: RuleFile.sizeLimit + 1)
  let count = unsafe bytes.withUnsafeMutableBytes {
    unsafe fread($0.baseAddress, 1, $0.count, file)
  }
  guard count <= RuleFile.sizeLimit else {
    fail("\(path): is larger than \(RuleFile.sizeLimit) bytes")
  }
  return Array(bytes.prefix(count))
}

func write(_ text: String, to path: String) {
  guard let file = unsafe fopen(path, "w"), unsafe fputs(text, file) >= 0, unsafe fclose(file) == 0
  else { fail("\(path): can't be written") }
}

guard CommandLine.arguments.count > 1, let output = CommandLine.arguments.last else {
  fail("usage: compile-rules FILE.toml... FILE.swift")
}
var rules: [Rule] = []
var hasFailed = false
for path in CommandLine.arguments.dropFirst().dropLast() {
  do {
    rules.append(try RuleFile(read(path), file: path).rule)
  } catch {
    // Every file's fault is told, as a compiler tells it.
    let place = path + (error.line.map { ":\($0)" } ?? "")
    say("\(place): error: \(error.key.isEmpty ? "" : error.key + " ")\(error.message)")
    hasFailed = true
  }
}
if hasFailed { exit(1) }
write(CompiledRules(rules).source, to: output)
