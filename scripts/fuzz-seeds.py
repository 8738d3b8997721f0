#!/usr/bin/env python3
"""Writes what the fuzz targets begin with: one directory of files for each, and a dictionary.

usage: scripts/fuzz-seeds.py DIRECTORY

ELF files of this system and of the roots that scripts/test-roots.sh has made are cut to what a loader
reads; others are made here, in both classes and byte orders. The caches are ldconfig's, and some of
other byte orders.
"""

import glob
import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import tempfile

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
NEEDED, HASH, STRTAB, SYMTAB, STRSZ, SONAME, RPATH, RUNPATH = 1, 4, 5, 6, 10, 14, 15, 29
GNU_HASH, FLAGS_1, VERDEF, VERNEED = 0x6FFFFEF5, 0x6FFFFFFB, 0x6FFFFFFC, 0x6FFFFFFE
RELA, RELASZ, REL, RELSZ, VERSYM = 7, 8, 17, 18, 0x6FFFFFF0
DEPAUDIT, AUDIT, AUXILIARY, FILTER = 0x6FFFFEFB, 0x6FFFFEFC, 0x7FFFFFFD, 0x7FFFFFFF


class Layout:
    """How the structures of one class and byte order lie in a file."""

    def __init__(self, is_wide, is_big):
        self.is_wide, self.is_big = is_wide, is_big
        self.order = ">" if is_big else "<"
        self.word = "Q" if is_wide else "I"
        self.header_size, self.segment_size = (64, 56) if is_wide else (52, 32)

    def pack(self, form, *values):
        return struct.pack(self.order + form.replace("W", self.word), *values)

    def unpack(self, form, data, offset):
        return struct.unpack_from(self.order + form.replace("W", self.word), data, offset)

    def file(self, kind, machine, flags, segments):
        """An ELF file of segments: (type, flags, address, bytes, alignment)."""
        ident = b"\x7fELF" + bytes([2 if self.is_wide else 1, 2 if self.is_big else 1, 1]) + bytes(9)
        head = ident + self.pack(
            "HHIWWWIHHHHHH", kind, machine, 1, 0, self.header_size, 0, flags, self.header_size,
            self.segment_size, len(segments), 0, 0, 0)
        body = b""
        start = self.header_size + self.segment_size * len(segments)
        for type_, access, address, data, alignment in segments:
            body += bytes(-(start + len(body)) % 8)
            offset, size = start + len(body), len(data)
            if self.is_wide:
                head += self.pack("IIQQQQQQ", type_, access, offset, address, address, size, size,
                                  alignment)
            else:
                head += self.pack("IIIIIIII", type_, offset, address, address, size, size, access,
                                  alignment)
            body += data
        return head + body

    def notes(self):
        """A build ID, and the levels of x86-64 that are needed."""
        alignment = 8 if self.is_wide else 4
        levels = self.pack("III", 0xC0008002, 4, 3)
        levels += bytes(-len(levels) % alignment)
        return (self.pack("III", 4, 8, 3) + b"GNU\0" + bytes(range(8)),
                self.pack("III", 4, len(levels), 5) + b"GNU\0" + levels)


