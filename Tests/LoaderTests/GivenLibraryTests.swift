import FileTree
import Loader
import TestSupport
import Testing

/// Libraries that the run time brings.
struct GivenLibraryTests {
  private func graph(_ openings: [Opening] = []) throws -> ClosureGraph {
    try glibcClosure(
      [
        "/app/main": .program(needed: ["libdriver.so.1", "liba.so"], runpath: "/l"),
        "/l/liba.so": .library(needed: ["libgone.so"]), "/l/libdriver.so.1": .library(),
        "/l/libplugin.so": .library(needed: ["libdriver.so.1"]),
      ], SearchEnvironment(openings: openings, given: ["libdriver.so.1"]))
  }

  @Test func `what is given isn't looked for, and isn't missing`() throws {
    let graph = try graph()
    #expect(graph.loaded == ["/l/liba.so"])
    #expect(graph.given.map(\.name) == ["libdriver.so.1"])
    #expect(graph.missing.map(\.name) == ["libgone.so"])
    #expect(graph.passedOver.isEmpty)
  }

  @Test func `what needs something that is given can be opened`() throws {
    let graph = try graph([Opening(name: "libplugin.so"), Opening(name: "libdriver.so.1")])
    #expect(graph.loaded == ["/l/liba.so", "/l/libplugin.so"])
    #expect(graph.given.count == 3)
    #expect(graph.environmentInContainer.given == ["libdriver.so.1"])
  }
}
