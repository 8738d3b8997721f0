import ELF
import FileTree
import Foundation
import Loader
import Report
import TestSupport
import Testing

/// The JSON of `inspect`: pieces that add up to one document, and lines that are one each.
struct InspectDocumentTests {
  static let tree = InMemoryTree([
    "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
    "/app/main": .elf(
      {
        var image = ElfImage.program(needed: ["libx.so"], runpath: "/l")
          .using("V2", of: "libx.so").audited(by: "libp.so")
        image.buildID = [0x00, 0x0F, 0xAB]
        return image
      }()),
    "/l/libx.so": .elf(.library(soname: "libx.so").defining("V1").demanding(levels: 0b11)),
    "/l/libp.so": .elf(.library(), symbols: .auditor),
    "/app/\u{1B}\"\\x41/é": .program(needed: ["lib\"q\u{7}.so"]),
    "/app/hwcaps": .program(needed: ["liby.so"], runpath: "/l"),
    "/l/liby.so": .library(), "/l/glibc-hwcaps/x86-64-v2/liby.so": .library(),
  ])

  static let paths: [ByteString] = ["/app/main", "/app/\u{1B}\"\\x41/é", "/app/hwcaps"]

  func closures(_ path: ByteString, level: ByteString? = nil) throws -> ProgramClosures {
    var loader = Loader(
      tree: Self.tree,
      environment: SearchEnvironment(processor: Processor(level: level)))
    return try loader.closures(of: path)
  }

  func parse(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: [0, 1, 2, 3])
  func `pieces are one valid document, whatever their number`(count: Int) throws {
    var document = InspectDocument(root: "/a\"b\\")
    var text = try document.opening()
    for path in Self.paths.prefix(count) {
      text += document.next(try InspectDocument.renderSubject(.init(try closures(path))))
    }
    text += document.closing()
    let object = try parse(text)
    #expect(object["schemaVersion"] as? Int == InspectDocument.schemaVersion)
    #expect(object["root"] as? String == "/a\"b\\")
    let subjects = try #require(object["subjects"] as? [[String: Any]])
    #expect(
      subjects.compactMap { $0["path"] as? String }
        == Self.paths.prefix(count).map(\.description))
  }

  @Test func `a line says what the document does, and is one line`() throws {
    for path in Self.paths {
      let line = try InspectDocument.renderLine(.init(try closures(path)), root: "/r")
      #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { !$0.isNewline })
      var object = try parse(line)
      #expect(object.removeValue(forKey: "schemaVersion") as? Int == 1)
      #expect(object.removeValue(forKey: "root") as? String == "/r")
      let subject = try parse(InspectDocument.renderSubject(.init(try closures(path))))
      #expect(object as NSDictionary == subject as NSDictionary)
    }
  }

  @Test func `findings are fields`() throws {
    let subject = try parse(InspectDocument.renderSubject(.init(try closures("/app/main"))))
    #expect(subject["buildID"] as? String == "000fab")
    #expect(subject["complete"] as? Bool == false)
    #expect(subject["processor"] as? String == "baseline")
    let versions = try #require(subject["missingVersions"] as? [NSDictionary])
    #expect(
      versions == [
        [
          "version": "V2", "object": "/app/main", "library": "/l/libx.so", "weak": false,
        ]
      ])
    let needs = try #require(subject["beyondProcessor"] as? [NSDictionary])
    #expect(needs == [["object": "/l/libx.so", "level": "x86-64-v2"]])
    let objects = try #require(subject["objects"] as? [[String: Any]])
    #expect(objects.map { $0["namespace"] as? String } == ["program", "program", "audit"])
    #expect(objects.map { $0["soname"] is NSNull } == [false, false, true])
  }

  @Test func `a baseline is an object where it differs, and null where it doesn't`() throws {
    let plain = try parse(InspectDocument.renderSubject(.init(try closures("/app/hwcaps"))))
    #expect(plain["baseline"] is NSNull)
    let level = try parse(
      InspectDocument.renderSubject(.init(try closures("/app/hwcaps", level: "x86-64-v2"))))
    #expect(level["processor"] as? String == "x86-64-v2")
    let baseline = try #require(level["baseline"] as? [String: Any])
    #expect(Set(baseline.keys) == ["complete", "objects", "missing", "missingVersions"])
    let objects = try #require(baseline["objects"] as? [[String: Any]])
    #expect(objects.first?["path"] as? String == "/l/liby.so")
  }
}