def made(is_wide, is_big, kind, machine, uses_gnu_hash, interpreter):
    """A file that has a bit of everything a loader knows."""
    layout = Layout(is_wide, is_big)
    strings = b"\0"

    def string(text):
        nonlocal strings
        strings += text + b"\0"
        return len(strings) - len(text) - 1

    base = 0x1000
    dynamic = [(NEEDED, string(name)) for name in (b"liba.so.1", b"$ORIGIN/libb.so", b"libm.so.6")]
    dynamic += [
        (SONAME, string(b"libself.so.1")), (RPATH, string(b"$ORIGIN/../lib:${LIB}:/opt//")),
        (RUNPATH, string(b"/usr/lib:$PLATFORM:")), (FLAGS_1, 0x8000800 if interpreter else 0),
        (AUDIT, string(b"libaudit.so:")), (DEPAUDIT, string(b"liba.so.1")),
        (FILTER, string(b"libf.so")), (AUXILIARY, string(b"libx.so"))]
    version = string(b"SELF_1.0")
    name = string(b"la_version")
    symbol = layout.pack("IBBHQQ", name, 18, 0, 7, 64, 8) if is_wide else \
        layout.pack("IIIBBH", name, 64, 8, 18, 0, 7)
    symbols = bytes(len(symbol)) + symbol
    # A relocation of the one symbol, of a type that looks elsewhere for it on most machines.
    relocations = layout.pack("QQQ", 64, 1 << 32 | 5, 0) if is_wide else \
        layout.pack("II", 64, 1 << 8 | 5)
    dynamic += [(RELASZ if is_wide else RELSZ, len(relocations)), (STRSZ, len(strings))]
    code = 5381
    for byte in b"la_version":
        code = (code * 33 + byte) & 0xFFFFFFFF
    if uses_gnu_hash:
        table = layout.pack("IIIIWII", 1, 1, 1, 0, (1 << (64 if is_wide else 32)) - 1, 1, code | 1)
    else:
        table = layout.pack("IIIII", 1, 2, 1, 0, 0)
    needs = layout.pack("HHIII", 1, 1, dynamic[0][1], 16, 32) + \
        layout.pack("IHHII", 0x1234, 2, 2, version, 0) + \
        layout.pack("HHIII", 1, 1, dynamic[2][1], 16, 0) + \
        layout.pack("IHHII", 0x1234, 0, 3, version, 0)
    definitions = layout.pack("HHHHIII", 1, 1, 1, 1, 0x1234, 20, 28) + \
        layout.pack("II", dynamic[3][1], 0) + \
        layout.pack("HHHHIII", 1, 0, 2, 1, 0x5678, 20, 0) + layout.pack("II", version, 0)
    content = b""
    for tag, data in ((STRTAB, strings), (SYMTAB, symbols),
                      (GNU_HASH if uses_gnu_hash else HASH, table), (VERNEED, needs),
                      (VERDEF, definitions), (VERSYM, layout.pack("HH", 0, 2)),
                      (RELA if is_wide else REL, relocations)):
        content += bytes(-len(content) % 8)
        dynamic.append((tag, base + len(content)))
        content += data
    entries = b"".join(layout.pack("WW", *entry) for entry in dynamic + [(0, 0)])
    segments = [(PT_LOAD, 4, base, content, 8), (PT_DYNAMIC, 6, 0x8000, entries, 8)]
    if interpreter:
        segments.insert(0, (PT_INTERP, 4, 0x9000, interpreter + b"\0", 1))
    build, levels = layout.notes()
    segments += [(PT_NOTE, 4, 0, build, 4), (PT_NOTE, 4, 0, levels, 8 if is_wide else 4)]
    return layout.file(kind, machine, 0, segments)


def cut(data):
    """A real file without what no loader reads; None if it is none."""
    if data[:4] != b"\x7fELF" or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    layout = Layout(data[4] == 2, data[5] == 2)
    kind, machine = layout.unpack("HH", data, 16)
    offset, = layout.unpack("W", data, 32 if layout.is_wide else 28)
    flags, = layout.unpack("I", data, 48 if layout.is_wide else 36)
    count, = layout.unpack("H", data, 56 if layout.is_wide else 44)
    segments = []
    for index in range(count):
        at = offset + index * layout.segment_size
        if layout.is_wide:
            type_, access, start, address, _, size, _, alignment = layout.unpack("IIQQQQQQ", data, at)
        else:
            type_, start, address, _, size, _, access, alignment = layout.unpack("IIIIIIII", data, at)
        segments.append((type_, access, address, data[start:start + size], alignment))
    loads = [segment for segment in segments if segment[0] == PT_LOAD]

    def part(address, limit):
        for _, access, start, content, alignment in loads:
            if start <= address < start + len(content):
                return (PT_LOAD, access, address, content[address - start:][:limit], alignment)
        return None

    kept = [segment for segment in segments
            if segment[0] in (PT_INTERP, PT_NOTE) and len(segment[3]) <= 256]
    for segment in segments:
        if segment[0] != PT_DYNAMIC:
            continue
        kept.append(segment)
        size = 2 * struct.calcsize("<" + layout.word)
        for at in range(0, len(segment[3]) - size + 1, size):
            tag, value = layout.unpack("WW", segment[3], at)
            tables = (HASH, GNU_HASH, STRTAB, SYMTAB, VERDEF, VERNEED, VERSYM, RELA, REL)
            found = part(value, 768) if tag in tables else None
            if found:
                kept.append(found)
    return layout.file(kind, machine, flags, kept)


