/// A command line with what a configuration file adds to it.
///
/// The command line wins: an option that it gives counts instead of the file's, with all its values, and
/// so does one of several that exclude each other. `--no-NAME` leaves out what the file says of NAME.
struct ConfiguredArguments: Equatable {
  /// For the parser, the command's name first.
  let words: [String]
  /// What the file gave, with its lines.
  let settings: [ConfigurationSettings.Setting]

  /// - Parameter directory: the file's, as ``ConfigurationPaths`` takes it.
  init(
    _ given: GivenOptions, _ settings: [ConfigurationSettings.Setting], in directory: String,
    for command: CommandGrammar
  ) {
    let names = given.names.reduce(into: Set<String>()) { names, name in
      names.formUnion(command.alternatives(of: name))
    }
    self.settings = settings.filter { setting in
      guard !setting.values.isEmpty, !names.contains(setting.key) else { return false }
      return setting.key != CommandGrammar.filesKey || !given.hasArguments
    }
    var words = [command.command]
    var files: [String] = []
    for setting in self.settings {
      for value in setting.values {
        let value = ConfigurationPaths.resolve(value, of: setting.key, in: directory)
        if setting.key == CommandGrammar.filesKey {
          files.append(value)
        } else {
          // With a sign, so that a value may begin with a dash.
          words.append(setting.isFlag ? "--\(setting.key)" : "--\(setting.key)=\(value)")
        }
      }
    }
    words += given.words
    if !files.isEmpty { words += (given.hasTerminator ? [] : ["--"]) + files }
    self.words = words
  }
}
