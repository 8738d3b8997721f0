internal import FileTree

/// The home of a Java virtual machine.
///
/// Source: OpenJDK `src/java.base/unix/native/libjli/java_md.c` (`GetJREPath`: the home is above the
/// library of the launcher; `jvm.cfg` in its `lib` names the machines) and
/// `src/hotspot/os/linux/os_linux.cpp` (`os::jvm_path`), which looks upwards from libjvm.
struct JavaRuntime: NeedSource {
  private let topic = Topic("java")
  private var known: Set<RootPath> = []

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name == "libjli.so" || object.name == "libjvm.so",
      let home = Self.home(above: object.real, in: &root), known.insert(home).inserted
    else { return [] }
    let wishes = TreeSelection.wishes(for: home.text, in: &root, leavingOut: Self.isLeftOut)
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "the home of the Java virtual machine")
    ]
  }

  /// The nearest directory above with a list of virtual machines in its `lib`, which lies in a
  /// directory for the processor before Java 9.
  private static func home(above library: RootPath, in root: inout RootView) -> RootPath? {
    var directory = library.parent
    for _ in 0..<5 where !directory.isRoot {
      let lib = directory.appending("lib").text
      if root.isFile(lib + "/jvm.cfg") || root.isFile(lib + "/modules") { return directory }
      for name in root.names(in: lib) where root.isFile(lib + "/" + name + "/jvm.cfg") {
        return directory
      }
      directory = directory.parent
    }
    return nil
  }

  /// Parts of a home that serve developers, not the machine.
  private static func isLeftOut(_ names: [ByteString]) -> Bool {
    switch names.count {
    case 1: ["jmods", "include", "man", "docs", "demo", "sample", "src.zip"].contains(names[0])
    // `ct.sym` describes older versions to the compiler (`javac --release`).
    case 2: names == ["lib", "src.zip"] || names == ["lib", "ct.sym"]
    default: false
    }
  }
}
