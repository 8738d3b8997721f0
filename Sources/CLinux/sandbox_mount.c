#define _GNU_SOURCE
#include "sandbox_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// mount_setattr(2), where headers are older than the kernel.
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1
#define MOUNT_ATTR_NOSUID 2
#define MOUNT_ATTR_NODEV 4
#define MOUNT_ATTR_NOEXEC 8
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

int sandbox_join(char *path, const char *directory, const char *name) {
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return length > 0 && length < PATH_SIZE;
}

int sandbox_bind(const char *source, const char *place, enum bound bound) {
    if (mount(source, place, 0, MS_BIND | MS_REC, 0)) return errno;
    // struct mount_attr, which not every C library's headers have: what is set, and what is taken away.
    uint64_t attributes[4] = {MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0};
    if (bound == BOUND_PROGRAMS) attributes[1] |= MOUNT_ATTR_NOSUID;
    else attributes[0] |= MOUNT_ATTR_NOSUID;
    if (bound == BOUND_DEVICE) attributes[0] ^= MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    // Where it lies says nothing of whether it may be executed in an image.
    else attributes[1] |= MOUNT_ATTR_NOEXEC;
    if (!syscall(SYS_mount_setattr, AT_FDCWD, place, AT_RECURSIVE, attributes, sizeof attributes)) return 0;
    if (errno == EPERM && bound == BOUND_FILES) {
        attributes[1] = 0;
        if (!syscall(SYS_mount_setattr, AT_FDCWD, place, AT_RECURSIVE, attributes, sizeof attributes)) return 0;
    }
    if (errno != ENOSYS) return errno;
    // Linux before 5.12 changes one mount at a time.
    struct statvfs facts;
    if (statvfs(place, &facts)) return errno;
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
    if (bound != BOUND_PROGRAMS) flags |= MS_NOSUID;
    if (bound != BOUND_DEVICE || facts.f_flag & ST_NODEV) flags |= MS_NODEV;
    if (bound == BOUND_DEVICE || facts.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
    if (facts.f_flag & ST_NOATIME) flags |= MS_NOATIME;
    if (facts.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
    if (facts.f_flag & ST_RELATIME) flags |= MS_RELATIME;
    return mount(0, place, 0, flags, 0) ? errno : 0;
}

int sandbox_make_file(const char *path, const char *text) {
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return errno;
    ssize_t size = (ssize_t)strlen(text);
    int error = write(file, text, (size_t)size) == size ? 0 : EIO;
    close(file);
    return error;
}

int sandbox_mount_memory(const char *place, const char *options) {
    return mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options) ? errno : 0;
}

int sandbox_open_inside(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

const char *sandbox_path_of(int descriptor, char *path, size_t size) {
    snprintf(path, size, "/proc/self/fd/%d", descriptor);
    return path;
}


int sandbox_close_mount(int root) {
    uint64_t attributes[4] = {MOUNT_ATTR_RDONLY};
    return syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, attributes, sizeof attributes) ? errno : 0;
}
