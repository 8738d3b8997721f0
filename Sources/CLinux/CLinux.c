#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

int clinux_open_nameless(const char *directory, unsigned int permissions) {
    return open(directory, O_RDWR | O_CLOEXEC | O_TMPFILE, (mode_t)permissions);
}

int clinux_open_in(int directory, const char *name, int flags, unsigned int permissions) {
    return openat(directory, name, flags, (mode_t)permissions);
}

int clinux_set_attribute(int file, const char *name, const void *value, unsigned long size) {
    return fsetxattr(file, name, value, size, 0);
}

int clinux_sync_filesystem(int file) {
    return syncfs(file);
}

int clinux_is_mount_point(const char *path) {
    struct statx facts;
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &facts) == 0
        && (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int clinux_has_capabilities(const char *path) {
    return lgetxattr(path, "security.capability", 0, 0) > 0;
}

long clinux_list_attributes(const char *path, void *names, unsigned long size) {
    return llistxattr(path, names, size);
}

long clinux_read_attribute(const char *path, const char *name, void *value, unsigned long size) {
    return lgetxattr(path, name, value, size);
}

int clinux_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

long clinux_find(
    const void *bytes, unsigned long size, const void *pattern, unsigned long pattern_size) {
    const char *hit = memmem(bytes, size, pattern, pattern_size);
    return hit ? hit - (const char *)bytes : -1;
}

/// Lines may end and have tabs within a text.
static int is_printable(char byte) {
    return (byte >= 0x20 && byte <= 0x7E) || byte == '\n' || byte == '\t';
}

int clinux_next_text(
    const char *bytes, unsigned long size, unsigned long from, const char *part, unsigned long part_size,
    int begins, unsigned long *first, unsigned long *end) {
    while (from < size) {
        const char *hit = memmem(bytes + from, size - from, part, part_size);
        if (!hit) return 0;
        unsigned long place = (unsigned long)(hit - bytes), start = place, stop = place + part_size;
        if (begins && start > 0 && is_printable(bytes[start - 1])) {
            from = place + 1;
            continue;
        }
        while (!begins && start > 0 && is_printable(bytes[start - 1])) start--;
        while (stop < size && is_printable(bytes[stop])) stop++;
        if (stop < size && bytes[stop] == 0) {
            *first = start;
            *end = stop;
            return 1;
        }
        from = stop + 1;
    }
    return 0;
}
