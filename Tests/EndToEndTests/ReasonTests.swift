import Foundation
import TestSupport
import Testing

/// An exit code has its reason in the report, as text and as JSON, and a report without one ends with 0.
struct ReasonTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void){return 0;}' > a.c; gcc -static -o a a.c; mkdir root; cp a root/a
      tar -C root -cf whole.tar a
      head -c 9000 whole.tar > cut.tar
      head -c $(($(stat -c %s whole.tar) - 9000)) whole.tar > unended.tar
      cp whole.tar flipped.tar; printf x | dd of=flipped.tar bs=1 seek=3 conv=notrunc status=none
      tar -C root -cf - a | gzip > whole.tar.gz; head -c 5000 whole.tar.gz > cut.tar.gz
      mkdir empty; echo text > empty/text; tar -C empty -cf textual.tar text
      (cd root; tar -cf ../twice.tar a a --hard-dereference; tar -rf ../twice.tar a)
      mkdir pipes; mkfifo pipes/p; cp a pipes/a; tar -C pipes -cf special.tar .
      '\(Project.command)' a -q -o image.oci.tar --label a=bbbbbb --compression none
      LC_ALL=C sed 's/bbbbbb/cccccc/' image.oci.tar > digest.oci.tar
      mkdir l; tar -C l -xf image.oci.tar
      python3 - <<'P'
      import json, os, subprocess
      m = json.load(open('l/manifest.json'))
      def docker(name, edit):
          d = json.loads(json.dumps(m)); edit(d)
          json.dump(d, open('manifest.json', 'w'))
          subprocess.run(['tar', '-cf', name, 'manifest.json', '-C', 'l', 'blobs'], check=True)
      docker('missing.tar', lambda d: d[0]['Layers'].append('blobs/none'))
      docker('again.tar', lambda d: d[0]['Layers'].append(d[0]['Layers'][-1]))
      docker('nothing.tar', lambda d: d.clear())
      P
      """, in: scratch.url)
  }

  static let inputs = [
    "whole.tar", "cut.tar", "unended.tar", "flipped.tar", "whole.tar.gz", "cut.tar.gz",
    "textual.tar", "twice.tar", "special.tar", "image.oci.tar", "digest.oci.tar", "missing.tar",
    "again.tar", "nothing.tar", "root", "empty", "pipes", "l",
  ]

  private func run(_ arguments: [String]) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  private func document(_ arguments: [String]) throws -> (Int32, [String: Any]) {
    let result = try run(arguments + ["--json"])
    let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return (result.status, try #require(document as? [String: Any]))
  }

  @Test(arguments: inputs)
  func `check ends with an error if and only if its report has a reason`(input: String) throws {
    let text = try run(["check", input])
    let isTold =
      text.output.contains("fails [") || text.output.contains("damaged: ")
      || text.output.contains("not checked: ")
    #expect((text.status != 0) == isTold, "\(text)")
    #expect(text.output.contains("no problems") == (text.status == 0 && !isTold), "\(text)")
    let (status, document) = try document(["check", input])
    let faults = try #require(document["faults"] as? [[String: Any]])
    let findings = try #require(document["findings"] as? [[String: Any]])
    let fails = findings.contains { $0["severity"] as? String == "fails" }
    #expect(status == text.status && (status != 0) == (fails || !faults.isEmpty))
    let sarif = try run(["check", input, "--sarif"])
    #expect(
      sarif.output.contains("\"executionSuccessful\" : \(faults.isEmpty)") && sarif.status == status
    )
  }

  @Test(arguments: inputs)
  func `verify ends with an error if and only if a rung has a reason`(input: String) throws {
    let text = try run(["verify", input])
    let isTold = text.output.contains("  fails  ") || text.output.contains("can't be done")
    let isRefused = text.status == 3 && text.output.isEmpty && !text.errors.isEmpty
    #expect((text.status != 0) == (isTold || isRefused), "\(text)")
    let (status, document) = try document(["verify", input])
    #expect(status == text.status && document["verified"] as? Bool == (status == 0))
    let rungs = try #require(document["rungs"] as? [[String: Any]])
    let reasons = rungs.filter { rung in
      let findings = rung["findings"] as? [[String: Any]] ?? []
      return rung["outcome"] as? String == "impossible"
        || rung["outcome"] as? String == "failed"
          && findings.contains { $0["severity"] as? String == "fails" }
    }
    #expect((status != 0) == !reasons.isEmpty)
  }

  @Test(arguments: inputs)
  func `diff of anything with itself is no difference, or says why it can't be read`(
    input: String
  ) throws {
    let text = try run(["diff", input, input])
    #expect((text.status == 0) == (text.output == "no difference\n"), "\(text)")
    #expect(text.status == 0 || text.status == 3 && !text.errors.isEmpty)
    let (status, document) = try document(["diff", input, input])
    #expect(status == text.status && document["equal"] as? Bool == (status == 0))
    if status != 0 { #expect((document["faults"] as? [String])?.isEmpty == false) }
  }
}