def real_files(repository):
    patterns = ["/lib64/ld-*.so.*", "/lib*/ld-*.so.*", "/lib/*/libz.so.*", "/lib/*/libm.so.6",
                "/lib32/libm.so.6", "/libx32/libm.so.6", "/lib/*-musl/libc.so", "/usr/bin/env",
                "/usr/*-linux-gnu*/lib/libm.so.6"]
    roots = os.path.join(repository, ".build/corpora/roots/*")
    patterns += [roots + "/lib*/*/libm.so.6", roots + "/lib*/libm.so.6", roots + "/*bin/tar"]
    for pattern in patterns:
        yield from sorted(glob.glob(pattern))


def elf_seeds(repository):
    for is_wide in (True, False):
        for is_big in (True, False):
            machine = (21 if is_big else 62) if is_wide else (8 if is_big else 3)
            for uses_gnu_hash in (True, False):
                yield made(is_wide, is_big, 3, machine, uses_gnu_hash, None)
                yield made(is_wide, is_big, 3, machine, uses_gnu_hash, b"/lib/ld-unknown.so.1")
    yield made(True, False, 2, 62, True, b"/lib64/ld-linux-x86-64.so.2")
    yield made(True, False, 3, 62, False, b"/lib/ld-musl-x86_64.so.1")
    for path in real_files(repository):
        with open(path, "rb") as file:
            small = cut(file.read(64 << 20))
        if small:
            yield small


def note_seeds():
    for is_wide in (True, False):
        for is_big in (True, False):
            build, levels = Layout(is_wide, is_big).notes()
            for choice in (0, 4, 8):
                yield bytes([(not is_wide) | is_big << 1 | choice]) + build + levels


