import Testing

/// A bundle that lacks one thing, and what notices.
struct BrokenBundle: CustomTestStringConvertible, Sendable {
  let name: String
  let program: Program
  /// What the program's file is linked with.
  var link = ""
  /// More options of the pack.
  var pack: [String] = []
  /// A shell command in the unpacked bundle.
  let fault: String
  /// More options of `verify`; a sound bundle passes with them too.
  var verify = ["--expect-exit", "0"]
  /// The rungs that fail.
  let rungs: Set<String>
  /// The option that some finding advises.
  var advice: String?
  /// The topic of the needs table that the fault is about.
  var topic: String?

  enum Program: Sendable {
    /// The body of a C program's main function.
    case c(String)
    /// A script with its first line.
    case script(String)
  }

  var testDescription: String { name }

  private static let threads = Program.c(
    """
    pthread_t t; pthread_create(&t, 0, leave, 0); return pthread_join(t, 0);
    """)

  private static let server = """
    signal(SIGTERM, leave_now);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(8080)};
    if (bind(s, (void *)&a, sizeof a) || listen(s, 4)) return 2;
    for (;;) {
      int c = accept(s, 0, 0); char request[999]; read(c, request, sizeof request);
      FILE *page = fopen("/page", "r");
      dprintf(c, "HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\n\\r\\n", page ? "200 OK" : "404 No");
      if (page) fclose(page);
      close(c);
    }
    """

  /// What `pack` and loaders put there.
  private static let loading = [
    BrokenBundle(
      name: "no interpreter", program: .c("return 0;"), fault: "rm lib64/*",
      rungs: ["loader", "run"], advice: "--add /lib64/ld-linux-x86-64.so.2"),
    BrokenBundle(
      name: "no library", program: .c("return zlibVersion() == 0;"), link: "-lz",
      fault: "find . -name 'libz.so*' -delete", rungs: ["loader", "run"],
      advice: "--load libz.so.1"),
    BrokenBundle(
      name: "a link that leads nowhere", program: .c("return zlibVersion() == 0;"), link: "-lz",
      fault: "find . -name 'libz.so.1.*' -delete", rungs: ["loader", "run"]),
    BrokenBundle(
      name: "a library without a symbol version that is needed",
      program: .c("return gzbuffer(0, 9) == 0;"), link: "-lz",
      fault: """
        echo 'int gzbuffer(void){return 1;}' > z.c; echo 'OTHER { global: gzbuffer; };' > z.map
        gcc -shared -Wl,-soname,libz.so.1,--version-script,z.map z.c \
          -o "$(find . -name 'libz.so.1.*')"
        rm z.c z.map
        """, rungs: ["loader", "run"]),
    BrokenBundle(
      name: "no library that a note requires",
      program: .c("return dlopen(\"libz.so.1\", RTLD_NOW) == 0;"), link: "-DNOTE",
      fault: "find . -name 'libz.so*' -delete", rungs: ["loader", "run"],
      advice: "--load libz.so.1"),
    BrokenBundle(
      name: "no interpreter of a script", program: .script("#!/bin/sh\ntest -d /usr\n"),
      fault: "rm \"$(realpath --no-symlinks bin/sh)\"", rungs: ["loader", "run"],
      advice: "--add /bin/sh"),
    BrokenBundle(
      name: "no library of Python's own",
      program: .script("#!/usr/bin/python3\nimport json\nprint(json.dumps([1]))\n"),
      fault: "rm -r usr/lib/python3*/json*", rungs: ["run"]),
  ]

