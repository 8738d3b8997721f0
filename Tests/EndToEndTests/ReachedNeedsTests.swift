import Foundation
import TestSupport
import Testing

/// What programs of a bundle ask for that its own program never starts.
struct ReachedNeedsTests {
  private static let source = """
    #include <unistd.h>
    int main(int count, char **words) {
      return count > 5 ? execl("/bin/sh", "sh", "-c", words[1], (char *)0) : 0;
    }
    """

  @Test(arguments: ["/usr/lib/app/helper", "/opt/app/bin/helper"])
  func `what lies unused in a library is a warning, elsewhere and started itself it fails`(
    place: String
  ) throws {
    let scratch = try TemporaryDirectory()
    try scratch.write(Self.source, to: "helper.c")
    try scratch.write("int main(void) { return 0; }\n", to: "main.c")
    try Shell.bash("gcc -o helper helper.c && gcc -o main main.c", in: scratch.url)
    let isLibrary = place.hasPrefix("/usr/lib/")

    let beside = try Project.run(
      "--no-config", "./main", "--add", "helper:\(place)", "--without", "shell", "-o", "beside.tar",
      in: scratch.url)
    #expect(beside.status == 0, "\(beside.errors)")
    let verdict = try Project.run("verify", "beside.tar", in: scratch.url)
    #expect(verdict.status == (isLibrary ? 0 : 1), "\(verdict.output)")
    #expect(verdict.output.contains("a shell that it starts"))

    let itself = try Project.run(
      "--no-config", "./helper", "--install", place, "--without", "shell", "-o", "itself.tar",
      in: scratch.url)
    #expect(itself.status == 0, "\(itself.errors)")
    let failure = try Project.run("verify", "itself.tar", in: scratch.url)
    #expect(failure.status == 1, "\(failure.output)")
  }
}
