import FileTree
import TestSupport
import Testing

@testable import Discovery

struct PamPluginTests {
  private let tree: [RootPath: InMemoryTree.Node] = [
    "/lib/libpam.so.0": .elf(
      .library(soname: "libpam.so.0"), constants: ["/etc/pam.d", "/lib/security/"]),
    "/bin/su": .program(),
    "/sbin/daemon": .elf(.program(), constants: ["vsftpd", "su", "longer vsftpd text"]),
    "/lib/security/pam_unix.so": .library(), "/lib/security/pam_limits.so": .library(),
    "/etc/security/limits.conf": .text(""), "/etc/env": .text(""),
    "/etc/pam.d/other": .text("auth required pam_deny.so\n"),
    "/etc/pam.d/su": .text(
      """
      # a comment
      @include common-auth
      auth [success=ok default=bad] pam_env.so envfile=/etc/env
      session \\
        required pam_limits.so
      -session optional pam_systemd.so
      account include common-account
      auth substack su
      """),
    "/etc/pam.d/common-auth": .text("auth [success=1 default=ignore]\tpam_unix.so nullok\n"),
    "/usr/lib/pam.d/common-account": .text("account required /opt/pam_x.so\n"),
    "/etc/pam.d/vsftpd": .text("auth required pam_ftp.so\n"),
    "/etc/pam.d/login": .text("auth required pam_login.so\n"),
  ]

  @Test func `a program's service brings its modules, by the lines that name them`() throws {
    var fixture = PluginFixture(PamConfiguration(), tree)
    #expect(fixture.needs(of: "/bin/su", isProgram: true, imports: ["pam_start"]).isEmpty)
    let needs = fixture.needs(of: "/lib/libpam.so.0")
    #expect(
      Set(needs.libraries) == [
        "/lib/security/pam_deny.so", "/lib/security/pam_unix.so", "/lib/security/pam_env.so",
        "/lib/security/pam_limits.so", "/opt/pam_x.so",
      ])
    #expect(
      needs.asking(for: "/lib/security/pam_limits.so")?.place == "/etc/pam.d/su:4")
    #expect(needs.asking(for: "/opt/pam_x.so")?.place == "/usr/lib/pam.d/common-account:1")
    #expect(
      needs.paths == [
        "/etc/env", "/etc/pam.d/common-auth", "/etc/pam.d/other", "/etc/pam.d/su",
        "/etc/security/limits.conf", "/usr/lib/pam.d/common-account",
      ])
    #expect(needs.hints.isEmpty)
  }

  @Test func `a service is also what the calling object has for a text`() {
    var fixture = PluginFixture(PamConfiguration(), tree)
    _ = fixture.needs(of: "/lib/libpam.so.0")
    let needs = fixture.needs(of: "/sbin/daemon", isProgram: true, imports: ["pam_start"])
    #expect(needs.libraries == ["/lib/security/pam_ftp.so"])
    #expect(needs.first?.evidence.mark == .symbol("pam_start"))
  }

  @Test func `who doesn't call PAM has no service`() {
    var fixture = PluginFixture(PamConfiguration(), tree)
    _ = fixture.needs(of: "/bin/su", isProgram: true)
    #expect(fixture.needs(of: "/lib/libpam.so.0").libraries == ["/lib/security/pam_deny.so"])
  }

  @Test func `a module that may be missing is asked for where it is there`() {
    var tree = tree
    tree["/lib/security/pam_systemd.so"] = .library()
    var fixture = PluginFixture(PamConfiguration(), tree)
    _ = fixture.needs(of: "/bin/su", isProgram: true, imports: ["pam_start"])
    let need = fixture.needs(of: "/lib/libpam.so.0").asking(for: "/lib/security/pam_systemd.so")
    #expect(need?.isEssential == false)
  }
}
