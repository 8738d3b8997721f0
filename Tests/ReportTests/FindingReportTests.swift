import FileTree
import Foundation
import Loader
import Report
import Testing

@testable import Check

/// Findings as text and in the format of code hosts.
struct FindingReportTests {
  static let library = FoundObject(path: "/app/../lib/libf.so", real: "/lib/libf.so")
  static let program = FoundObject(path: "/app/main", real: "/app/main")

  static func symbol(_ name: ByteString, _ version: ByteString? = nil) -> Finding {
    Finding(
      .undefinedSymbol(
        name: name, version: version, library: version == nil ? nil : "libg.so", missing: nil),
      object: library, chain: ["/app/main", library.path])
  }

  /// One finding of each severity, with two that belong together.
  static let findings: [Finding] = [
    Finding(.unusedLibrary(name: "libu.so"), object: program, chain: ["/app/main"]),
    Finding(.executableStack(isMarked: true), object: program, chain: ["/app/main"]),
    symbol("first"), symbol("other", "V1"), symbol("second"),
    Finding(
      .lacks(.relro, isUnknown: false), severity: .gate,
      object: FoundObject(path: "/lib/\u{1B}[2J odd", real: "/lib/\u{1B}[2J odd"),
      chain: ["/app/main", "/lib/\u{1B}[2J odd"]),
  ]

  static var report: CheckReport {
    var report = CheckReport()
    report.add(CheckedProgram(findings: findings, floors: []), at: "/app/main")
    report.add(CheckedProgram(findings: [symbol("other", "V1")], floors: []), at: "/app/twin")
    return report
  }

  // MARK: Text