  /// What the needs table names.
  private static let needs = [
    BrokenBundle(
      name: "no libgcc_s", program: threads, fault: "find . -name 'libgcc_s*' -delete",
      rungs: ["loader", "run"], advice: "--with libgcc", topic: "libgcc"),
    BrokenBundle(
      name: "no nsswitch.conf", program: .c("return getpwnam(\"root\") == 0;"),
      fault: "rm etc/nsswitch.conf", rungs: ["loader"], advice: "--with nss", topic: "nss"),
    BrokenBundle(
      name: "no passwd", program: .c("return getpwnam(\"root\") == 0;"), fault: "rm etc/passwd",
      rungs: ["loader", "run"], advice: "--with users", topic: "users"),
    BrokenBundle(
      name: "no group", program: .c("return getgrnam(\"root\") == 0;"), fault: "rm etc/group",
      rungs: ["loader", "run"], advice: "--with users", topic: "users"),
    BrokenBundle(
      name: "no services", program: .c("return getservbyname(\"http\", \"tcp\") == 0;"),
      fault: "rm etc/services", rungs: ["run"], advice: "--with services", topic: "services"),
    BrokenBundle(
      name: "no services and protocols",
      program: .c("return getprotobyname(\"tcp\") == 0;"),
      fault: "rm etc/services etc/protocols", rungs: ["loader", "run"],
      advice: "--with services", topic: "services"),
    BrokenBundle(
      name: "no place for temporary files", program: .c("return tmpfile() == 0;"),
      fault: "rm -r tmp", rungs: ["loader", "run"], advice: "--with tmp", topic: "tmp"),
    BrokenBundle(
      name: "no certificates of authorities",
      program: .c("return fopen(\"/etc/ssl/certs/ca-certificates.crt\", \"r\") == 0;"),
      fault: "rm -r etc/ssl", rungs: ["loader", "run"], advice: "--with ca-certificates",
      topic: "ca-certificates"),
    BrokenBundle(
      name: "no data of a library's own", program: .script("#!/usr/bin/file\n"),
      fault: "rm -r usr/share/misc etc/magic*", rungs: ["loader", "run"], advice: "--with files",
      topic: "files"),
    BrokenBundle(
      name: "no directory for state",
      program: .c("return open(\"/var/cache/apt/x\", O_CREAT | O_WRONLY, 0600) < 0;"),
      fault: "rm -r var/cache", rungs: ["run"], advice: "--mkdir /var/cache/apt"),
  ]

  /// What programs only behave differently without, where the user asks for it.
  private static let wanted = [
    BrokenBundle(
      name: "no time zones",
      program: .c(
        """
        setenv("TZ", "Europe/Berlin", 1); time_t t = 0; return localtime(&t)->tm_hour != 1;
        """),
      pack: ["--with", "timezone"], fault: "rm -r usr/share/zoneinfo",
      verify: ["--expect-exit", "0", "--with", "timezone"], rungs: ["loader", "run"],
      advice: "--with timezone", topic: "timezone"),
    BrokenBundle(
      name: "no character sets",
      program: .c("return iconv_open(\"EUC-JP\", \"UTF-8\") == (iconv_t)-1;"),
      pack: ["--with", "gconv"], fault: "rm -r usr/lib/*/gconv",
      verify: ["--expect-exit", "0", "--with", "gconv"], rungs: ["loader", "run"],
      advice: "--with gconv", topic: "gconv"),
    BrokenBundle(
      name: "no locales", program: .c("return setlocale(LC_ALL, \"C.UTF-8\") == 0;"),
      pack: ["--with", "locale"], fault: "rm -r usr/lib/locale",
      verify: ["--expect-exit", "0", "--with", "locale"], rungs: ["loader", "run"],
      advice: "--with locale", topic: "locale"),
    BrokenBundle(
      name: "no terminals",
      program: .c("int e; return setupterm(\"xterm\", 1, &e) != 0;"),
      link: "-l:libtinfo.so.6", pack: ["--with", "terminfo"],
      fault: "find . -name terminfo -prune -exec rm -r {} +",
      verify: ["--expect-exit", "0", "--with", "terminfo"], rungs: ["loader", "run"],
      advice: "--with terminfo", topic: "terminfo"),
    BrokenBundle(
      name: "no shell", program: .c("return system(\"exit 0\") != 0;"),
      pack: ["--with", "shell"], fault: "rm bin/sh",
      verify: ["--expect-exit", "0", "--with", "shell"], rungs: ["loader", "run"],
      advice: "--with shell", topic: "shell"),
  ]

  private static let servers = [
    BrokenBundle(
      name: "no page", program: .c(server), pack: ["--add", "main.c:/page"], fault: "rm page",
      verify: ["--http", ":8080/x"], rungs: ["http"]),
    BrokenBundle(
      name: "a server of another port", program: .c(server),
      pack: ["--add", "main.c:/page"],
      fault: "LC_ALL=C sed -i 's/\\x90\\x1f\\x00\\x00/\\x91\\x1f\\x00\\x00/' main",
      verify: ["--http", ":8080/x", "--timeout", "1"], rungs: ["http"]),
  ]

  static let all = loading + needs + wanted + servers
}
