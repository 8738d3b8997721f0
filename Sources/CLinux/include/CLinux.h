#ifndef CLINUX_H
#define CLINUX_H

/// Opens a new file without a name in a directory, for reading and writing; -1 and errno where that can't be
/// done. open(2), O_TMPFILE: a macro that Swift doesn't import.
int clinux_open_nameless(const char *directory, unsigned int permissions);

/// openat(2), which Swift doesn't import since it takes a variable number of arguments.
int clinux_open_in(int directory, const char *name, int flags, unsigned int permissions);

/// fsetxattr(2), which Swift's module of the C library leaves out.
int clinux_set_attribute(int file, const char *name, const void *value, unsigned long size);

/// syncfs(2), which Swift's module of the C library leaves out.
int clinux_sync_filesystem(int file);

/// Whether something is mounted on a directory: 1 or 0; 0 where the kernel (before 5.8) can't tell.
/// statx(2), STATX_ATTR_MOUNT_ROOT, which Swift's module of the C library leaves out.
int clinux_is_mount_point(const char *path);

/// Removes a directory with all that is in it, links themselves, whatever can be removed: 0, or the errno of what
/// can't. A directory that is closed to its owner is opened first. It allocates nothing.
int clinux_remove_directory(int parent, const char *name);

/// The same of the directory that has a number on a device: ESTALE if the name is another one's. It isn't opened
/// if it is closed.
int clinux_remove_known_directory(int parent, const char *name, unsigned long device, unsigned long inode);

/// A directory that goes away with the process that made it.
struct clinux_kept_directory {
    /// What removes it.
    int keeper;
    /// To the keeper. A descriptor.
    int control;
};

/// Makes a directory for its owner alone, under a new name that begins with `rootfs-pack.`; however this process
/// ends, it goes away with all that is in it. 0, or errno.
///
/// - Parameters:
///   - parent: a path.
///   - name: gets its name; 32 bytes.
int clinux_keep_directory(const char *parent, char *name, struct clinux_kept_directory *kept);

/// Removes the directory. 0, or errno: ECHILD where its keeper is gone.
int clinux_drop_directory(const struct clinux_kept_directory *kept);

/// Whether a signal is ignored: 1 or 0. signal(2), SIG_IGN: a macro that Swift doesn't import.
int clinux_is_ignored(int signal);

/// Whether a file has capabilities, a symbolic link itself: 1 or 0. lgetxattr(2), which Swift's
/// module of the C library leaves out.
int clinux_has_capabilities(const char *path);

/// The names of a file's extended attributes, each with a NUL behind it: their length together in
/// bytes, or -1 and errno. A symbolic link isn't followed. llistxattr(2), which Swift's module of the C
/// library leaves out.
long clinux_list_attributes(const char *path, void *names, unsigned long size);

/// The value of an extended attribute: its length in bytes, or -1 and errno. A symbolic link isn't
/// followed. lgetxattr(2).
long clinux_read_attribute(const char *path, const char *name, void *value, unsigned long size);

/// Where bytes occur first in others: from the beginning, or -1. As memmem(3).
long clinux_find(
    const void *bytes, unsigned long size, const void *pattern, unsigned long pattern_size);

/// The next zero byte at or behind a place that stands behind one of some bytes: its place from the beginning,
/// or -1.
///
/// - Parameter is_last: for each of the 256 bytes, whether it is one of them.
long clinux_next_word_end(
    const void *bytes, unsigned long size, unsigned long from, const unsigned char *is_last);

/// The first of every second place at or behind one at which a flagged pair of bytes stands; -1 if there is
/// none. A pair's number is its first byte and 256 times its second.
long clinux_next_pair(const void *bytes, unsigned long size, unsigned long from, const unsigned char *flags);

/// The next text at or behind a place that has printable bytes in it, or begins with them: 1 and its bounds, or 0.
///
/// A text is as much printable ASCII as stands before a zero byte.
int clinux_next_text(
    const char *bytes, unsigned long size, unsigned long from, const char *part, unsigned long part_size,
    int begins, unsigned long *first, unsigned long *end);

/// The next slash at or behind a place, with the bounds of the printable ASCII around it, which is looked at no
/// further than a limit to each side: 1, or 0 where there is none. A slash before the end of what was seen
/// already has no bounds but itself, or texts that are full of slashes would be read once for each. All in
/// bytes.
int clinux_next_slash_text(
    const char *bytes, unsigned long size, unsigned long from, unsigned long seen, unsigned long limit,
    unsigned long *slash, unsigned long *first, unsigned long *end);

#include <stdbool.h>

#include "CLinuxSandbox.h"

/// What loaders ask of an x86-64 processor.
struct clinux_x86_features {
    /// The level of the psABI, 1 to 4; 0 on any other machine.
    int level;
    /// The value of $PLATFORM that glibc gives an Intel processor with AVX2 and its companions.
    bool is_haswell;
    /// What glibc up to 2.36 calls a capability of Intel processors with AVX-512.
    bool has_avx512_1;
};

/// The features of the processor that this runs on, so far as the kernel lets programs use them.
/// cpuid and xgetbv: instructions that Swift has no words for.
struct clinux_x86_features clinux_x86_features(void);

#endif