def ldconfig_caches():
    """What ldconfig writes of some libraries, those for better processors among them."""
    with tempfile.TemporaryDirectory() as root:
        for name in ("liba.so.1", "libb.so.10", "glibc-hwcaps/x86-64-v2/liba.so.1",
                     "glibc-hwcaps/x86-64-v3/liba.so.1"):
            path = os.path.join(root, "lib", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(made(True, False, 3, 62, True, None).replace(
                    b"libself.so.1", os.path.basename(name).encode().ljust(12, b"\0")))
        os.makedirs(os.path.join(root, "etc"))
        for form in ("old", "new", "compat"):
            command = ["/sbin/ldconfig", "-r", root, "-C", "/cache-" + form, "-c", form, "-X"]
            if os.geteuid() != 0:
                command = ["unshare", "--map-root-user", *command]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            with open(os.path.join(root, "cache-" + form), "rb") as file:
                yield file.read()


def foreign_caches():
    """Big-endian ones, in each format."""
    strings = b"libb.so.10\0/lib/libb.so.10\0liba.so.1\0/lib/liba.so.1\0/v/liba.so.1\0z14\0"
    old = b"ld.so-1.7.0\0" + struct.pack(">I", 2) + struct.pack(">iII", 0x403, 0, 11) + \
        struct.pack(">iII", 3, 27, 37)

    def new(padding):
        start = 48 + 3 * 24
        text = start + padding
        extension = text + len(strings)
        extension += -extension % 4
        entries = b"".join(
            struct.pack(">iIIIQ", flags, text + key, text + value, 0, hwcap)
            for flags, key, value, hwcap in ((0x403, 0, 11, 0), (0x403, 27, 51, 1 << 62),
                                             (0x403, 27, 37, 0)))
        head = b"glibc-ld.so.cache1.1" + struct.pack(">IIBBBBIIII", 3, len(strings), 3, 0, 0, 0,
                                                     extension, 0, 0, 0)
        data = head + entries + bytes(padding) + strings
        data += bytes(extension - len(data))
        return data + struct.pack(">IIIIII", 0xEAA42174, 1, 1, 0, extension + 24, 4) + \
            struct.pack(">I", text + 63)

    yield old + strings
    yield new(0)
    yield old + bytes(-len(old) % 8) + new(0)


def cache_seeds(repository):
    for data in ldconfig_caches():
        for choice in (0, 0x80, 1, 2):
            yield bytes([choice]) + data
    for data in foreign_caches():
        for choice in (4, 5, 7):
            yield bytes([choice]) + data
    for path in ["/etc/ld.so.cache", *glob.glob(repository + "/.build/corpora/roots/*/etc/ld.so.cache")]:
        if os.path.exists(path) and os.path.getsize(path) < 1 << 14:
            with open(path, "rb") as file:
                yield b"\0" + file.read()


def archive_seeds(repository):
    """Archives and images of every kind that is read, small enough to be changed all over."""
    sys.path.insert(0, os.path.join(repository, "fixtures/images"))
    import sample  # pylint: disable=import-outside-toplevel,import-error

    lower, upper = sample.layers()
    tree = sorted(upper + lower, key=lambda item: item[0].name)
    plain = sample.tar(tree)
    yield plain
    for kind in ("gzip", "zstd"):
        yield sample.compress(plain, kind)
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT):
        long_name, large = "n" * (90 if form == tarfile.USTAR_FORMAT else 120), 1 << 20
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w", format=form,
                          pax_headers={"comment": "x"} if form == tarfile.PAX_FORMAT else {}) as tar:
            for name, kind, link in (
                    (long_name, tarfile.REGTYPE, ""), ("d", tarfile.DIRTYPE, ""),
                    ("d/link", tarfile.SYMTYPE, "../" + long_name), ("hard", tarfile.LNKTYPE, long_name)):
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.uid, info.mtime = kind, link, large, 1.5
                if form == tarfile.PAX_FORMAT:
                    info.pax_headers = {"SCHILY.xattr.user.a": "b"}
                tar.addfile(info)
        yield content.getvalue()
    directory, file, link = 0o040755, 0o100644, 0o120777
    entries = [
        {"name": ".", "mode": directory}, {"name": "d", "mode": directory},
        {"name": "d/a", "mode": file, "inode": 9, "names": 2, "content": b"text"},
        {"name": "d/b", "mode": file, "inode": 9, "names": 2},
        {"name": "l", "mode": link, "content": b"d/../d/a"}]
    yield sample.cpio(entries)
    yield sample.compress(sample.cpio(entries), "gzip")
    amd64, arm64 = ({"os": "linux", "architecture": name} for name in ("amd64", "arm64"))
    for compression in ("none", "gzip", "zstd"):
        yield sample.archive(compression=compression)
    yield sample.compress(sample.archive(), "gzip")
    yield sample.archive(platforms=[arm64, amd64], compression="none")
    whiteouts = [sample.directory("usr/"), sample.entry("usr/.wh..wh..opq"), sample.entry(".wh.etc")]
    yield sample.archive(
        {"layers": lambda layers: layers.append(whiteouts)}, compression="none")
    # What docker wrote before it knew OCI.
    yield sample.archive(
        {"files": lambda files: [files.pop(name) for name in ("oci-layout", "index.json")] and None},
        compression="none")


