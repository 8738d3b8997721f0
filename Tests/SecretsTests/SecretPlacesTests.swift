import FileTree
import TestSupport
import Testing

@testable import Secrets

struct SecretPlacesTests {
  @Test(
    arguments: [
      ("/etc/shadow", "shadow"), ("/etc/shadow.bak", "shadow"), ("/etc/gshadow-", "shadow"),
      ("/var/backups/shadow.bak", "shadow"), ("/etc/security/opasswd", "shadow"),
      ("/run/secrets/db", "secrets"), ("/srv/app/.env", "environment"),
      ("/srv/app/.env.production", "environment"), ("/srv/x/.my.cnf", "credentials"),
      ("/srv/x/.config/gcloud/access_tokens.db", "credentials"),
      ("/srv/x/.azure/msal_token_cache.json", "credentials"),
      ("/srv/x/.config/gh/hosts.yml", "credentials"), ("/srv/.cargo/credentials", "credentials"),
      ("/run/containers/auth.json", "credentials"), ("/srv/.vault-token", "credentials"),
      ("/srv/.bash_history", "history"), ("/srv/.python_history", "history"),
      ("/srv/app/.ssh/config", "credentials"), ("/etc/ssh/ssh_host_rsa_key", "ssh"),
      ("/etc/NetworkManager/system-connections/home", "network"),
    ] as [(RootPath, String)])
  func `places and names of secrets`(path: RootPath, name: String) {
    #expect(SecretPlaces.rule(for: path, .regular)?.name == name, "\(path)")
    // A link holds nothing, unless all that is in a place is meant.
    let isPlaces = SecretPlaces.rule(for: path, .symbolicLink) != nil
    #expect(isPlaces == (SecretPlaces.rule(for: path.parent, .directory) != nil), "\(path)")
  }

  @Test(
    arguments: [
      "/srv/shadow", "/etc/shadowsocks.json", "/srv/app/.env.example", "/srv/app/env",
      "/etc/ssh/ssh_host_rsa_key.pub", "/srv/.docker/nginx.conf", "/srv/hosts.yml",
      "/etc/passwd", "/srv/auth.json", "/srv/.environment", "/srv/gcloud/x", "/srv/ssh/config",
      "/usr/bin/htpasswd", "/usr/bin/smbpasswd",
    ] as [RootPath])
  func `names that are like them`(path: RootPath) {
    #expect(SecretPlaces.rule(for: path, .regular) == nil, "\(path)")
  }

  @Test func `a directory is one with all in it, and a file of its name isn't`() {
    #expect(SecretPlaces.rule(for: "/srv/.aws", .directory)?.name == "credentials")
    #expect(SecretPlaces.rule(for: "/srv/.aws", .regular) == nil)
    #expect(SecretPlaces.rule(for: "/srv/.env", .directory) == nil)
    #expect(SecretPlaces.rule(for: "/srv/.env/bin/python", .regular) == nil)
  }

  // MARK: Packages

  /// The digest is md5sum's of the text.
  @Test(
    arguments: [
      (" /etc/x/key.pem d143425e44eae4fdf8b7c8119718ffe5", true),
      (" /etc/x/key.pem d143425e44eae4fdf8b7c8119718ffe5 obsolete", true),
      (" /etc/x/key.pem 00000000000000000000000000000000", false),
      (" /etc/x/key.pem.old d143425e44eae4fdf8b7c8119718ffe5", false),
    ])
  func `neither is configuration that nobody has changed`(line: String, isPublic: Bool) throws {
    let tree = InMemoryTree([
      "/var/lib/dpkg/status": .text(
        "Package: x\nConffiles:\n /etc/x/a 00000000000000000000000000000000\n\(line)\nVersion: 1\n"),
      "/etc/x/key.pem": .text("-----BEGIN PRIVATE KEY-----\nMIIB\n"),
    ])
    let path: RootPath = "/etc/x/key.pem"
    let rule = SecretFile.rule(for: path, try tree.status(of: path), in: tree)
    #expect((rule == nil) == isPublic)
  }

  @Test(
    arguments: [
      ("/usr/share/x/key.pem", "  usr/share/x/key.pem", true),
      ("/usr/share/x/key.pem", "  share/x/key.pem", true),
      ("/usr/share/x/key.pem", "  usr/share/x/other.pem", false),
      // It isn't what the package brought.
      ("/usr/share/x/other.pem", "  usr/share/x/other.pem", false),
      ("/etc/x/key.pem", "  etc/x/key.pem", false),
    ] as [(RootPath, String, Bool)])
  func `what a package brought and is still that is no secret`(
    path: RootPath, line: String, isPublic: Bool
  ) throws {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n"
    let tree = InMemoryTree([
      "/var/lib/dpkg/info/x.md5sums": .text(
        "00000000000000000000000000000000  usr/bin/x\nd143425e44eae4fdf8b7c8119718ffe5\(line)\n"),
      "/usr/share/x/key.pem": .text(key), "/usr/share/x/other.pem": .text(key + "MIIC\n"),
      "/etc/x/key.pem": .text(key),
    ])
    let rule = SecretFile.rule(for: path, try tree.status(of: path), in: tree)
    #expect((rule == nil) == isPublic)
  }
}
