import ELF
import FileTree
import Loader
import TestSupport

@testable import Discovery

/// Looks for what programs ask for at run time in a root whose configuration, scripts, assemblies and
/// data all are the same unknown bytes. The first byte chooses what is asked for.
func readNeeds(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  let unknown = Array(bytes.dropFirst())
  let tree = InMemoryTree(
    known.merging(
      unknownPaths.map { ($0, InMemoryTree.Node.file(unknown, permissions: 0o755)) }
    ) { $1 })
  let loader = Loader(tree: tree)
  var policy = NeedsPolicy()
  policy.packsGuesses = true
  policy.notes = .suggested
  policy.wanted = Set(Preset.all.map(\.topic))
  var finder = NeedsFinder(
    .init(
      tree: tree, loader: loader, libraryLoader: loader, store: RootFacts(tree: tree),
      policy: policy, descends: true))
  var inputs = DiscoveryInputs()
  let program = programs[Int(choice) % programs.count]
  guard (try? finder.add(program: program, destination: nil, to: &inputs)) != nil else { return }
  precondition(
    finder.discover(inputs).needs.allSatisfy { !$0.evidence.isEmpty }, "a need has no evidence")
}

private let programs: [ByteString] = [
  "/unknown", "/unknown.exe", "/unknown.dll", "/usr/sbin/nginx", "/usr/sbin/apache2",
  "/usr/bin/python3", "/usr/bin/program",
]

private let unknownPaths: [RootPath] = [
  "/unknown", "/unknown.exe", "/unknown.dll", "/unknown.exe.config", "/unknown.deps.json",
  "/unknown.runtimeconfig.json", "/etc/mono/config", "/usr/lib/mono/4.5/mscorlib.dll",
  "/etc/nginx/nginx.conf", "/etc/apache2/apache2.conf", "/etc/apache2/envvars",
  "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/hosts", "/usr/lib/ssl/openssl.cnf",
  "/etc/pam.d/program", "/etc/krb5.conf", "/etc/odbcinst.ini", "/usr/lib/gconv/gconv-modules",
  "/usr/lib/tmpfiles.d/x.conf", "/etc/program/program.conf", "/usr/lib/python3/site-packages/x.pth",
  "/pyvenv.cfg", "/usr/bin/started", "/etc/fonts/fonts.conf",
]

private let known: [RootPath: InMemoryTree.Node] = [
  "/lib64/ld-linux-x86-64.so.2": .library(soname: "ld-linux-x86-64.so.2"),
  "/usr/lib/libc.so.6": .library(soname: "libc.so.6"),
  "/usr/lib/libpam.so.0": .library(soname: "libpam.so.0"),
  "/usr/lib/libkrb5.so.3": .elf(.library(soname: "libkrb5.so.3"), constants: ["/etc/krb5.conf"]),
  "/usr/lib/libodbc.so.2": .elf(.library(soname: "libodbc.so.2"), constants: ["/etc"]),
  "/usr/lib/libcrypto.so.3": .elf(
    .library(soname: "libcrypto.so.3"),
    constants: [
      "OPENSSLDIR: \"/usr/lib/ssl\"", "MODULESDIR: \"/usr/lib/ssl\"",
      "ENGINESDIR: \"/usr/lib/ssl\"",
    ]),
  "/usr/lib/libfontconfig.so.1": .library(soname: "libfontconfig.so.1"),
  "/usr/bin/mono": .elf(.program(), constants: ["/usr/lib", "/etc"]),
  "/usr/bin/dotnet": .program(),
  "/usr/bin/python3": .program(needed: ["libc.so.6"]), "/bin/sh": .program(),
  "/usr/sbin/nginx": .elf(
    .program(needed: ["libc.so.6"]),
    constants: ["configure arguments: --prefix=/usr --conf-path=/etc/nginx/nginx.conf"]),
  "/usr/sbin/apache2": .elf(
    .program(needed: ["libc.so.6"]),
    constants: [" -D HTTPD_ROOT=\"/etc/apache2\"", " -D SERVER_CONFIG_FILE=\"apache2.conf\""]),
  "/usr/bin/program": .elf(
    .program(
      needed: [
        "libc.so.6", "libpam.so.0", "libkrb5.so.3", "libodbc.so.2", "libcrypto.so.3",
        "libfontconfig.so.1",
      ]), constants: ["program", "/etc/program/program.conf", "/usr/bin/started"]),
]
