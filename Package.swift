// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors where the test script asks for it, not for whoever builds with a newer compiler.
let strict = Context.environment["ROOTFS_PACK_WARNINGS_AS_ERRORS"] != nil

/// The fuzz targets, for scripts/fuzz.sh: the library with libFuzzer's loop, without its main function.
let fuzzer = Context.environment["ROOTFS_PACK_FUZZ"]

/// What tells the fuzzer which code an input reaches, and which memory it mustn't.
let instrumentation: [SwiftSetting] =
  fuzzer == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]

/// Also for what runs while the package is built, which no fuzzer is linked with.
let buildSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .strictMemorySafety(),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// The tests have the command look at whole systems, which takes five times as long without.
let optimisation: [SwiftSetting] =
  strict && fuzzer == nil ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []

let settings = buildSettings + instrumentation + optimisation

/// Tests compile C fixtures and start programs: they use all of Foundation, and need no proofs of
/// memory safety.
let testSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : []) + instrumentation

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "rootfs-pack",
  products: [.executable(name: "rootfs-pack", targets: ["rootfs-pack"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    .package(url: "https://github.com/LebJe/TOMLKit.git", from: "0.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibelf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CLinux"),
    .target(name: "Parallel", swiftSettings: settings),
    .target(name: "FileTree", dependencies: ["CLinux", system], swiftSettings: settings),
    .target(name: "Packages", dependencies: ["FileTree", system], swiftSettings: settings),
    .target(name: "ELF", dependencies: ["CLibelf", "FileTree", system], swiftSettings: settings),
    .target(
      name: "Secrets", dependencies: ["CLinux", "FileTree", crypto], swiftSettings: settings),
    .target(name: "Loader", dependencies: ["FileTree", "ELF"], swiftSettings: settings),
    .target(name: "Toml", dependencies: [toml], swiftSettings: buildSettings),
    .target(name: "Rules", swiftSettings: buildSettings),
    .target(name: "RuleFiles", dependencies: ["Toml", "Rules"], swiftSettings: buildSettings),
    .executableTarget(
      name: "compile-rules", dependencies: ["Rules", "RuleFiles"], swiftSettings: buildSettings),
    .plugin(name: "CompileRules", capability: .buildTool(), dependencies: ["compile-rules"]),
    .target(
      name: "Discovery",
      dependencies: ["CLinux", "FileTree", "Packages", "ELF", "Loader", "Rules", system],
      exclude: ["Knowledge"], swiftSettings: settings, plugins: ["CompileRules"]),
    .target(
      name: "Bundle", dependencies: ["FileTree", "ELF", "Secrets", "Loader", "Discovery", system],
      swiftSettings: settings),
    .target(
      name: "Image",
      dependencies: [
        "CDeflate", "CZlib", "CZstd", "CLinux", "FileTree", "ELF", "Bundle", crypto, system,
      ],
      swiftSettings: settings),
    .target(
      name: "Strip",
      dependencies: ["Parallel", "FileTree", "ELF", "Bundle", "Image", system],
      swiftSettings: settings),
    .target(
      name: "Check", dependencies: ["FileTree", "ELF", "Loader", "Discovery", crypto, system],
      swiftSettings: settings),
    .target(
      name: "Sandbox", dependencies: ["CLinux", "FileTree", system], swiftSettings: settings),
    .target(
      name: "Archive",
      dependencies: ["CZlib", "CZstd", "CLinux", "Parallel", "FileTree", crypto, system],
      swiftSettings: settings),
    .target(
      name: "Diff", dependencies: ["FileTree", "ELF", "Loader", "Image", "Archive"],
      swiftSettings: settings),
    .target(
      name: "Verify",
      dependencies: [
        "FileTree", "Packages", "ELF", "Secrets", "Loader", "Discovery", "Sandbox", "Archive",
        system,
      ],
      swiftSettings: settings),
    .target(
      name: "Report",
      dependencies: [
        "FileTree", "ELF", "Loader", "Discovery", "Bundle", "Image", "Check", "Diff", "Verify",
      ],
      swiftSettings: settings),
    .target(
      name: "RootfsPack",
      dependencies: [
        "CLinux", "Parallel", "FileTree", "ELF", "Loader", "Discovery", "Bundle", "Image", "Strip",
        "Check", "Sandbox", "Archive", "Diff", "Verify", "Report", "Toml", "Rules",
        "RuleFiles", argumentParser, system,
      ],
      swiftSettings: settings),
    .executableTarget(name: "rootfs-pack", dependencies: ["RootfsPack"], swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["FileTree", "ELF", "Loader", system],
      path: "Tests/TestSupport", swiftSettings: testSettings),
    .testTarget(
      name: "ParallelTests", dependencies: ["Parallel"], swiftSettings: testSettings),
    .testTarget(
      name: "FileTreeTests", dependencies: ["FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "PackagesTests", dependencies: ["Packages", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "ELFTests", dependencies: ["ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "LoaderTests", dependencies: ["Loader", "ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(name: "TomlTests", dependencies: ["Toml"], swiftSettings: testSettings),
    .testTarget(
      name: "RuleFilesTests", dependencies: ["Rules", "RuleFiles"], swiftSettings: testSettings),
    .testTarget(
      name: "SecretsTests", dependencies: ["Secrets", "FileTree", "TestSupport"],
      swiftSettings: testSettings),
    .testTarget(
      name: "DiscoveryTests",
      dependencies: [
        "Discovery", "Rules", "RuleFiles", "Loader", "ELF", "FileTree", "Parallel", "TestSupport",
        system,
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "BundleTests",
      dependencies: ["Bundle", "Discovery", "Loader", "ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "ImageTests",
      dependencies: ["Image", "Bundle", "ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "StripTests",
      dependencies: ["Strip", "Bundle", "ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "CheckTests",
      dependencies: ["Check", "Loader", "ELF", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "SandboxTests", dependencies: ["Sandbox", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(
      name: "ArchiveTests", dependencies: ["Archive", "FileTree", "TestSupport", system],
      swiftSettings: testSettings),
    .testTarget(name: "DiffTests", dependencies: ["Diff"], swiftSettings: testSettings),
    .testTarget(
      name: "VerifyTests",
      dependencies: [
        "Verify", "Sandbox", "Archive", "Discovery", "Loader", "FileTree", "TestSupport", system,
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "ReportTests",
      dependencies: [
        "Report", "Check", "Bundle", "Loader", "ELF", "FileTree", "TestSupport", system,
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "RootfsPackTests",
      dependencies: [
        "RootfsPack", "Archive", "Strip", "Bundle", "ELF", "FileTree", "TestSupport", system,
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Archive", "Discovery", "Secrets", "FileTree", "TestSupport", "rootfs-pack", system,
      ],
      swiftSettings: testSettings),
  ],
  swiftLanguageModes: [.v6]
)

if let fuzzer {
  package.targets.append(
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "Archive", "Check", "Discovery", "Loader", "ELF", "FileTree", "TestSupport", system,
      ],
      path: "Tests/Fuzzing", swiftSettings: testSettings,
      linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer]), .linkedLibrary("stdc++")]))
}
