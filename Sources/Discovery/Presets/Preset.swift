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
  ]

  /// Those that stand for what a configuration or a managed program names: nothing by themselves.
  package static let registered: [Preset] = []

  /// Whether a name is one of a preset.
  package static func isKnown(_ topic: Topic) -> Bool {
    (all + registered).contains { $0.topic == topic }
  }
}