def assembly():
    """A portable executable with the metadata of an assembly that refers to another and to native code."""
    strings = b"\0app\0mscorlib\0libnative\0function\0app.exe\0"
    module = struct.pack("<HHHHH", 0, strings.index(b"app.exe"), 1, 0, 0)
    reference = struct.pack("<H", strings.index(b"libnative"))
    maps = struct.pack("<HHHH", 0, 3, strings.index(b"function"), 1)
    own = struct.pack("<IHHHHIHHH", 0x8004, 1, 0, 0, 0, 0, 0, strings.index(b"app"), 0)
    other = struct.pack("<HHHHIHHHH", 4, 0, 0, 0, 0, 1, strings.index(b"mscorlib"), 0, 0)
    valid = 1 << 0 | 1 << 0x1A | 1 << 0x1C | 1 << 0x20 | 1 << 0x23
    tables = struct.pack("<IBBBBQQ", 0, 2, 0, 0, 1, valid, 0) + struct.pack("<5I", 1, 1, 1, 1, 1)
    tables += module + reference + maps + own + other
    blobs = b"\0\x08" + bytes(range(8)) + bytes(2)
    version = b"v4.0.30319\0\0"
    streams = [(b"#~\0\0", tables), (b"#Strings\0\0\0\0", strings), (b"#Blob\0\0\0", blobs),
               (b"#GUID\0\0\0", bytes(16))]
    streams = [(name, data + bytes(-len(data) % 4)) for name, data in streams]
    head = b"BSJB" + struct.pack("<HHII", 1, 1, 0, len(version)) + version + \
        struct.pack("<HH", 0, len(streams))
    place = len(head) + sum(8 + len(name) for name, _ in streams)
    for name, data in streams:
        head += struct.pack("<II", place, len(data)) + name
        place += len(data)
    metadata = head + b"".join(data for _, data in streams)
    header = struct.pack("<IHHII", 72, 2, 5, 0x2048, len(metadata)) + bytes(56)
    content = header[:72] + metadata
    optional = struct.pack("<H", 0x10B) + bytes(90) + struct.pack("<I", 16) + bytes(14 * 8) + \
        struct.pack("<II", 0x2000, 72) + bytes(8)
    section = b".text\0\0\0" + struct.pack("<IIII", len(content), 0x2000, len(content), 0x200) + \
        bytes(16)
    file = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + \
        struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, len(optional), 0x102) + optional + section
    return file + bytes(0x200 - len(file)) + content, metadata


NEED_TEXTS = [
    b"#!/usr/bin/env -S -i A=b python3 -x\n", b"#! /unknown\n", b"#!/bin/sh\nexec started \"$@\" | a && b\n",
    b"passwd: files systemd [NOTFOUND=return] ldap\nhosts: files mdns4_minimal dns\n",
    b"root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:a:/var/www:/bin/false\n",
    b'<configuration><dllmap dll="i:libnative" target="libc.so.6" os="!windows" cpu="x86-64">'
    b'<dllentry dll="libc.so.6" name="a" target="b"/></dllmap><!-- & &#65; &lt; --></configuration>',
    b"user www-data www-data;\nload_module modules/x.so;\nhttp { include /etc/nginx/*.conf; root $a; }\n",
    b"Include /etc/apache2/*.conf\nLoadModule x /usr/lib/libc.so.6\nUser ${A}\n<IfModule !x>\n</IfModule>\n",
    b"export A=www-data\n: ${B:=c}\n", b"openssl_conf = a\n[a]\nproviders = b\nengines = c\n[b]\ndefault = d\n"
    b"[d]\nmodule = /usr/lib/libc.so.6\nactivate = 1\n.include /usr/lib/ssl\n[c]\nx = d\ndynamic_path = $a::b\n",
    b"auth [success=1 default=ignore] pam_unix.so nullok \\\n x\n@include program\nsession substack program\n",
    b"[libdefaults]\n default_realm = A\nincludedir /etc\ninclude /etc/krb5.conf\n[plugins]\n a = { module = b:c }\n",
    b"[A]\nDriver = libc.so.6\nSetup=x\n", b"module A// INTERNAL B 1\nalias A// B//\n",
    b"d /run/program 0755 www-data www-data - -\nL+ /run/x - - - - ../y\n",
    b"home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11\n",
    b'{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-x64"},"targets":{".NETCoreApp,Version=v8.0/linux-x64":'
    b'{"a/1.0.0":{"runtime":{"lib/a.dll":{}},"native":{"libnative.so":{}},"runtimeTargets":{"runtimes/linux-x64/'
    b'native/libnative.so":{"rid":"linux-x64","assetType":"native"}}}}},"libraries":{"a/1.0.0":{"type":"package"}}}',
    b'{"runtimeOptions":{"tfm":"net8.0","framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},'
    b'"configProperties":{"System.Globalization.Invariant":true}}}',
    b"/var/lib/program/x /etc/program/*.conf\n"]


