internal import FileTree

/// Libraries of the system that the runtime of .NET opens for parts of its class library.
///
/// Source: dotnet/runtime `src/native/libs/System.Globalization.Native/pal_icushim.c` (the newest ICU that
/// is there, by its version), `src/native/libs/System.Security.Cryptography.Native/opensslshim.c`.
struct DotnetSystemLibraries {
  /// The native modules that the application's assemblies call.
  let modules: Set<ByteString>
  let isInvariant: Bool

  func needs(_ evidence: Evidence, in root: inout RootView) -> [RuntimeNeed] {
    var needs: [RuntimeNeed] = []
    if !isInvariant {
      let names: [ByteString] = ["libicuuc.so", "libicui18n.so"]
      needs.append(
        DotnetApplication.topic.registered(
          evidence, names.map { .library(names: versions(of: $0, in: &root), caller: nil) },
          isEssential: true,
          purpose: "cultures; DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 does without"))
    }
    let cryptography = modules.sorted().first {
      $0.hasSuffix("System.Security.Cryptography.Native.OpenSsl")
    }
    if let cryptography {
      needs.append(
        DotnetApplication.topic.registered(
          Evidence(file: evidence.file, mark: .metadata(cryptography)),
          [
            .library(
              names: ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0"],
              caller: nil)
          ], isEssential: true, purpose: "cryptography, and TLS"))
    }
    return needs
  }

  /// `libicuuc.so.72` and its like in this root, the highest first; the plain name where there is none.
  private func versions(of library: ByteString, in root: inout RootView) -> [ByteString] {
    let prefix = library + "."
    var versions: Set<Int> = []
    for directory in root.systemDirectories {
      for name in root.names(in: directory) where name.hasPrefix(prefix) {
        let text = String(decoding: name.bytes.dropFirst(prefix.count), as: UTF8.self)
        if let version = Int(text) { versions.insert(version) }
      }
    }
    return versions.sorted(by: >).map { prefix + ByteString(String($0)) } + [library]
  }
}
