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
