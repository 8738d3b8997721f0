#define _GNU_SOURCE
#include "sandbox_mount.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

// What a program may write in all, and so of the host's memory.
#define LAYERS_SIZE "1g"

static int is_empty(const char *path) {
    DIR *directory = opendir(path);
    if (!directory) return 1;
    int is_empty = 1;
    for (struct dirent *entry; is_empty && (entry = readdir(directory));)
        is_empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(directory);
    return is_empty;
}

/// A new directory in memory with the mode and owner of one that it stands for.
static int make_layer(const char *path, const struct stat *status, uid_t user, gid_t group) {
    if (mkdir(path, 0700)) return errno;
    // A number that isn't mapped belongs to whoever mounts it.
    if (chown(path, user, group) && errno != EINVAL && errno != EPERM) return errno;
    return chmod(path, status->st_mode & 07777) ? errno : 0;
}

/// Source: the kernel's Documentation/filesystems/overlayfs.rst.
int sandbox_cover(
    int number, const char *source, const char *place, const struct stat *status, uid_t user, gid_t group,
    unsigned long flags) {
    char upper[64], work[64], options[PATH_SIZE];
    snprintf(upper, sizeof upper, LAYERS "/%d", number);
    snprintf(work, sizeof work, LAYERS "/%d.work", number);
    int error = make_layer(upper, status, user, group);
    if (error) return error;
    if (is_empty(source)) return mount(upper, place, 0, MS_BIND, 0) ? errno : 0;
    if (mkdir(work, 0700)) return errno;
    int length = snprintf(
        options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", source, upper, work);
    if (length < 0 || length >= (int)sizeof options) return ENAMETOOLONG;
    return mount("overlay", place, "overlay", MS_NODEV | flags, options) ? errno : 0;
}

/// Makes one directory of the root one that can be written to.
static int mount_one(const struct sandbox *sandbox, int number, int source, int place) {
    char source_path[64], place_path[64];
    struct stat status;
    if (fstat(source, &status)) return errno;
    sandbox_path_of(source, source_path, sizeof source_path);
    sandbox_path_of(place, place_path, sizeof place_path);
    // A directory for everybody stays everybody's.
    int is_shared = (status.st_mode & S_ISVTX) != 0;
    uid_t user = is_shared ? 0 : sandbox->request->user;
    gid_t group = is_shared ? 0 : sandbox->request->group;
    return sandbox_cover(
        number, source_path, place_path, &status, user, group, sandbox->grants ? 0 : MS_NOSUID);
}

int sandbox_make_layers(void) {
    if (mkdir(LAYERS, 0700)) return errno;
    return sandbox_mount_memory(LAYERS, "mode=700,size=" LAYERS_SIZE ",nr_inodes=" FILE_LIMIT);
}

int sandbox_mount_writable(const struct sandbox *sandbox, int root) {
    int new_root = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = new_root < 0 ? errno : 0;
    for (int index = 0; !error && sandbox->writable[index]; index++) {
        int source = sandbox_open_inside(root, sandbox->writable[index]);
        int place = sandbox_open_inside(new_root, sandbox->writable[index]);
        // What leads nowhere in the new root, such as into its /proc, can't be written to.
        if (source >= 0 && place >= 0) error = mount_one(sandbox, index, source, place);
        if (source >= 0) close(source);
        if (place >= 0) close(place);
    }
    close(new_root);
    return error;
}
