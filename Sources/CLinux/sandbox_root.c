#define _GNU_SOURCE
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// Where the new root is put together: a directory that every system has, seen by this process alone.
#define PLACE "/tmp"
#define PATH_SIZE 4352
/// Where directories for what is written are made; gone before the program starts.
#define LAYERS PLACE "/.layers"

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty", 0};

static int join(char *path, const char *directory, const char *name) {
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return length > 0 && length < PATH_SIZE;
}

/// Binds a file or directory to a place, and lets nothing be written through it.
///
/// The flags that the mount has already stay: in a namespace for users they can't be taken away.
static int bind_read_only(const char *source, const char *place) {
    if (mount(source, place, 0, MS_BIND | MS_REC, 0)) return errno;
    struct statvfs facts;
    if (statvfs(place, &facts)) return errno;
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
    if (facts.f_flag & ST_NOSUID) flags |= MS_NOSUID;
    if (facts.f_flag & ST_NODEV) flags |= MS_NODEV;
    if (facts.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
    if (facts.f_flag & ST_NOATIME) flags |= MS_NOATIME;
    if (facts.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
    if (facts.f_flag & ST_RELATIME) flags |= MS_RELATIME;
    return mount(0, place, 0, flags, 0) ? errno : 0;
}

static int make_file(const char *path, const char *text) {
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) return errno;
    ssize_t size = (ssize_t)strlen(text);
    int error = write(file, text, (size_t)size) == size ? 0 : EIO;
    close(file);
    return error;
}

/// Puts what a directory of the root holds under one name into the new root.
static int place_name(const char *root, const char *directory, const char *name) {
    char parent[PATH_SIZE], source[PATH_SIZE], place[PATH_SIZE], text[PATH_SIZE];
    struct stat status;
    if (!join(parent, root, directory) || !join(source, parent, name) || !join(parent, PLACE, directory)
        || !join(place, parent, name))
        return ENAMETOOLONG;
    if (lstat(source, &status)) return errno;
    if (S_ISLNK(status.st_mode)) {
        ssize_t length = readlink(source, text, sizeof text - 1);
        if (length < 0) return errno;
        text[length] = 0;
        return symlink(text, place) ? errno : 0;
    }
    if (S_ISDIR(status.st_mode)) {
        if (mkdir(place, 0755)) return errno;
    } else if (S_ISREG(status.st_mode)) {
        int error = make_file(place, "");
        if (error) return error;
    } else {
        return 0;
    }
    return bind_read_only(source, place);
}

/// A directory of which each name is bound by itself, so that others can stand beside them.
static int place_names(
    const char *root, const char *directory, const char **names, const char *but) {
    for (int index = 0; names[index]; index++) {
        if (but && !strcmp(names[index], but)) continue;
        int error = place_name(root, directory, names[index]);
        if (error) return error;
    }
    return 0;
}

static int mount_memory(const char *place, const char *options) {
    return mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options) ? errno : 0;
}

static int mount_devices(void) {
    char source[PATH_SIZE], place[PATH_SIZE];
    mkdir(PLACE "/dev", 0755);
    int error = mount_memory(PLACE "/dev", "mode=755,size=64k");
    for (int index = 0; !error && devices[index]; index++) {
        if (!join(source, "/dev", devices[index]) || !join(place, PLACE "/dev", devices[index])) continue;
        if (access(source, F_OK)) continue;
        error = make_file(place, "");
        if (!error && mount(source, place, 0, MS_BIND, 0)) error = errno;
    }
    if (error) return error;
    mkdir(PLACE "/dev/shm", 01777);
    error = mount_memory(PLACE "/dev/shm", "mode=1777,size=64m");
    if (symlink("/proc/self/fd", PLACE "/dev/fd") || symlink("/proc/self/fd/0", PLACE "/dev/stdin")
        || symlink("/proc/self/fd/1", PLACE "/dev/stdout")
        || symlink("/proc/self/fd/2", PLACE "/dev/stderr"))
        return error ? error : errno;
    return error;
}

