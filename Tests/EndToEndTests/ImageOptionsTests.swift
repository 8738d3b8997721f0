import Foundation
import TestSupport
import Testing

/// What the command line says of an image, as it stands in the image.
struct ImageOptionsTests {
  let scratch: TemporaryDirectory

  init() throws {
    scratch = try TemporaryDirectory()
    try Shell.bash("cp /bin/true server; cp /bin/false other", in: scratch.url)
  }

  @discardableResult
  func pack(_ arguments: [String]) throws -> Shell.Result {
    try Shell.run([Project.command] + arguments, in: scratch.url)
  }

  func json(_ file: String, in image: String) throws -> [String: Any] {
    let text = try Shell.bash("tar -xOf \(image) \(file)", in: scratch.url)
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any] ?? (value as? [[String: Any]])?.first)
  }

  /// The configuration of an archive's image.
  func configuration(_ image: String) throws -> [String: Any] {
    let manifest = try json("manifest.json", in: image)
    return try json(try #require(manifest["Config"] as? String), in: image)
  }

  func execution(_ arguments: String...) throws -> [String: Any] {
    let result = try pack(["server", "-q", "-o", "out.oci.tar"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try configuration("out.oci.tar")["config"] as? [String: Any])
  }

  @Test func `an image runs as it is without any option`() throws {
    let config = try execution()
    #expect(config["Entrypoint"] as? [String] == ["/server"])
    #expect(
      config["Env"] as? [String] == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
      ])
    #expect(config.count == 2)
    #expect(try configuration("out.oci.tar")["created"] as? String == "1970-01-01T00:00:00Z")
    let manifest = try json("manifest.json", in: "out.oci.tar")
    #expect(manifest["RepoTags"] as? [String] == ["docker.io/library/server:latest"])
  }

  @Test func `every option stands in the configuration`() throws {
    let config = try execution(
      "--entrypoint", #"["/server","a b"]"#, "--cmd", "--port 80", "--env", "A=b c", "--env",
      "A=d", "--env", "EMPTY=", "--env", "PATH=/bin", "--user", "1000:1000", "--workdir",
      "/data/./x/", "--expose", "80", "--expose", "5000-5001/udp", "--volume", "/var/lib/x",
      "--label", "a=b=c", "--label", "empty=", "--stop-signal", "quit", "--created",
      "2026-01-31T12:00:00Z")
    #expect(config["Entrypoint"] as? [String] == ["/server", "a b"])
    #expect(config["Cmd"] as? [String] == ["--port", "80"])
    #expect(config["Env"] as? [String] == ["A=d", "EMPTY=", "PATH=/bin"])
    #expect(config["User"] as? String == "1000:1000")
    #expect(config["WorkingDir"] as? String == "/data/x")
    #expect(
      (config["ExposedPorts"] as? [String: Any])?.keys.sorted()
        == ["5000/udp", "5001/udp", "80/tcp"])
    #expect((config["Volumes"] as? [String: Any])?.keys.sorted() == ["/var/lib/x"])
    #expect(config["Labels"] as? [String: String] == ["a": "b=c", "empty": ""])
    #expect(config["StopSignal"] as? String == "SIGQUIT")
    #expect(try configuration("out.oci.tar")["created"] as? String == "2026-01-31T12:00:00Z")
  }

  @Test func `a user's name gets a number, an entry and a group, and nobody of the host`() throws {
    #expect(try execution("--user", "app")["User"] as? String == "65532:65532")
    #expect(try execution("--user", "app:7")["User"] as? String == "7:7")
    try pack(["server", "-q", "-o", "out.tar", "--user", "app:7:8"])
    let files = try Shell.bash("tar -xOf out.tar etc/passwd etc/group", in: scratch.url)
    #expect(
      files == """
        root:x:0:
        app:x:8:
        root:x:0:0:root:/root:/sbin/nologin
        app:x:7:8:app:/:/sbin/nologin

        """)
  }

  @Test func `a volume belongs to the user, everything else to the owner of all`() throws {
    try pack([
      "server", "-q", "-o", "o.tar", "-o", "o.cpio", "--user", "app:7:8", "--volume", "/data",
    ])
    let listing = try Shell.bash(
      "tar --numeric-owner -tvf o.tar; cpio -itvn --quiet < o.cpio", in: scratch.url)
    #expect(listing.contains(" 7/8 ") && listing.contains(" 0/0 "))
    for line in listing.split(separator: "\n") {
      let isData = line.hasSuffix(" data/") || line.hasSuffix(" data")
      #expect((line.contains(" 7/8 ") || line.contains(" 7        8 ")) == isData, "\(line)")
    }
  }

  @Test func `directories that the configuration names are there`() throws {
    try pack([
      "server", "-q", "-o", "out/", "--workdir", "/a/b", "--volume", "/c", "--volume", "/lib",
    ])
    let kinds = try Shell.bash(
      "stat -c '%F %a' out/a/b out/c out/usr/lib; readlink out/lib", in: scratch.url)
    #expect(kinds == "directory 755\ndirectory 755\ndirectory 755\nusr/lib\n")
  }

  @Test func `an annotation stands in the manifest, and SOURCE_DATE_EPOCH dates the image`() throws
  {
    let result = try Shell.bash(
      """
      SOURCE_DATE_EPOCH=86400 \(Project.command) server -q -o out.oci.tar --annotation a=b
      tar -xOf out.oci.tar index.json
      """, in: scratch.url)
    let digest = try #require(result.split(separator: "sha256:").last?.prefix(64))
    let manifest = try json("blobs/sha256/\(digest)", in: "out.oci.tar")
    #expect(manifest["annotations"] as? [String: String] == ["a": "b"])
    #expect(try configuration("out.oci.tar")["created"] as? String == "1970-01-02T00:00:00Z")
  }

  @Test func `a variable without a value is taken from here, one for the loader is kept too`()
    throws
  {
    let text = try Shell.bash(
      """
      HERE='x y' LD_LIBRARY_PATH=/nowhere \(Project.command) server -q -o out.oci.tar \
        --env HERE --env LD_LIBRARY_PATH --env LD_BIND_NOW=1
      """, in: scratch.url)
    #expect(text.isEmpty)
    let config = try #require(try configuration("out.oci.tar")["config"] as? [String: Any])
    #expect((config["Env"] as? [String])?.dropFirst() == ["HERE=x y", "LD_BIND_NOW=1"])
  }

  @Test func `a tar archive's next step says what the archive can't`() throws {
    let result = try pack([
      "server", "-o", "out.tar", "--cmd", #"["a","'b"]"#, "--expose", "80", "--label", "x=$y",
    ])
    #expect(
      result.output.contains(
        #"docker import -c 'ENTRYPOINT ["/server"]' -c 'CMD ["a", "'\''b"]' -c 'EXPOSE 80/tcp' "#
          + #"-c 'LABEL "x"="\$y"' out.tar server && docker run --rm server"#))
  }

  static let wrongUsages: [(arguments: [String], says: String)] = [
    (["-o", "a.zip"], "its end stands for no known format"), (["-o", ""], "is empty"),
    (["-o", "-", "--format", "directory"], "can't go to standard output"),
    (["-o", "a/", "--format", "tar"], "is a directory's name"),
    (["--layers", "single"], "no output is an image"), (["--annotation", "a=b"], "no output is"),
    (["--compression", "zstd"], "no output is an image"), (["--level", "3"], "is compressed"),
    (["-o", "a.tar.gz", "--level", "13"], "it has 1 to 12"),
    (["-o", "a.tar.zst", "--level", "20"], "it has 1 to 19"), (["--owner", "me"], "not numbers"),
    (["-o", "a.oci.tar", "--overlay-safe"], "doesn't start by itself"),
    (["--tag", "A"], "isn't an image's name"), (["--user", "root"], "write --user 0"),
    (["--user", "a:b"], "isn't a user"), (["--workdir", "a"], "begin it with a slash"),
    (["--expose", "0"], "isn't a port"), (["--expose", "80/x"], "isn't a port"),
    (["--expose", "9-8"], "isn't a port"), (["--label", "a"], "write NAME=VALUE"),
    (["-o", "a.oci.tar", "--stop-signal", "NO"], "isn't a signal"),
    (["-o", "a.oci.tar", "--created", "now"], "isn't a time"),
    (["--cmd", "[1]"], "isn't a JSON array"), (["--entrypoint", " "], "holds no word"),
    (["--env", "NOT_SET_ANYWHERE"], "isn't set here"), (["-o", "a.tar", "-o", "./a.tar"], "twice"),
    (["--platform", "x"], "no output is an image"), (["--created", "0"], "no output is an image"),
    (["-o", "a.tar", "-o", "a.oci.tar", "--platform", "/:server"], "a tar holds one platform"),
    (["-o", "a.oci.tar", "--platform", "arm64=/:server"], "isn't a platform of Linux"),
    (["-o", "a/", "--cmd", "x"], "no output has a place for it"),
    (["--env", "=x"], "names no variable"), (["--cmd", "a 'b c'"], "has quotes"),
    (["--volume", "/"], "is the whole image"), (["--user", "4294967295"], "isn't a user"),
    (["--owner", "2147483648"], "not numbers of a user"), (["--expose", "+80"], "isn't a port"),
    (["-o", "a.oci.tar", "--created", "2026-02-31T00:00:00Z"], "isn't a time"),
    (["-o", "a.oci.tar", "--created", "2026-01-31T12:00:00Zjunk"], "isn't a time"),
    (["-o", "a.oci.tar.gz"], "its end stands for no known format"),
    (["--format", "tra"], "tar, tar.gz, tar.zst, directory"), (["--tag", "a\nb"], #"'a\x0Ab'"#),
    (["-o", "a.oci.tar", "--platform", "x"], "names no program"),
    (["-o", "a.oci.tar", "--platform", "/:server"], "linux/amd64 comes twice"),
    (["-o", "a.oci.tar", "--platform", "linux/arm64=/:server"], "is for linux/amd64"),
  ]

  @Test(arguments: wrongUsages)
  func `wrong usage is one line, and nothing is written`(
    usage: (arguments: [String], says: String)
  ) throws {
    let result = try pack(["server"] + usage.arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(usage.says))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == [
        "other", "server",
      ])
  }

  @Test func `standard output takes any archive, and the summary goes elsewhere`() throws {
    let listing = try Shell.bash(
      """
      \(Project.command) server -o - 2>summary | tar -t | sed -n 1p
      \(Project.command) server -q -o - --format oci-archive | tar -xO index.json
      \(Project.command) server -o - -o also.tar.gz > plain.tar 2>/dev/null
      gzip -dc also.tar.gz | cmp - plain.tar
      cat summary
      """, in: scratch.url)
    #expect(listing.hasPrefix("lib\n{\"manifests\""))
    #expect(listing.contains("standard output: "))
  }
}
