import Foundation
import TestSupport
import Testing

/// The rules of both loaders, on compiled files: the command's answer is held against that of the
/// real loader, and both against what the fixture is there to show.
struct LoaderFixtureTests {
  @Test func `there are fixtures of both loaders`() {
    #expect(LoaderFixture.all.contains { $0.name.hasPrefix("musl-") })
    #expect(LoaderFixture.all.contains { !$0.name.hasPrefix("musl-") })
  }

  @Test(arguments: LoaderFixture.all)
  func `what is found is what the real loader loads`(fixture: LoaderFixture) throws {
    let loaderCase = try fixture.readCase()
    let directory = try TemporaryDirectory()
    try fixture.build(into: directory)
    let output = directory.url.resolvingSymlinksInPath().path
    #expect(!loaderCase.subjects.isEmpty)
    for (path, subject) in loaderCase.subjects.sorted(by: { $0.key < $1.key }) {
      // Only root can have a program run as another user.
      if subject.isSecure && !Privileges.isRoot { continue }
      let oracle = try LoaderOracle(loaderCase: loaderCase, output: output)
        .outcome(of: path, subject)
      let inspected = try InspectedSubject.inspect(path, of: loaderCase, subject, in: output)
      #expect(inspected.loader == subject.libc.rawValue, "\(path)")
      if subject.fatal == true {
        expectRefusal(path, subject, oracle, inspected, in: output)
      } else {
        expectAgreement(path, subject, oracle, inspected, in: output)
      }
    }
  }

  private func expectAgreement(
    _ path: String, _ subject: LoaderCase.Subject, _ oracle: LoaderOutcome,
    _ inspected: InspectedSubject, in output: String
  ) {
    #expect(!oracle.isFatal, "\(path)")
    // The fixture shows what it says.
    #expect(!subject.found.isEmpty || !subject.missing.isEmpty, "\(path)")
    #expect(fixtureFiles(oracle.objects.map(\.path), in: output) == subject.found, "\(path)")
    #expect(oracle.missing == Set(subject.missing), "\(path)")
    let passedOver = Set(subject.passedOver ?? [])
    // Of some, the loader says nothing.
    #expect(oracle.passedOver.isSubset(of: passedOver), "\(path)")
    let missingVersions = Set(
      (subject.missingVersions ?? []).map(LoaderOutcome.MissingVersion.init))
    #expect(oracle.missingVersions == missingVersions, "\(path)")
    let audit = subject.audit ?? []
    #expect(fixtureFiles(oracle.audit, in: output) == audit, "\(path)")
    let beyondProcessor = Set(subject.beyondProcessor ?? [])
    #expect(oracle.beyondProcessor == beyondProcessor, "\(path)")
    // The command agrees with the loader.
    let outcome = inspected.outcome(in: output)
    if subject.isSecure, oracle.endsProgram {
      // It lists nothing then, and no set-user-id program is traced.
      #expect(fixtureFiles(outcome.objects.map(\.path), in: output) == subject.found, "\(path)")
      return
    }
    #expect(outcome.realPaths == oracle.realPaths, "\(path)")
    #expect(outcome.missing == oracle.missing, "\(path)")
    #expect(outcome.passedOver == passedOver, "\(path)")
    #expect(outcome.missingVersions == missingVersions, "\(path)")
    #expect(fixtureFiles(outcome.audit, in: output) == audit, "\(path)")
    #expect(outcome.beyondProcessor == beyondProcessor, "\(path)")
    switch subject.libc {
    case .glibc:
      #expect(outcome.objects.map(\.path) == oracle.objects.map(\.path), "\(path)")
    case .musl:
      // Its list begins with the loader, and a path has as many slashes as its parts brought along.
      let loader = oracle.objects.first { $0.path == subject.interpreterPath }?.realPath
      #expect(
        outcome.objects.map(\.realPath).filter { $0 != loader }
          == oracle.objects.map(\.realPath).filter { $0 != loader }, "\(path)")
    }
  }

  private func expectRefusal(
    _ path: String, _ subject: LoaderCase.Subject, _ oracle: LoaderOutcome,
    _ inspected: InspectedSubject, in output: String
  ) {
    #expect(oracle.isFatal, "\(path)")
    #expect(subject.missing.count == 1, "\(path)")
    #expect(inspected.outcome(in: output).isFatal, "\(path)")
    #expect(inspected.missing.map(\.name) == subject.missing, "\(path)")
  }

  /// What was loaded but for the C library and its loader.
  private func fixtureFiles(_ paths: [String], in output: String) -> [String] {
    paths
      .filter { path in
        let name = path.split(separator: "/").last ?? ""
        return !name.hasPrefix("ld-") && !name.hasPrefix("libc.so")
      }
      .map { LoaderOutcome.path($0, in: output) }
  }
}
