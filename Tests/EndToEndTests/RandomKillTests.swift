import Foundation
import TestSupport
import Testing

/// `pack` that gets a signal at any moment: every output is the older one or the whole new one.
@Suite(.serialized)
struct RandomKillTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  /// How often, at times that are spread over a whole run.
  static let count = 42

  /// Prints what is wrong, and how many runs ended in which way. The seed is fixed; what differs is the
  /// machine's speed.
  private static let script = """
    import collections, hashlib, os, random, signal, subprocess, sys, time
    tool, count = sys.argv[1], int(sys.argv[2])
    names = ["x.tar", "x.tar.gz", "x.tar.zst", "x.oci.tar", "x.cpio"]
    command = [tool, "init", "-q", "--add", "a-bit", "--output", "out/tree/"]
    for name in names: command += ["--output", "out/" + name]
    moments, ends = random.Random(1), collections.Counter()
    def state():
        parts = {}
        for name in names:
            with open("out/" + name, "rb") as file: parts[name] = hashlib.sha256(file.read()).hexdigest()
        return parts
    def clear(text):
        subprocess.run(["rm", "-rf", "out"]); os.mkdir("out")
        for name in names:
            with open("out/" + name, "w") as file: file.write(text)
    def start():
        free = lambda: [signal.signal(n, signal.SIG_DFL) for n in (signal.SIGINT, signal.SIGTERM)] and \\
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=free)
    clear("older"); older = state()
    begin = time.monotonic(); start().wait(); span = time.monotonic() - begin
    whole = state()
    if older == whole: print("nothing is packed")
    for turn in range(count):
        clear("older")
        number = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[turn % 3]
        process = start(); time.sleep(moments.random() * span * 1.1)
        process.send_signal(number); code = process.wait()
        ends[code] += 1
        parts, rest = state(), set(os.listdir("out")) - set(names) - {"tree"}
        for name in names:
            if parts[name] not in (older[name], whole[name]): print(turn, code, "part of", name)
        # Before it listens for signals, they end it.
        code = {-2: 130, -15: 143}.get(code, code)
        if code not in (0, 130, 143, -9): print(turn, "odd exit code", code)
        if code in (130, 143) and (parts != older or rest or os.path.exists("out/tree")):
            print(turn, code, "something stays:", sorted(rest), parts == older, os.listdir("out"))
        if code == -9:
            # What only a directory leaves: the next run to that place clears it.
            if any(not name.startswith(".rootfs-pack.") for name in rest): print(turn, "left", sorted(rest))
            subprocess.run(["rm", "-rf", "out/tree"])
            if start().wait() or set(os.listdir("out")) != set(names) | {"tree"} or state() != whole:
                print(turn, "not cleared", sorted(os.listdir("out")))
    for process in filter(str.isdigit, os.listdir("/proc")):
        try: path = os.readlink("/proc/" + process + "/exe")
        except OSError: continue
        if path == tool: print("still running:", process)
    print("kills", ends[-9] > 0, "ends", ends[130] + ends[143] > 0, "runs", sum(ends.values()))
    """

  @Test func `no output is partial, and no process is left`() throws {
    try Shell.bash(
      "cp /bin/true init; cp '\(Project.command)' tool; head -c 4000000 /dev/urandom > a-bit",
      in: scratch.url)
    try scratch.write(Self.script, to: "kill.py")
    let told = try Shell.bash("python3 kill.py \"$PWD/tool\" \(Self.count)", in: scratch.url)
    #expect(told == "kills True ends True runs \(Self.count)\n")
  }
}
