import Foundation
import TestSupport
import Testing

/// A run that can't be finished: it says why on one line, and leaves everything as it was.
@Suite(.serialized)
struct InterruptedOutputTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash("cp /bin/true init; mkdir out", in: scratch.url)
  }

  /// Functions for the scripts of this suite.
  ///
  /// - `older OUTPUT`: what was there before, in the folder `out`
  /// - `pack ARGUMENT...`: its exit code goes to `code`, its last words to `errors`
  /// - `tell`: the exit code, and what is in `out` now
  /// - `older_of_all`, `tell_of_all`: the same for all formats at once
  /// - `progress PROCESS BYTES`: waits until it has written so much
  /// - `with_signals COMMAND...`: in the background, ready to be ended by a signal. A test's threads
  ///   take none, and without a terminal bash has interrupts ignored there.
  static let functions = """
    older() { case $1 in */) mkdir "out/$1" ;; *) echo older > "out/$1" ;; esac }
    pack() { local code=0; \(Project.command) init -q "$@" 2> errors || code=$?; echo "$code" > code; }
    tell() {
      cat code
      (cd out; find . -mindepth 1 -maxdepth 1 -printf '%P\\n' | sort
       find . -maxdepth 1 -type f -exec head --quiet --bytes 20 {} +)
    }
    older_of_all() { for name in \(OutputSample.allNames); do older $name; done; }
    tell_of_all() {
      cat code; cd out; echo "$(find . -mindepth 1 | wc -l) names"
      for name in \(OutputSample.allNames); do [ -d "$name" ] || echo "$name $(head --bytes 5 "$name")"; done
      cd ..
    }
    progress() {
      local key value written=0
      while [ "$written" -lt "$2" ]; do
        while read -r key value; do
          if [ "$key" = wchar: ]; then written=$value; fi
        done < "/proc/$1/io" || return 0
      done
    }
    with_signals() {
      exec python3 -c 'import os, signal, sys
    for number in (signal.SIGINT, signal.SIGPIPE): signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execvp(sys.argv[1], sys.argv[1:])' "$@"
    }
    """

  /// What `tell` says if nothing has changed since `older`.
  func untouched(_ output: OutputSample, code: Int32) -> String {
    output.isDirectory
      ? "\(code)\n\(output.rawValue.dropLast())\n" : "\(code)\n\(output.rawValue)\nolder\n"
  }

  func run(_ script: String) throws -> (told: String, errors: String) {
    let told = try Shell.bash(Self.functions + "\n" + script, in: scratch.url)
    return (told, try scratch.text("errors"))
  }

  func expectOneLine(_ errors: String, _ text: String) {
    #expect(errors.contains(text))
    #expect(errors.split(separator: "\n").count == 1, "\(errors)")
  }

  /// The script runs as another user's root where this one isn't, with mounts of its own.
  func runWithMounts(_ script: String) throws -> (told: String, errors: String) {
    try scratch.write(
      "set -euo pipefail\n\(Self.functions)\n\(script)\n", to: "script")
    let told = try Shell.bash("\(withOwnMounts) bash script", in: scratch.url)
    return (told, try scratch.text("errors"))
  }

  @Test(arguments: OutputSample.allCases)
  func `a full disk`(output: OutputSample) throws {
    let (told, errors) = try runWithMounts(
      """
      mount -t tmpfs -o size=300k tmpfs out
      older \(output.rawValue); pack --output out/\(output.rawValue); tell
      """)
    #expect(told == untouched(output, code: 3))
    expectOneLine(errors, ": no space left on the device; about ")
    #expect(errors.contains("out/x"))
  }

  @Test(arguments: OutputSample.allCases)
  func `a place that is read-only`(output: OutputSample) throws {
    let (told, errors) = try runWithMounts(
      """
      mount -t tmpfs tmpfs out
      older \(output.rawValue); mount -o remount,bind,ro out
      pack --output out/\(output.rawValue); tell
      """)
    #expect(told == untouched(output, code: 3))
    expectOneLine(errors, "can't be written: the file system is read-only")
  }

  @Test func `a full disk of one output leaves the others as they were`() throws {
    let (told, errors) = try runWithMounts(
      """
      mkdir small; mount -t tmpfs -o size=300k tmpfs small
      older_of_all; pack --output small/x.tar \(Self.allOutputs); tell_of_all; ls -A small
      """)
    #expect(told == Self.allUntouched)
    expectOneLine(errors, "small/x.tar: no space left on the device")
  }

  static let allOutputs = OutputSample.allCases.map { "--output out/\($0.rawValue)" }
    .joined(separator: " ")
  /// What `tell_of_all` says if the run failed and nothing has changed: the folders are empty.
  static let allUntouched =
    "3\n\(OutputSample.allCases.count) names\n"
    + OutputSample.allCases.filter { !$0.isDirectory }.map { "\($0.rawValue) older\n" }
    .joined()

  // MARK: Signals

  /// Packs what takes long after a bit that is written soon, and sends the signal in between. Files
  /// with holes take no room.
  func interrupt(
    _ output: OutputSample, by signal: String
  ) throws -> (told: String, errors: String) {
    try run(
      """
      head -c 8000000 /dev/urandom > a-bit; truncate --size 3G long
      older \(output.rawValue)
      with_signals \(Project.command) init -q --add a-bit --add long \
        --output out/\(output.rawValue) 2> errors & pid=$!
      progress $pid 1000000
      kill -\(signal) $pid
      code=0; wait $pid 2>/dev/null || code=$?; echo $code > code; tell
      """)
  }

  @Test(arguments: OutputSample.allCases, [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func `a signal that asks for the end`(
    output: OutputSample, signal: (name: String, code: Int32)
  ) throws {
    let (told, errors) = try interrupt(output, by: signal.name)
    #expect(told == untouched(output, code: signal.code))
    expectOneLine(errors, "nothing was written")
  }

  @Test(arguments: OutputSample.allCases)
  func `a signal that can't be caught`(output: OutputSample) throws {
    let (told, _) = try interrupt(output, by: "KILL")
    guard output.isDirectory else {
      #expect(told == untouched(output, code: 137))
      return
    }
    // A directory can't be made without a name, but beside it is what says whose it is.
    let lines = told.split(separator: "\n")
    let number = lines.dropFirst().first?.split(separator: ".").dropFirst().first ?? ""
    #expect(
      lines.prefix(4).map(String.init) == [
        "137", ".rootfs-pack.\(number).claim", ".rootfs-pack.\(number).partial",
        String(output.rawValue.dropLast()),
      ])
    #expect(try Shell.bash("ls -A out/\(output.rawValue)", in: scratch.url) == "")
    let rest = try Shell.bash(
      "\(Project.command) init -q --output out/\(output.rawValue); ls -A out", in: scratch.url)
    #expect(rest == "\(output.rawValue.dropLast())\n")
  }

  @Test func `a signal ends a run whose reader only waits`() throws {
    let (told, _) = try run(
      """
      head -c 3000000 /dev/urandom > a-bit; mkfifo pipe
      { head -c 100 > begun; with_signals sleep 60; } < pipe & reader=$!
      with_signals \(Project.command) init --add a-bit --output - --format tar \
        > pipe 2> errors & pid=$!
      until [ -s begun ]; do sleep 0.1; done
      kill -INT $pid
      for _ in $(seq 50); do sleep 0.1; kill -0 $pid 2>/dev/null || break; done
      if kill -0 $pid 2>/dev/null; then echo "still there"; fi
      kill $reader; code=0; wait $pid 2>/dev/null || code=$?; echo $code
      """)
    #expect(told == "130\n")
  }

  // MARK: Sources

  /// How a source changes, again and again, while it is packed.
  static let changes: [(name: String, script: String)] = [
    ("it grows", "echo more >> source"),
    ("it shrinks", "size=$((size - 1)); truncate --size $size source"),
    ("another takes its place", "cp --sparse=always source other; mv other source"),
    ("its bytes change", "echo $RANDOM | dd of=source conv=notrunc status=none"),
  ]

  @Test(arguments: changes)
  func `a source that changes`(change: (name: String, script: String)) throws {
    let (told, errors) = try run(
      """
      older_of_all
      # What stands before it takes a while.
      truncate --size 50M before; truncate --size 100M source
      (size=100000000; while [ ! -e code ]; do \(change.script); done) & changing=$!
      sleep 0.1
      pack --add before --add source \(Self.allOutputs)
      wait $changing; tell_of_all
      """)
    #expect(told == Self.allUntouched, "\(change.name)")
    expectOneLine(errors, "/source: its source changed while it was packed")
  }

  @Test func `a source that is gone by the time it is read`() throws {
    let (told, errors) = try run(
      """
      older_of_all
      head -c 8000000 /dev/urandom > a-bit; truncate --size 100M before; echo content > source
      \(Project.command) init -q --add a-bit --add before --add source \
        \(Self.allOutputs) 2> errors & pid=$!
      progress $pid 1000000
      rm source
      code=0; wait $pid || code=$?; echo $code > code; tell_of_all
      """)
    #expect(told == Self.allUntouched)
    expectOneLine(errors, "/source: no such file")
  }
}
