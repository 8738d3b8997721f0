internal import FileTree

/// What leads to what: the table that a newcomer extends.
///
/// One row a line, five columns between bars:
/// - what is seen: `symbol`, the imported symbols; `soname`, the beginnings of sonames; `string`, texts
///   in a program's constants; `foreign`, the same where they aren't those of a C library that is linked in
///   statically; or `linked`, where they may be. Texts begin with a slash. The words after it are
///   alternatives, each for itself;
/// - the preset that answers (``Preset``), with a detail after a colon where it takes one;
/// - `fails` if the program fails without it, else `changes`; then the libc whose symbols these are, or
///   `any`;
/// - what it is for, in a few words;
/// - the source of the rule.
enum NeedsTable {
  static let rows = NeedsRow.rows(of: text)
  /// The texts that it looks for in programs.
  static let texts = rows.filter(\.isText).flatMap(\.words)

  static let text = """
    # Libraries that the C library opens by itself
    symbol pthread_cancel pthread_exit thrd_exit | libgcc | fails glibc | ends a thread by unwinding its stack | glibc misc/unwind-link.c, nptl/pthread_exit.c
    symbol backtrace | libgcc | changes glibc | shows the stack of a crash | glibc debug/backtrace.c
    symbol iconv_open | gconv | changes glibc | converts from and to other character sets than UTF-8 | glibc iconv/gconv_open.c; the manual, "glibc iconv Implementation"

    # Name services
    symbol getaddrinfo gethostbyname gethostbyname_r gethostbyname2 gethostbyname2_r gethostbyaddr gethostbyaddr_r getnameinfo | nss:hosts | fails glibc | looks up hosts | nsswitch.conf(5); glibc nss/nsswitch.c
    symbol getpwnam getpwnam_r getpwuid getpwuid_r getpwent getpwent_r | nss:passwd | fails glibc | looks up users | nsswitch.conf(5)
    symbol getgrnam getgrnam_r getgrgid getgrgid_r getgrent getgrent_r getgrouplist initgroups | nss:group | fails glibc | looks up groups | nsswitch.conf(5)
    symbol getservbyname getservbyname_r getservbyport getservbyport_r getservent | nss:services | fails glibc | looks up services | nsswitch.conf(5)
    symbol getprotobyname getprotobyname_r getprotobynumber getprotobynumber_r getprotoent | nss:protocols | fails glibc | looks up protocols | nsswitch.conf(5)

    # Files that C library functions read
    symbol getpwnam getpwnam_r getpwuid getpwuid_r getpwent getpwent_r getlogin getlogin_r cuserid | users | fails any | tells who a user is | passwd(5)
    symbol getgrnam getgrnam_r getgrgid getgrgid_r getgrent getgrent_r getgrouplist initgroups | users | fails any | tells what a group is | group(5)
    symbol getservbyname getservbyname_r getservbyport getservbyport_r getservent | services | fails any | tells the ports of services | services(5)
    symbol getprotobyname getprotobyname_r getprotobynumber getprotobynumber_r getprotoent | services | fails any | tells the numbers of protocols | protocols(5)
    symbol mkstemp mkstemp64 mkostemp mkostemp64 mkstemps mkstemps64 mkostemps mkostemps64 mkdtemp mktemp tmpfile tmpfile64 tempnam tmpnam tmpnam_r | tmp | fails any | makes temporary files | stdio.h, P_tmpdir; mkstemp(3)
    symbol localtime localtime_r localtime64_r tzset mktime __localtime64 __localtime64_r __mktime64 | timezone | changes any | tells the local time; without it that is UTC | tzset(3)
    symbol setlocale newlocale | locale | changes glibc | follows the user's locale; only C is built in | locale(7); glibc locale/findlocale.c
    symbol system popen posix_spawnp wordexp | shell | changes any | starts commands through /bin/sh | system(3), popen(3)

    symbol initscr newterm setupterm | terminfo | fails any | draws on a terminal | ncurses(3X), curs_terminfo(3X): they end the program
    linked /etc/passwd /etc/group | users | fails any | tells who a user is | glibc nss/nss_files; musl src/passwd; os/user of Go
    linked /etc/services /etc/protocols | services | fails any | tells the ports of services | glibc nss/nss_files; musl src/network/lookup_serv.c; net of Go
    linked /tmp/ | tmp | fails any | makes temporary files | mkstemp(3); musl src/temp/tmpfile.c
    foreign /tmp | tmp | fails any | makes temporary files | stdio.h, P_tmpdir; os.TempDir of Go
    linked /bin/sh | shell | changes any | starts commands through /bin/sh | system(3), popen(3)
    foreign /usr/share/zoneinfo | timezone | fails any | reads time zones by itself | time.LoadLocation of Go; CFTimeZone.c of Swift Foundation
    soname libFoundation.so libFoundationEssentials.so libicu_foundation | timezone | fails any | reads time zones by itself | CFTimeZone.c of Swift Foundation

    # Libraries that read files of their own
    soname libssl.so. libgnutls.so. libnss3.so libmbedtls.so. libwolfssl.so. libcurl.so. libcurl-gnutls.so. | ca-certificates | fails any | checks the certificates of TLS servers | openssl SSL_CTX_set_default_verify_paths(3); gnutls lib/system/certs.c
    string /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt | ca-certificates | fails any | checks the certificates of TLS servers | crypto/x509/root_linux.go of Go; openssl-probe of Rust
    soname libtinfo.so. libtinfow.so. libncurses.so. libncursesw.so. | terminfo | changes any | draws on a terminal | terminfo(5)
    """
}
