import Foundation
import TestSupport
import Testing

/// What programs name goes in unasked, but for secrets and what not everybody may read, whoever names it.
struct SecretDiscoveryTests {
  /// A service whose configuration names files, as its manual has them.
  struct Service: CustomTestStringConvertible, Sendable {
    let name: String
    /// That the program names.
    let configuration: String
    let text: String
    /// Files that the configuration names and that are secret.
    let secrets: [String]

    var testDescription: String { name }
  }

  static let services = [
    Service(
      name: "nginx", configuration: "/etc/nginx/nginx.conf",
      text: "http { include /etc/nginx/token.conf; include /etc/nginx/tls/*.conf; }",
      secrets: ["/etc/nginx/token.conf", "/etc/nginx/tls/site.conf"]),
    Service(
      name: "postgres", configuration: "/etc/postgresql/15/main/postgresql.conf",
      text: "hba_file = '/etc/postgresql/15/main/pg_hba.conf'\n"
        + "ssl_key_file = '/etc/postgresql/15/main/server.key'",
      secrets: ["/etc/postgresql/15/main/pg_hba.conf", "/etc/postgresql/15/main/server.key"]),
    Service(
      name: "sshd", configuration: "/etc/ssh/sshd_config",
      text: "HostKey /etc/ssh/ssh_host_rsa_key\nHostKey /etc/ssh/keys/host",
      secrets: ["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/keys/host"]),
    Service(
      name: "krb5", configuration: "/etc/krb5/krb5.conf",
      text: "[libdefaults]\n  default_keytab_name = /etc/krb5/host.keytab\n"
        + "  default_ccache_name = /etc/krb5/cache",
      secrets: ["/etc/krb5/host.keytab", "/etc/krb5/cache"]),
    Service(
      name: "mysql", configuration: "/etc/mysql/my.cnf",
      text: "!include /etc/mysql/debian.cnf\n[mysqld]\nssl-key=/etc/mysql/server-key.pem",
      secrets: ["/etc/mysql/debian.cnf", "/etc/mysql/server-key.pem"]),
    Service(
      name: "exim", configuration: "/etc/exim4/exim4.conf",
      text: "tls_privatekey = /etc/exim4/exim.key\n"
        + "client_send = ${lookup{$host}lsearch{/etc/exim4/passwd.client}}",
      secrets: ["/etc/exim4/exim.key", "/etc/exim4/passwd.client"]),
    Service(
      name: "haproxy", configuration: "/etc/haproxy/haproxy.cfg",
      text: "bind :443 ssl crt /etc/haproxy/site.pem\nuserlist-file /etc/haproxy/users",
      secrets: ["/etc/haproxy/site.pem", "/etc/haproxy/users"]),
  ]

  /// Packs a program that names a service's configuration, in a root where its secrets have some
  /// permissions and content.
  ///
  /// - Returns: the paths in the bundle, and what was said.
  private func pack(
    _ service: Service, permissions: String, content: String, _ options: String = ""
  ) throws -> (paths: [Substring], errors: String) {
    let scratch = try TemporaryDirectory()
    try scratch.write(
      """
      #include <stdio.h>
      int main(void) {
        puts("configure arguments: --prefix=/usr --conf-path=\(service.configuration)");
        return puts("\(service.configuration)") < 0;
      }

      """, to: "server.c")
    try scratch.write(service.text + "\n", to: "configuration")
    try scratch.write(content, to: "content")
    let names = service.secrets.joined(separator: " ")
    let told = try Shell.bash(
      """
      umask 022
      gcc -o server server.c
      \(Project.command) ./server --install /usr/sbin/server --quiet --output root/
      install -D -m 644 configuration root\(service.configuration)
      for name in \(names); do install -D -m \(permissions) content "root$name"; done
      \(Project.command) --root root root/usr/sbin/server \(options) --output out.tar 2> errors
      tar tf out.tar | sed 's,^,/,'
      """, in: scratch.url)
    return (told.split(separator: "\n"), try scratch.text("errors"))
  }

  static let key =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIH4x\n-----END PRIVATE KEY-----\n"

  /// Whatever is in them, and whatever they are called.
  @Test(arguments: services, ["600", "640"])
  func `what not everybody may read stays out, and is told`(
    service: Service, permissions: String
  ) throws {
    let (paths, errors) = try pack(service, permissions: permissions, content: "option = 1\n")
    #expect(paths.contains { $0 == service.configuration })
    for secret in service.secrets {
      #expect(!paths.contains { $0 == secret }, "\(secret)")
      #expect(errors.contains("left out: \(secret) ("), "\(secret)")
      #expect(errors.contains("--allow-sensitive=\(secret)"), "\(secret)")
    }
  }

  @Test(arguments: services)
  func `so do secrets that everybody may read`(service: Service) throws {
    let (paths, errors) = try pack(service, permissions: "644", content: Self.key)
    #expect(paths.contains { $0 == service.configuration })
    for secret in service.secrets {
      #expect(!paths.contains { $0 == secret }, "\(secret)")
      #expect(errors.contains("left out: \(secret) ("), "\(secret)")
    }
  }

  @Test func `who says so gets one, and who adds secrets gets none with them`() throws {
    let service = Self.services[0]
    let (secret, other) = (service.secrets[0], service.secrets[1])
    var (paths, errors) = try pack(
      service, permissions: "600", content: Self.key, "--allow-sensitive=\(secret)")
    #expect(paths.contains { $0 == secret } && !paths.contains { $0 == other })
    #expect(!errors.contains(secret) && errors.contains(other))
    (paths, errors) = try pack(
      service, permissions: "600", content: Self.key, "--add content:/key --allow-sensitive")
    #expect(paths.contains { $0 == "/key" } && !paths.contains { $0 == secret })
    (paths, errors) = try pack(
      service, permissions: "600", content: "option = 1\n", "--add \(secret)")
    #expect(paths.contains { $0 == secret } && !errors.contains(secret))
  }

  @Test func `inspect says of the same that it stays out`() throws {
    let scratch = try TemporaryDirectory()
    try Shell.bash(
      """
      umask 022; mkdir -p root/srv
      echo 'int main(void) { return 0; }' | gcc -static -x c - -o root/srv/tool
      cd root/srv
      printf '#!/srv/sh\ncd "$(dirname "$0")"\n. ./settings\n. ./token\n./tool "$(dirname "$0")/seal"\n' \
        > start
      cp tool sh; echo 'A=1' > settings; echo 'B=2' > token; echo x > seal; chmod 755 start
      chmod 600 token seal
      """, in: scratch.url)
    let inspected = try Shell.bash(
      "\(Project.command) inspect --json --root root /srv/start", in: scratch.url)
    let told = try Shell.bash(
      "\(Project.command) --root root /srv/start -o out.tar 2>&1; tar tf out.tar | sed 's,^,/,'",
      in: scratch.url)
    #expect(inspected.contains("--allow-sensitive=/srv/token"))
    #expect(told.contains("left out: /srv/token ("))
    #expect(told.contains("\n/settings\n") && !told.contains("\n/token\n"))
  }
}
