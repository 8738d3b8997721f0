import FileTree
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Discovery

/// What is found on this machine, against what the installed programs say of themselves.
struct PluginParityTests {
  private func fixture(_ source: any NeedSource) -> PluginFixture {
    PluginFixture(source, DirectoryTree(root: FilePath("/")))
  }

  /// The physical path of a program or library.
  private static func find(_ name: String) -> ByteString? {
    let places = [
      "/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
    ]
    return places.map { "\($0)/\(name)" }
      .first { FileManager.default.fileExists(atPath: $0) }.map { ByteString($0) }
  }

  private static func has(_ names: String...) -> Bool { names.allSatisfy { find($0) != nil } }

  private func lines(_ arguments: String...) throws -> [ByteString] {
    let result = try Shell.run(arguments)
    try #require(result.status == 0)
    return result.output.split(separator: "\n").map { ByteString(String($0)) }
  }

  /// Whether everything below a directory is asked for: the directory, or each name in it but some.
  private func covers(
    _ needs: [RuntimeNeed], _ directory: ByteString, but leftOut: Set<ByteString> = [],
    in root: inout RootView
  ) -> Bool {
    let paths = Set(
      needs.paths.compactMap { root.resolve($0)?.real })
    guard let place = root.resolve(directory)?.real else { return false }
    if ([place] + place.ancestors).contains(where: paths.contains) { return true }
    return root.names(in: directory).allSatisfy { name in
      leftOut.contains(name)
        || root.resolve(directory + "/" + name).map { file in
          paths.contains(file.real) || paths.contains { $0.isInside(file.real) }
        } ?? true
    }
  }

  @Test(.enabled(if: has("python3")))
  func `python's whole path is asked for`() throws {
    var fixture = fixture(PythonRuntime())
    let needs = fixture.needs(of: try #require(Self.find("python3")), isProgram: true)
    #expect(!needs.isEmpty)
    let path = try lines("/usr/bin/python3", "-c", "import sys; print('\\n'.join(sys.path[1:]))")
    for directory in path where fixture.root.isDirectory(directory) {
      let leftOut = Set(fixture.root.names(in: directory).filter { $0.hasPrefix("config-") })
      #expect(
        covers(
          needs, directory, but: leftOut.union(["test", "idlelib", "turtledemo"]),
          in: &fixture.root), "\(directory)")
    }
  }

  @Test(.enabled(if: has("perl")))
  func `perl's whole include path is asked for`() throws {
    var fixture = fixture(PerlRuntime())
    let needs = fixture.needs(of: try #require(Self.find("perl")), isProgram: true)
    for directory in try lines("/usr/bin/perl", "-e", "print \"$_\\n\" for @INC")
    where fixture.root.isDirectory(directory) {
      #expect(covers(needs, directory, but: ["CORE"], in: &fixture.root), "\(directory)")
    }
  }

  @Test(.enabled(if: has("ruby")))
  func `ruby's load path and gems are asked for`() throws {
    var fixture = fixture(RubyRuntime())
    let directory = try #require(Self.find("libc.so.6")).directoryPart
    let library = try #require(
      fixture.root.names(in: directory).first { $0.hasPrefix("libruby") })
    let needs = fixture.needs(of: directory + "/" + library)
    let path = try lines("ruby", "-e", "puts $:, Gem.path")
    for directory in path
    where fixture.root.isDirectory(directory) && !directory.hasPrefix("/root/") {
      #expect(covers(needs, directory, in: &fixture.root), "\(directory)")
    }
  }

  @Test(.enabled(if: has("lua5.4")))
  func `lua's directories are asked for`() throws {
    var fixture = fixture(LuaRuntime())
    let needs = fixture.needs(of: "/usr/bin/lua5.4", isProgram: true)
    let text = try lines("/usr/bin/lua5.4", "-e", "print(package.path); print(package.cpath)")
    let patterns = text.flatMap { $0.split { $0 == UInt8(ascii: ";") } }
    for directory in patterns.map(\.directoryPart)
    where directory.hasPrefix("/") && !directory.contains(UInt8(ascii: "?"))
      && fixture.root.isDirectory(directory) && !directory.hasSuffix("/lua")
    {
      #expect(covers(needs, directory, in: &fixture.root), "\(directory)")
    }
  }

  @Test(.enabled(if: has("java")))
  func `java's home is asked for`() throws {
    var fixture = fixture(JavaRuntime())
    let result = try Shell.run(["/usr/bin/java", "-XshowSettings:properties", "-version"])
    let marker = "java.home = "
    let line = try #require(
      result.errors.split(separator: "\n").first { $0.contains(marker) })
    let home = ByteString(String(line.drop { $0 != "/" }))
    let needs = fixture.needs(of: home + "/lib/libjli.so")
    #expect(needs.covers(home + "/lib/modules") && needs.covers(home + "/bin/java"))
    #expect(needs.covers(home + "/lib/server/libjvm.so"))
  }

  @Test(.enabled(if: has("openssl", "libcrypto.so.3")))
  func `OpenSSL's directory is the one that it tells`() throws {
    var fixture = fixture(OpenSSLConfiguration())
    let needs = fixture.needs(of: try #require(Self.find("libcrypto.so.3")))
    let line = try #require(try lines("openssl", "version", "-d").first)
    let directory = line.split { $0 == UInt8(ascii: "\"") }[1]
    #expect(needs.paths.contains(directory + "/openssl.cnf"))
  }

  @Test(.enabled(if: has("git")))
  func `git's programs are those of its own path`() throws {
    var fixture = fixture(GitPrograms())
    let needs = fixture.needs(of: "/usr/bin/git", isProgram: true)
    let directory = try #require(try lines("git", "--exec-path").first)
    #expect(needs.essential.covers(directory + "/git-remote-http"))
    #expect(covers(needs, directory, in: &fixture.root))
    #expect(needs.covers("/usr/share/git-core/templates"))
  }

  @Test(.enabled(if: has("nginx")))
  func `nginx's configuration is all that it reads`() throws {
    var fixture = fixture(NginxServer())
    let needs = fixture.needs(of: "/usr/sbin/nginx", isProgram: true)
    let result = try Shell.run(["/usr/sbin/nginx", "-T"])
    try #require(result.status == 0)
    let marker = "# configuration file "
    let files = result.output.split(separator: "\n").filter { $0.hasPrefix(marker) }.map {
      ByteString(String($0.dropFirst(marker.count).dropLast()))
    }
    #expect(!files.isEmpty)
    #expect(needs.paths == Set(files).sorted())
  }

  @Test(.enabled(if: has("iconv", "libc.so.6")))
  func `iconv's modules are all that glibc has`() throws {
    var fixture = fixture(GconvModules())
    let library = try #require(Self.find("libc.so.6"))
    _ = fixture.needs(of: library)
    let needs = fixture.needs(of: "/usr/bin/iconv", isProgram: true, imports: ["iconv_open"])
    #expect(needs.libraries.contains { $0.hasSuffix("/ISO8859-1.so") })
    #expect(needs.libraries.allSatisfy { fixture.root.isFile($0) })
  }
}
