internal import FileTree

extension Preset {
  /// What `--with` and `--without` know, in the order of a listing; what rules and configuration name is
  /// known beside them.
  package static let all: [Preset] = [
    Preset(
      "ca-certificates", "certificates of authorities, where each TLS library looks for them",
      Contents(
        dependsOnObject: true,
        wishes: { _, object, root in CertificateAuthorities.wishes(for: object, in: &root) })),
    Preset(
      "nss", "nsswitch.conf for what is looked up, and the modules that libc doesn't have built in",
      Contents(
        wishes: { detail, object, root in
          NameServices.wishes(
            databases: detail.map { [$0] } ?? NameServices.databases, asksDaemons: object == nil,
            in: &root)
        },
        hints: { database, purpose, root in
          NameServices.daemonNeeds(of: database, purpose: purpose, in: &root)
        })),
    Preset(
      "dns", "host names without the host's files: a nsswitch.conf and an /etc/hosts with localhost"
    ) { NameServices.standaloneHosts(in: &$0) },
    Preset("users", "a passwd and a group file with root and nobody") { _ in PresetWishes.users },
    Preset("tmp", "/tmp, writable for everybody") { _ in [.directory("/tmp", permissions: 0o1777)]
    },
    Preset("directories", "directories below /var and /run that programs name, empty"),
    Preset("services", "/etc/services and /etc/protocols") {
      PresetWishes.existing(["/etc/services", "/etc/protocols"], &$0)
    },
    Preset("libgcc", "libgcc_s, which libc opens to end threads") { _ in
      [.library(names: ["libgcc_s.so.1"], caller: PresetWishes.libc)]
    },
    Preset("timezone", "the time zone database") { PresetWishes.timeZones(&$0) },
    Preset("locale", "locales that are installed") {
      PresetWishes.existing(["/usr/lib/locale"], &$0)
    },
    Preset("gconv", "character sets for iconv, and their tables") { root in
      GconvModules.wishes(in: &root, root.systemDirectories)
    },
    Preset("terminfo", "the usual terminals") { Terminals.wishes(in: &$0) },
    Preset("shell", "/bin/sh: busybox if it is there") { PresetWishes.shell(in: &$0) },
    Preset("init", "a process 1 that passes signals on: tini, dumb-init or catatonit") {
      PresetWishes.initProgram(&$0)
    },
    Preset("interpreters", "the interpreters of scripts that are packed"),
    Preset("files", "configuration and data of a program's own, which stand in it by their path"),
    Preset("commands", "programs that a program or a shell script starts"),
  ]

  private static let byTopic = Dictionary(all.map { ($0.topic, $0) }) { first, _ in first }

  /// The one of a topic, unless a rule or a source makes it.
  static func standard(_ topic: Topic) -> Preset? { byTopic[topic] }
}