def mono_bundle(program, content):
    """What mkbundle appends to a program: an assembly, a configuration, and a directory of both."""
    text = b'<configuration><dllmap dll="libnative" target="libc.so.6"/></configuration>'
    place, directory = len(program), struct.pack("<I", 2)
    for name, data in ((b"assembly:app.exe\0", content), (b"config:app.exe\0", text)):
        directory += struct.pack("<I", len(name)) + name + struct.pack("<QI", place, len(data))
        place += len(data)
    return program + content + text + directory + struct.pack("<Q", place) + b"xmonkeysloveplay"


def dotnet_bundle(program, content):
    """A single-file application: the mark with the header's place, the files, and the header."""
    mark = hashlib.sha256(b".net core bundle\n").digest()
    place = len(program) + 8 + len(mark)
    header = struct.pack("<III", 6, 0, 1) + b"\x02id" + bytes(40) + \
        struct.pack("<QQQB", place, len(content), 0, 1) + b"\x07app.dll"
    return program + struct.pack("<Q", place + len(content)) + mark + content + header


def need_seeds(files):
    """Each text and file for each of the programs that are asked for."""
    whole, metadata = assembly()
    program = made(True, False, 3, 62, True, b"/lib64/ld-linux-x86-64.so.2")
    yield b"\0" + mono_bundle(program, whole)
    yield b"\0" + dotnet_bundle(program, whole)
    for content in (*NEED_TEXTS, whole, metadata):
        for choice in range(7):
            yield bytes([choice]) + content
    for content in files:
        yield b"\0" + content


STRINGS = [
    b"/etc/ld.so.cache\0", b"/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0",
    b"lib/x86_64-linux-gnu\0", b"x86-64-v4:x86-64-v3:x86-64-v2\0", b"power10:power9\0",
    b"ld.so (GNU libc) stable release version 2.36.\0", b"/etc/ld-musl-x86_64.path\0",
    b"%.*s/etc/ld-musl-x86_64.path\0", b"/lib:/usr/local/lib:/usr/lib\0"]

WORDS = STRINGS + [
    b"\x7fELF", b"GNU\0", b"$ORIGIN", b"${LIB}", b"$PLATFORM", b"liba.so.1", b"libunknown.so",
    b"/lib64/ld-linux-x86-64.so.2", b"/lib/ld-musl-x86_64.so.1", b"/lib/ld-unknown.so.1",
    b"ld.so-1.7.0", b"glibc-ld.so.cache1.1", b"x86-64-v3:", b"la_version", b"stdin", b"/lib/", b"../",
    b"ustar\x0000", b"ustar  \0", b"0000644\0", b"00000000000\0", b"070701", b"TRAILER!!!", b".wh.",
    b".wh..wh..opq", b"12 path=a/b\n", b"11 size=10\n", b"GNU.sparse.", b"SCHILY.xattr.user.",
    b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18", b"oci-layout", b"index.json",
    b"manifest.json", b"blobs/sha256/", b'"manifests":[', b'"layers":[', b'"digest":"sha256:',
    b'"size":', b'"Config":', b'"Layers":[', b'"rootfs":{"diff_ids":[', b'"mediaType":"']


def write(directory, seeds):
    os.makedirs(directory, exist_ok=True)
    for index, seed in enumerate(seeds):
        with open(os.path.join(directory, f"{index:03}"), "wb") as file:
            file.write(seed)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["--help"], ["-h"]) else 2)
    directory = sys.argv[1]
    repository = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    files = list(elf_seeds(repository))
    for reader in ("image", "symbols", "tables", "closure"):
        write(os.path.join(directory, reader), files)
    write(os.path.join(directory, "notes"), note_seeds())
    write(os.path.join(directory, "archive"), archive_seeds(repository))
    write(os.path.join(directory, "needs"), need_seeds(files))
    write(os.path.join(directory, "cache"), cache_seeds(repository))
    write(os.path.join(directory, "strings"), [*STRINGS, b"".join(STRINGS[:6]), b"".join(STRINGS[6:])])
    write(os.path.join(directory, "preload"), [b"liba.so /lib/libb.so:libc.so # x\n\tlibd.so\n", b"###\n#a"])
    with open(os.path.join(directory, "dictionary"), "w", encoding="ascii") as file:
        for word in WORDS:
            file.write('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n')


main()
