import Foundation
import TestSupport
import Testing

/// Layers and images of the shapes that engines' own tests are made of, judged as podman and umoci do.
struct CraftedImageTests {
  @Test func `crafted layers and sample images are judged as engines judge them`() throws {
    let script = Project.directory.appendingPathComponent("fixtures/images").appendingPathComponent(
      "crafted.py"
    ).path
    let result = try Shell.run(["python3", script, Project.command])
    #expect(result.status == 0 && result.output == "40 images, 0 faults\n", "\(result)")
  }
}