/// The files that engines put into every container: proc(5) knows none of them, hosts(5) and resolv.conf(5) do.
static int mount_etc(const char *root, const char **names) {
    mkdir(PLACE "/etc", 0755);
    int error = mount_memory(PLACE "/etc", "mode=755,size=1m");
    if (!error) error = place_names(root, "etc", names, 0);
    // What the image has of them stays.
    if (!error) error = make_file(PLACE "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
    if (!error || error == EEXIST) error = make_file(PLACE "/etc/resolv.conf", "");
    if (!error || error == EEXIST) error = make_file(PLACE "/etc/hostname", "localhost\n");
    if (error && error != EEXIST) return error;
    return mount(0, PLACE "/etc", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, 0) ? errno : 0;
}

static int is_empty(const char *path) {
    DIR *directory = opendir(path);
    if (!directory) return 1;
    int is_empty = 1;
    for (struct dirent *entry; is_empty && (entry = readdir(directory));)
        is_empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(directory);
    return is_empty;
}

/// Puts an empty directory in memory in the place of one.
static int cover(const char *place, const struct stat *status, uid_t user, gid_t group) {
    char options[96];
    unsigned mode = status->st_mode & 07777;
    snprintf(options, sizeof options, "mode=%o,uid=%u,gid=%u", mode, user, group);
    // Where the number isn't mapped, it belongs to whoever mounts it.
    if (!mount_memory(place, options)) return 0;
    snprintf(options, sizeof options, "mode=%o", mode);
    return mount_memory(place, options);
}

/// Lays a directory in memory over one, of which what is changed is kept there.
///
/// Source: the kernel's Documentation/filesystems/overlayfs.rst.
static int overlay(const char *source, const char *place, const struct stat *status, uid_t user, gid_t group) {
    char options[2 * PATH_SIZE];
    int error = mount_memory(LAYERS, "mode=700");
    if (error) return error;
    if (mkdir(LAYERS "/work", 0700) || mkdir(LAYERS "/upper", 0700)) return errno;
    (void)chown(LAYERS "/upper", user, group);
    if (chmod(LAYERS "/upper", status->st_mode & 07777)) return errno;
    int length = snprintf(
        options, sizeof options, "lowerdir=%s,upperdir=" LAYERS "/upper,workdir=" LAYERS "/work", source);
    if (length < 0 || length >= (int)sizeof options) return ENAMETOOLONG;
    if (mount("overlay", place, "overlay", MS_NOSUID | MS_NODEV, options)) error = errno;
    // What is mounted holds on to it.
    if (umount2(LAYERS, MNT_DETACH) && !error) error = errno;
    return error;
}

/// Directories that can be written to; what the bundle has there stays as it is.
static int mount_writable(const struct sandbox *sandbox, const char *root) {
    char source[PATH_SIZE], place[PATH_SIZE];
    struct stat status;
    if (!sandbox->writable[0]) return 0;
    if (mkdir(LAYERS, 0700)) return errno;
    for (int index = 0; sandbox->writable[index]; index++) {
        if (!join(source, root, sandbox->writable[index]) || !join(place, PLACE, sandbox->writable[index]))
            return ENAMETOOLONG;
        if (stat(source, &status)) continue;
        // A directory for everybody stays everybody's.
        int is_shared = (status.st_mode & S_ISVTX) != 0;
        uid_t user = is_shared ? 0 : sandbox->request->user;
        gid_t group = is_shared ? 0 : sandbox->request->group;
        int error = is_empty(source) ? cover(place, &status, user, group)
                                     : overlay(source, place, &status, user, group);
        if (error) return error;
    }
    return rmdir(LAYERS) ? errno : 0;
}

int sandbox_enter_namespaced_root(
    const struct sandbox *sandbox, struct clinux_sandboxed *result, enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_ROOT;
    if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return errno;
    // The root may lie where the new one is put together, which then hides it.
    int source = open(sandbox->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int emulator = sandbox->emulator ? open(sandbox->emulator, O_PATH | O_CLOEXEC) : -1;
    if (source < 0 || (sandbox->emulator && emulator < 0)) return errno;
    char root[64], path[64];
    snprintf(root, sizeof root, "/proc/self/fd/%d", source);
    snprintf(path, sizeof path, "/proc/self/fd/%d", emulator);
    int error = mount_memory(PLACE, "mode=755,size=1m");
    if (!error) error = place_names(root, "", sandbox->root_names, "etc");
    if (!error) error = mount_etc(root, sandbox->etc_names);
    if (!error && emulator >= 0) {
        error = make_file(PLACE "/.emulator", "");
        if (!error && mount(path, PLACE "/.emulator", 0, MS_BIND, 0)) error = errno;
    }
    if (error) return error;

    *stage = CLINUX_STAGE_DEVICES;
    error = mount_devices();
    if (error) return error;
    mkdir(PLACE "/proc", 0555);
    // A container whose own /proc is covered in places lets none be mounted.
    result->has_proc = mount("proc", PLACE "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) == 0;
    error = mount_writable(sandbox, root);
    if (error) return error;

    *stage = CLINUX_STAGE_ROOT;
    if (chdir(PLACE) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH)) return errno;
    if (mount(0, "/", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, 0)) return errno;
    result->is_read_only = 1;
    return 0;
}

int sandbox_enter_plain_root(
    const struct sandbox *sandbox, struct clinux_sandboxed *result, enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_ROOT;
    if (chroot(sandbox->root) || chdir("/")) return errno;
    result->has_proc = access("/proc/self", F_OK) == 0;
    result->is_read_only = sandbox_lock_root(sandbox->writable);
    return 0;
}

int sandbox_lock_root(const char **writable) {
    const __u64 reading =
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    // The rights of the interface's first version: others aren't known to every kernel that has it.
    struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
    if (ruleset < 0) return 0;
    int is_done = 1;
    for (int index = -1; index < 0 || writable[index]; index++) {
        struct landlock_path_beneath_attr rule = {
            .allowed_access = index < 0 ? reading : rules.handled_access_fs,
            .parent_fd = open(index < 0 ? "/" : writable[index], O_PATH | O_CLOEXEC),
        };
        if (rule.parent_fd < 0) continue;
        if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)) is_done = 0;
        close(rule.parent_fd);
    }
    // Devices are written to wherever they lie.
    for (int index = 0; devices[index]; index++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/%s", devices[index]);
        struct landlock_path_beneath_attr rule = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
            .parent_fd = open(path, O_PATH | O_CLOEXEC),
        };
        if (rule.parent_fd < 0) continue;
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
    }
    if (is_done && syscall(SYS_landlock_restrict_self, ruleset, 0)) is_done = 0;
    close(ruleset);
    return is_done;
}
