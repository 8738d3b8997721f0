import Foundation
import TestSupport
import Testing

/// Holds `inspect` against the real loader for every dynamic ELF file of the machine.
struct LoaderParityTests {
  /// The loader resolves everything and says what it found, without running the program. Unlike
  /// `--list`, this doesn't stop at the first missing library.
  static let oracle = """
    import concurrent.futures, json, os, subprocess, sys

    LOADER = "/lib64/ld-linux-x86-64.so.2"

    def elf_files(directories):
        for directory in directories:
            for folder, _, names in os.walk(directory):
                for name in names:
                    path = os.path.join(folder, name)
                    if os.path.islink(path) or not os.path.isfile(path):
                        continue
                    with open(path, "rb") as file:
                        head = file.read(20)
                    if (head[:4] == b"\\x7fELF" and head[4] == 2 and head[16] in (2, 3)
                            and head[18:20] == b"\\x3e\\0"):
                        yield path

    def loaded(path):
        result = subprocess.run(
            [LOADER, path], capture_output=True,
            # The baseline CPU, which is what the command models.
            env={"LD_TRACE_LOADED_OBJECTS": "1",
                 "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512CD,-AVX2,-SSE4_2"})
        found, missing = set(), set()
        for line in result.stdout.decode(errors="surrogateescape").splitlines():
            name, arrow, place = line.strip().partition(" => ")
            if arrow and place.startswith("not found"):
                missing.add(name)
            elif arrow or name.startswith("/"):
                found.add(os.path.realpath((place or name).rsplit(" (0x", 1)[0]))
        return found, missing, result.returncode, result.stderr

    tool, directories = sys.argv[1], sys.argv[2:]
    files = list(elf_files(directories))
    output = subprocess.run([tool, "inspect", "--json", "--", *files], capture_output=True)
    subjects = {s["path"]: s for s in json.loads(output.stdout)["subjects"]}
    compared = differences = refused = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, (found, missing, code, errors) in zip(files, pool.map(loaded, files)):
            subject = subjects.get(path)
            if subject is None:
                # Split-off debugging data has no content to load; the loader fails on it too.
                if code == 0:
                    print("no subject:", path)
                    differences += 1
                else:
                    refused += 1
                continue
            if subject["linkage"] != "dynamic":
                continue
            compared += 1
            ours = {o["realPath"] for o in subject["objects"]}
            if subject["interpreter"]:
                # The loader is there, needed by a library or not.
                found.add(os.path.realpath(subject["interpreter"]))
            absent = {m["name"] for m in subject["missing"]}
            if ours != found or absent != missing:
                differences += 1
                print(path, "extra", ours - found, "lacking", found - ours,
                      "missing", absent ^ missing, code, errors)
    print(f"{compared} compared, {refused} refused by both, {differences} differences")
    """

  @Test func `every dynamic ELF file of the system resolves as the real loader does`() throws {
    let scratch = try TemporaryDirectory()
    try scratch.write(Self.oracle, to: "parity.py")
    let report = try Shell.bash(
      "python3 parity.py \(Project.command) /usr/bin /usr/sbin /usr/lib", in: scratch.url)
    let totals = report.split(separator: "\n").last ?? ""
    let compared = totals.split(separator: " ").first.flatMap { Int($0) } ?? 0
    print("parity: \(totals)")
    #expect(compared > 200)
    #expect(totals.hasSuffix(" 0 differences"), "\(report)")
  }
}
