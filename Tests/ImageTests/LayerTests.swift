import Bundle
import FileTree
import Foundation
import Image
import TestSupport
import Testing

struct LayerTests {
  static func file(
    _ path: RootPath, _ content: String, _ stratum: Stratum
  ) -> BundleEntry {
    BundleEntry(
      path: path, node: .file(.generated(Array(content.utf8)), permissions: 0o644),
      reason: .program, stratum: stratum)
  }

  static func parent(_ path: RootPath, permissions: UInt16 = 0o755) -> BundleEntry {
    BundleEntry(
      path: path, node: .directory(permissions: permissions), reason: .parent, stratum: .skeleton)
  }

  static func link(_ path: RootPath, to text: ByteString, _ stratum: Stratum) -> BundleEntry {
    BundleEntry(path: path, node: .symbolicLink(text), reason: .rootLink, stratum: stratum)
  }

  /// A program on a base that others have too.
  static func plan(program: String, extra: [BundleEntry] = []) -> BundlePlan {
    let entries =
      [
        link("/lib", to: "usr/lib", .skeleton), parent("/usr"), parent("/usr/lib"),
        file("/usr/lib/libc.so.6", "libc", .libc), file("/usr/lib/libz.so.1", "libz", .libraries),
        file(RootPath(normalising: ByteString("/" + program)), program, .application),
      ] + extra
    return BundlePlan(
      entries: entries.sorted { $0.archiveName < $1.archiveName }, programs: [],
      programHeader: nil, warnings: [])
  }

  /// The names in each layer, lowest first.
  func layers(
    of plan: BundlePlan, options: WriteOptions = WriteOptions()
  ) throws -> (names: [String], digests: [String]) {
    let directory = try TemporaryDirectory()
    try TestPlan.write(plan, to: "out.oci.tar", in: directory, options: options)
    let text = try Shell.bash(
      """
      mkdir image && tar -C image -xf out.oci.tar && cd image
      for layer in $(python3 -c '
      import json
      for layer in json.load(open("manifest.json"))[0]["Layers"]: print(layer)'); do
        echo "${layer#blobs/sha256/}" "$(tar --show-transformed-names -tf $layer | tr '\\n' ' ')"
      done
      """, in: directory.url)
    let lines = text.split(separator: "\n")
    return (
      lines.map { $0.drop { $0 != " " }.trimmingCharacters(in: .whitespaces) },
      lines.map { String($0.prefix { $0 != " " }) }
    )
  }

  @Test func `each layer holds one stratum, with the directories it needs`() throws {
    #expect(
      try layers(of: Self.plan(program: "one")).names == [
        "lib", "usr/ usr/lib/ usr/lib/libc.so.6", "usr/ usr/lib/ usr/lib/libz.so.1", "one",
      ])
  }

  @Test func `two services on one base have all but the last layer in common`() throws {
    let one = try layers(of: Self.plan(program: "one")).digests
    let two = try layers(of: Self.plan(program: "another")).digests
    #expect(one.count == 4 && two.count == 4)
    #expect(one.dropLast() == two.dropLast())
    #expect(one.last != two.last)
  }

  @Test func `an addition's permissions of a directory stand in its own layer`() throws {
    let opened = BundleEntry(
      path: "/usr", node: .directory(permissions: 0o700), reason: .addition(of: "/usr"),
      stratum: .application)
    var plan = Self.plan(program: "one")
    plan = BundlePlan(
      entries: plan.entries.map { $0.path == "/usr" ? opened : $0 }, programs: [],
      programHeader: nil, warnings: [])
    let changed = try layers(of: plan)
    #expect(changed.names.last == "one usr/")
    #expect(
      try changed.digests.dropLast() == layers(of: Self.plan(program: "one")).digests.dropLast())
  }

  @Test func `a single layer holds everything`() throws {
    var options = WriteOptions()
    options.layering = .single
    #expect(
      try layers(of: Self.plan(program: "one"), options: options).names == [
        "lib one usr/ usr/lib/ usr/lib/libc.so.6 usr/lib/libz.so.1"
      ])
  }

  @Test func `a name that would delete a file is refused in an image, not in an archive`() throws {
    let directory = try TemporaryDirectory()
    let plan = Self.plan(program: ".wh.one")
    #expect(
      throws: ArchiveError.unrepresentable(
        "/.wh.one", "in an image's layer, a name with .wh. deletes a file")
    ) {
      try TestPlan.write(plan, to: "out.oci.tar", in: directory)
    }
    try TestPlan.write(plan, to: "out.tar", in: directory)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["out.tar"])
  }
}
