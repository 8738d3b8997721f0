#define _GNU_SOURCE
#include "sandbox_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

// Files and directories of the host that the user gives a program.

// Interfaces of mount(2) beyond the headers of some systems.
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1
#define MOUNT_ATTR_NOSUID 2
#define MOUNT_ATTR_NODEV 4
#endif
#define SYS_OPEN_TREE 428
#define SYS_MOVE_MOUNT 429
#define SYS_SET_ATTRIBUTES 442
#define CLONED 1
#define RECURSIVE 0x8000
#define FROM_DESCRIPTOR 0x04
#define TO_DESCRIPTOR 0x40

// The layers of what can be written to are numbered from 0.
#define FIRST_LAYER 100000

static const char *source_of(const struct sandbox *sandbox, unsigned index) {
    return sandbox->mounts[3 * index];
}

static const char *place_of(const struct sandbox *sandbox, unsigned index) {
    return sandbox->mounts[3 * index + 1];
}

static int is_read_only(const struct sandbox *sandbox, unsigned index) {
    return !strcmp(sandbox->mounts[3 * index + 2], "ro");
}

/// Whether a descriptor is a directory's: 1, 0, or -1 and errno.
static int is_directory(int file) {
    struct stat status;
    return fstat(file, &status) ? -1 : S_ISDIR(status.st_mode) ? 1 : 0;
}

/// Makes a path below a directory that is there, name by name; the last one may be a file's.
static int make_below(int base, char *names, int has_directory) {
    int directory = fcntl(base, F_DUPFD_CLOEXEC, 0);
    int error = directory < 0 ? errno : 0;
    for (char *name = names; !error && name;) {
        char *rest = strchr(name, '/');
        if (rest) *rest++ = 0;
        if (rest || has_directory) {
            if (mkdirat(directory, name, 0755)) error = errno;
        } else if (mknodat(directory, name, S_IFREG | 0644, 0)) {
            error = errno;
        }
        int next = error || !rest ? -1 : openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (!error && rest && next < 0) error = errno;
        if (next >= 0) {
            close(directory);
            directory = next;
        }
        name = rest;
    }
    if (directory >= 0) close(directory);
    return error;
}

/// Lays a layer over a directory that can't be written to, makes a path in it, and has it refuse writing again.
static int make_in_layer(int root, const char *path, int base, unsigned number, char *names, int has_directory) {
    char place[64];
    struct stat status;
    if (fstat(base, &status)) return errno;
    sandbox_path_of(base, place, sizeof place);
    int error = sandbox_cover(
        (int)(FIRST_LAYER + number), place, place, &status, status.st_uid, status.st_gid, MS_NOSUID);
    if (error) return error;
    int covered = sandbox_open_inside(root, path);
    if (covered < 0) return errno;
    error = make_below(covered, names, has_directory);
    if (!error) error = sandbox_close_mount(covered);
    close(covered);
    return error;
}

/// Makes one place in the new root.
static int make_place(int root, const char *path, int has_directory, unsigned number) {
    int place = sandbox_open_inside(root, path);
    if (place >= 0) {
        int is_fit = is_directory(place) == has_directory;
        close(place);
        return is_fit ? 0 : has_directory ? ENOTDIR : EISDIR;
    }
    char above[PATH_SIZE], names[PATH_SIZE];
    size_t length = strlen(path);
    if (length >= sizeof above) return ENAMETOOLONG;
    memcpy(above, path, length + 1);
    int base = -1;
    while (base < 0) {
        if (errno != ENOENT) return errno;
        char *slash = strrchr(above, '/');
        if (!slash) return ENOENT;
        *slash = 0;
        base = sandbox_open_inside(root, above[0] ? above : "/");
    }
    memcpy(names, path + strlen(above) + 1, length - strlen(above));
    int error = make_below(base, names, has_directory);
    if (error == EROFS) {
        memcpy(names, path + strlen(above) + 1, length - strlen(above));
        error = make_in_layer(root, above[0] ? above : "/", base, number, names, has_directory);
    }
    close(base);
    return error;
}

int sandbox_open_given(const struct sandbox *sandbox, int *sources) {
    for (unsigned index = 0; index < sandbox->request->mount_count; index++) {
        sources[index] = open(source_of(sandbox, index), O_PATH | O_CLOEXEC);
        if (sources[index] < 0) return errno;
    }
    return 0;
}

int sandbox_make_places(const struct sandbox *sandbox, const int *sources) {
    int root = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = root < 0 ? errno : 0;
    for (unsigned index = 0; !error && index < sandbox->request->mount_count; index++)
        error = make_place(root, place_of(sandbox, index), is_directory(sources[index]), index);
    if (root >= 0) close(root);
    return error;
}

static int mount_one(int root, const char *path, int source, int is_closed) {
    int place = sandbox_open_inside(root, path);
    if (place < 0) return errno;
    int mount_ = (int)syscall(SYS_OPEN_TREE, source, "", CLONED | RECURSIVE | AT_EMPTY_PATH | O_CLOEXEC);
    uint64_t attributes[4] = {MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (is_closed ? MOUNT_ATTR_RDONLY : 0)};
    int is_done = mount_ >= 0
        && !syscall(SYS_SET_ATTRIBUTES, mount_, "", AT_EMPTY_PATH | RECURSIVE, attributes, sizeof attributes)
        && !syscall(SYS_MOVE_MOUNT, mount_, "", place, "", FROM_DESCRIPTOR | TO_DESCRIPTOR);
    int error = is_done ? 0 : errno;
    if (mount_ >= 0) close(mount_);
    close(place);
    return error;
}

int sandbox_mount_given(const struct sandbox *sandbox, const int *sources) {
    // A directory that can be written to may hide what was made there.
    int error = sandbox_make_places(sandbox, sources);
    int root = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!error && root < 0) error = errno;
    for (unsigned index = 0; !error && index < sandbox->request->mount_count; index++)
        error = mount_one(root, place_of(sandbox, index), sources[index], is_read_only(sandbox, index));
    if (root >= 0) close(root);
    return error;
}
