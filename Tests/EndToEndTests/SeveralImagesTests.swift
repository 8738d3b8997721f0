import Foundation
import TestSupport
import Testing

/// Commands over an archive of two images, as `docker save a b` makes it.
struct SeveralImagesTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      echo 'int main(void){return 0;}' > good.c; gcc -static -o good good.c
      echo 'int main(void){return 7;}' > bad.c; gcc -static -o bad bad.c
      for name in good bad; do
        \(Project.command) ./$name -q -o $name.oci.tar --tag app/$name:1 --compression none
        mkdir $name.d; tar -C $name.d -xf $name.oci.tar
      done
      mkdir both; cp -r good.d/blobs bad.d/blobs both
      python3 - > both/manifest.json <<'P'
      import json
      print(json.dumps(sum((json.load(open(n + '.d/manifest.json')) for n in ('good', 'bad')), [])))
      P
      tar -C both -cf both.tar manifest.json blobs
      """, in: scratch.url)
  }

  private func run(_ arguments: String...) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  private func json(_ arguments: String...) throws -> (Int32, [String: Any]) {
    let result = try Shell.run([Project.command] + arguments + ["--json"], in: scratch.url)
    let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return (result.status, try #require(document as? [String: Any]))
  }

  @Test func `verify tells of each image, and ends as the worst of them`() throws {
    let result = try run("verify", "both.tar")
    #expect(result.status == 1)
    let verdicts = result.output.split(separator: "\n").filter { $0.hasPrefix("both.tar, ") }
    #expect(verdicts.count == 2)
    #expect(verdicts[0].contains("app/good:1 (linux/") && verdicts[0].contains("): runs"))
    #expect(verdicts[1].contains("app/bad:1 (linux/") && verdicts[1].hasSuffix("): is broken"))
    let (status, document) = try json("verify", "both.tar")
    #expect(status == 1 && document["verified"] as? Bool == false)
    let images = try #require(document["images"] as? [[String: Any]])
    #expect(images.map { $0["verified"] as? Bool } == [true, false])
    let failed = (document["rungs"] as? [[String: Any]] ?? []).filter {
      $0["outcome"] as? String == "failed"
    }
    #expect(failed.map { ($0["image"] as? String)?.hasSuffix("app/bad:1") } == [true])
  }

  @Test func `an image is chosen, and only that is run`() throws {
    let (status, document) = try json("verify", "both.tar", "--image", "app/good:1")
    #expect(status == 0 && document["verified"] as? Bool == true)
    #expect((document["image"] as? String)?.hasSuffix("app/good:1") == true)
    #expect(try run("verify", "both.tar", "--image", "bad", "--expect-exit", "7").status == 2)
    #expect(
      try run("verify", "both.tar", "--image", "app/bad", "--expect-exit", "7").status == 0)
    let unknown = try run("verify", "both.tar", "--image", "none")
    #expect(unknown.status == 2 && unknown.errors.contains("app/good:1, "))
    let plain = try run("verify", "good", "--image", "none")
    #expect(plain.status == 3)
  }

  @Test func `what is asked of one program is asked of no two`() throws {
    let result = try run("verify", "both.tar", "--expect-exit", "7")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("has 2 images") && result.errors.contains("--image"))
  }

  @Test func `a broken layer of the second image is never green`() throws {
    try Shell.bash(
      """
      layer=$(python3 -c 'import json; print(json.load(open("both/manifest.json"))[1]["Layers"][-1])')
      printf x | dd of=both/$layer bs=1 seek=3 conv=notrunc status=none
      tar -C both -cf broken.tar manifest.json blobs
      """, in: scratch.url)
    for command in ["verify", "check", "diff"] {
      let files = command == "diff" ? ["broken.tar", "broken.tar"] : ["broken.tar"]
      let result = try Shell.run([Project.command, command] + files, in: scratch.url)
      #expect(result.status != 0, "\(command)")
      #expect((result.output + result.errors).contains("blobs/sha256/"), "\(command)")
    }
    #expect(try run("verify", "broken.tar", "--image", "app/good", "-q").status != 0)
  }

  @Test func `one image is compared with a directory`() throws {
    try Shell.bash("mkdir tree; cp good tree/good", in: scratch.url)
    #expect(try run("diff", "both.tar", "tree", "--image", "app/good").status == 0)
    #expect(try run("diff", "both.tar", "tree", "--image", "app/bad").status == 1)
    #expect(try run("diff", "tree", "tree", "--image", "app/bad").status == 2)
  }

  @Test func `check and diff name the image`() throws {
    let (status, checked) = try json("check", "both.tar")
    #expect(status == 0)
    let programs = try #require(checked["programs"] as? [[String: Any]])
    #expect(programs.count == 2)
    #expect(Set(programs.compactMap { $0["image"] as? String }).count == 2)
    let (same, equal) = try json("diff", "both.tar", "both.tar")
    #expect(same == 0 && equal["equal"] as? Bool == true)
    #expect((equal["platforms"] as? [[String: Any]])?.count == 2)
    let (other, different) = try json("diff", "good.oci.tar", "both.tar")
    #expect(other == 1)
    let platforms = try #require(different["platforms"] as? [[String: Any]])
    #expect(platforms.map { ($0["changes"] as? [Any])?.isEmpty } == [true, false])
    #expect((platforms[1]["image"] as? String)?.hasSuffix("app/bad:1") == true)
  }
}