  @Test func `what fails comes first, and what belongs together is told together`() {
    #expect(
      CheckText.render(Self.report, .plain) == """
        /app/../lib/libf.so
          fails [undefined-symbol]
            2 symbols are undefined
              first, second
            loaded by /app/main
            fix: link it with the library that defines it, or check the program that
              loads both
          fails [undefined-symbol]
            other@V1 is undefined, expected in libg.so
            loaded by /app/main
            in 2 programs: /app/main, /app/twin
            fix: bring the libg.so that it was linked with

        /lib/\\x1B[2J odd
          not as demanded [no-relro]
            what was relocated stays writable (no RELRO)
            loaded by /app/main
            fix: link with -Wl,-z,relro

        /app/main
          weakens [executable-stack]
            it makes the stack executable (PT_GNU_STACK)
            fix: link with -Wl,-z,noexecstack; assembly needs a .note.GNU-stack section
          note [unused-library]
            it uses no symbol of libu.so
            fix: link with -Wl,--as-needed, or leave the library out

        2 files checked: 3 failures, 1 not as demanded, 1 weakness, 1 note

        """)
  }

  @Test func `no line but one long word is wider than eighty columns`() {
    var report = CheckReport()
    let symbols = (0..<60).map { Self.symbol(ByteString("symbol_number_\($0)")) }
    report.add(CheckedProgram(findings: symbols, floors: []), at: "/app/main")
    for line in CheckText.render(report, .plain).split(separator: "\n") {
      #expect(line.count <= 80)
    }
  }

  @Test func `the highest floor of all programs is told, with the way to it`() {
    func raise(_ release: String, _ object: ByteString) -> FloorRaise {
      FloorRaise(
        floor: ReleaseFloor(
          package: .glibc, release: Release(release) ?? Release(0),
          version: ByteString("GLIBC_\(release)"), library: "libc.so.6", symbols: ["call"]),
        object: FoundObject(path: object, real: RootPath(normalising: object)),
        chain: ["/app/main", "/lib/a.so", object])
    }
    var report = CheckReport()
    for (release, object): (String, ByteString) in [
      ("2.4", "/lib/b.so"), ("2.36", "/lib/c.so"), ("2.36", "/lib/d.so"),
    ] {
      report.add(
        CheckedProgram(findings: [], floors: [raise(release, object)]), at: "/app/main")
    }
    #expect(
      CheckText.render(report, .plain) == """
        glibc 2.36 or later is needed: /lib/c.so asks for call@GLIBC_2.36 of libc.so.6
          loaded by /app/main → /lib/a.so
        3 files checked: no problems

        """)
  }

  @Test func `every problem has a message and a remedy`() {
    let problems: [Problem] =
      HardeningProperty.allCases.map { .lacks($0, isUnknown: true) } + Self.findings.map(\.problem)
      + [
        .missingLibrary(name: "l", kind: .dlopen, tried: []),
        .missingBaseline(name: "l", variant: "/v", level: "x86-64-v3", tried: []),
        .missingInterpreter(path: "/i", outcome: nil), .notInPath(name: "n", directories: ["/bin"]),
        .endlessInterpreters, .relativeInterpreter(path: "i"),
        .wrongInterpreter(path: "/i", outcome: .absent),
        .otherLibc(named: "l", interpreter: "/i", libc: .musl),
        .missingVersion(version: "V", library: "l", isWeak: true),
        .unversionedLibrary(library: "l"), .unreadableTables(.notElf), .truncatedFile(.empty),
        .newerProcessor(levels: 4, assumed: nil), .processorFloor(levels: 4, maximum: 1),
        .privateVersion(library: "l"), .textRelocations, .executableStack(isMarked: false),
        .unsafeSearchPath(path: .rpath, element: "", danger: .empty),
        .unsafeSearchPath(path: .runpath, element: "/t/x", danger: .writable("/t")),
        .setUserID(isSetGroupID: false, hasCapabilities: true),
        .shadowedLibrary(name: "l", loaded: "/l", loader: "/p", own: "/o"),
        .sameSoname(soname: "s", other: "/o"), .duplicateFile(other: "/o", size: 1, digest: "d"),
      ]
    for problem in problems {
      #expect(!problem.message.isEmpty && !problem.remedy.isEmpty, "\(problem)")
    }
  }

  // MARK: SARIF

  typealias Object = [String: Any]

  func sarif() throws -> Object {
    let report = RootReport(Self.report) { "file://" + $0.text.percentEncoded }
    let document = SarifDocument([report], toolVersion: "1.2.3")
    let text = try renderJSON(document)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
  }

  /// OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", by its sections.
  @Test func `SARIF has what its specification demands`() throws {
    let log = try sarif()
    // 3.13: sarifLog.
    #expect(log["version"] as? String == "2.1.0")
    #expect((log["$schema"] as? String)?.contains("sarif-2.1.0") == true)
    let runs = try #require(log["runs"] as? [Object])
    #expect(runs.count == 1)
    // 3.14, 3.18, 3.19: run, tool, toolComponent.
    let driver = try #require((runs[0]["tool"] as? Object)?["driver"] as? Object)
    #expect(driver["name"] as? String == "rootfs-pack")
    #expect(driver["version"] as? String == "1.2.3")
    // 3.49: reportingDescriptor.
    let rules = try #require(driver["rules"] as? [Object])
    let identifiers = rules.compactMap { $0["id"] as? String }
    #expect(identifiers == Rule.allCases.map(\.rawValue))
    let levels: Set<String> = ["none", "note", "warning", "error"]
    for rule in rules {
      #expect((rule["shortDescription"] as? Object)?["text"] is String)
      let configuration = rule["defaultConfiguration"] as? Object
      #expect(levels.contains(configuration?["level"] as? String ?? ""))
    }
    // 3.27: result.
    let results = try #require(runs[0]["results"] as? [Object])
    #expect(results.count == Self.findings.count)
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      #expect(levels.contains(result["level"] as? String ?? ""))
      #expect(((result["message"] as? Object)?["text"] as? String)?.isEmpty == false)
      #expect(
        (result["partialFingerprints"] as? Object)?.values.allSatisfy { $0 is String } == true)
      let locations = try #require(result["locations"] as? [Object])
      let place = try #require(locations.first?["physicalLocation"] as? Object)
      // 3.4: a URI reference; 3.30: lines are counted from 1.
      let uri = try #require((place["artifactLocation"] as? Object)?["uri"] as? String)
      #expect(URL(string: uri, encodingInvalidCharacters: false)?.isFileURL == true)
      #expect((place["region"] as? Object)?["startLine"] as? Int == 1)
    }
  }

  @Test func `levels follow severity, and fingerprints tell findings apart`() throws {
    let runs = try #require(try sarif()["runs"] as? [Object])
    let results = try #require(runs[0]["results"] as? [Object])
    #expect(
      results.map { $0["level"] as? String }
        == ["note", "warning", "error", "error", "error", "error"])
    let fingerprints = results.compactMap { $0["partialFingerprints"] as? [String: String] }
    #expect(Set(fingerprints).count == results.count)
  }

  @Test func `a path's bytes are kept in a URI`() {
    let path = ByteString(Array("/a b%c:d#?é~-_.".utf8) + [0xFF])
    #expect(path.percentEncoded == "/a%20b%25c%3Ad%23%3F%C3%A9~-_.%FF")
  }
}
