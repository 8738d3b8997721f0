/// A group of needs that a user can ask for by name, whether or not anything points to it.
package struct Preset: Sendable {
  package let topic: Topic
  /// One line for people.
  package let summary: String

  init(_ name: String, _ summary: String) {
    topic = Topic(name)
    self.summary = summary
  }

  /// What `--with` and `--without` know, in the order of a listing.
  package static let all: [Preset] = [
    Preset("ca-certificates", "certificates of authorities, where each TLS library looks for them"),
    Preset(
      "nss", "nsswitch.conf for what is looked up, and the modules that libc doesn't have built in"),
    Preset(
      "dns", "host names without the host's files: a nsswitch.conf and an /etc/hosts with localhost"
    ),
    Preset("users", "a passwd and a group file with root and nobody"),
    Preset("tmp", "/tmp, writable for everybody"),
    Preset("directories", "directories below /var and /run that programs name, empty"),
    Preset("services", "/etc/services and /etc/protocols"),
    Preset("libgcc", "libgcc_s, which libc opens to end threads"),
    Preset("timezone", "the time zone database"),
    Preset("locale", "locales that are installed"),
    Preset("gconv", "character sets for iconv, and their tables"),
    Preset("terminfo", "the usual terminals"),
    Preset("shell", "/bin/sh: busybox if it is there"),
    Preset("init", "a process 1 that passes signals on: tini, dumb-init or catatonit"),
    Preset("interpreters", "the interpreters of scripts that are packed"),
    Preset("files", "configuration and data of a program's own, which stand in it by their path"),
    Preset("commands", "programs that a program or a shell script starts"),
  ]

  /// Those that stand for what a configuration or a managed program names: nothing by themselves. Rules
  /// have more of the kind.
  private static let registered: [Preset] = [
    Preset("home", "what lies in the directory that a program finds from its own place"),
    Preset("resources", "resources of Swift targets, which lie beside the program"),
    Preset("python", "the library of a Python interpreter"),
    Preset("mono", "assemblies, native modules and configuration of Mono"),
    Preset("dotnet", "what an application of .NET names, and its frameworks"),
    Preset("openssl", "openssl.cnf, and the providers and engines that it names"),
    Preset("fonts", "the fonts that fontconfig finds"),
  ]

  /// All of them, those of rules last.
  package static func all(by rules: RuleSet) -> [Preset] {
    let own = all + registered
    let more = rules.presets.map { Preset($0.topic, $0.summary) }
    return own + more.filter { preset in !own.contains { $0.topic == preset.topic } }
  }

  /// Whether a name is one of a preset.
  package static func isKnown(_ topic: Topic, to rules: RuleSet) -> Bool {
    all(by: rules).contains { $0.topic == topic }
  }
}
