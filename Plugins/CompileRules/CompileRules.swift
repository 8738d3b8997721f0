import Foundation
import PackagePlugin

/// Compiles the rules' files of a target's directory `Knowledge` into it.
@main
struct CompileRules: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let directory = target.directoryURL.appending(path: "Knowledge")
    let files = try FileManager.default.contentsOfDirectory(
      at: directory, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "toml" }.sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "CompiledRules.swift")
    return [
      .buildCommand(
        displayName: "Compiling \(files.count) rules",
        executable: try context.tool(named: "compile-rules").url,
        arguments: files.map(\.path) + [output.path], inputFiles: files, outputFiles: [output])
    ]
  }
}
