import Foundation
import TestSupport
import Testing

/// `verify` that is killed at any moment leaves nothing: no process, no directory.
@Suite(.serialized)
struct KilledVerificationTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  /// How often a signal is sent, at times that are spread over a run's beginning.
  static let count = 150

  /// What starts the command: as this user, and without the right to make namespaces.
  static let starters: [(name: String, words: String)] =
    [("as it is", "env")]
    + (getuid() == 0
      ? [("in a changed root", "setpriv --bounding-set -sys_admin --inh-caps -sys_admin")] : [])

  @Test(arguments: starters)
  func `nothing is left of a run that is killed at any time`(
    starter: (name: String, words: String)
  ) throws {
    try Shell.bash(
      """
      mkdir root temporary; cp '\(Project.command)' tool
      printf 'int main(void) { for (;;) sleep(1); }' | gcc -w -x c - -static -o root/waits
      tar -C root -cf waits.tar waits
      """, in: scratch.url)
    // The seed is fixed; what differs is the machine's speed.
    try scratch.write(
      """
      import os, random, subprocess, sys, time
      here, words = os.getcwd(), sys.argv[2:]
      times = random.Random(1)
      command = words + [here + "/tool", "verify", "waits.tar", "--expect-exit", "0"]
      def start():
          return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
      def running():
          # By the file, whatever a process calls itself.
          found = 0
          for process in filter(str.isdigit, os.listdir("/proc")):
              try: path = os.readlink("/proc/" + process + "/exe")
              except OSError: continue
              found += path in (here + "/tool", "/waits", here + "/root/waits")
              found += path.startswith(here + "/temporary/") and path.endswith("/waits")
          return found
      first, begin = start(), time.monotonic()
      while running() < 4 and time.monotonic() < begin + 20: pass
      span = time.monotonic() - begin
      print("started" if span < 20 else "not started")
      first.kill(); first.wait()
      for _ in range(int(sys.argv[1])):
          process = start()
          time.sleep(times.random() * span * 1.2)
          process.kill(); process.wait()
      end = time.monotonic() + 10
      while (running() or os.listdir("temporary")) and time.monotonic() < end: time.sleep(0.05)
      print(running(), os.listdir("temporary"))
      """, to: "kill.py")
    let outcome = try Shell.bash(
      "TMPDIR=$PWD/temporary python3 kill.py \(Self.count) \(starter.words)", in: scratch.url)
    #expect(outcome == "started\n0 []\n")
  }
}
