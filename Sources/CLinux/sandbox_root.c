#define _GNU_SOURCE
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// A directory that every system has, which this process alone sees as it makes it: the new root is put together
// in it, and what is written to lies beside that. No name of a bundle can meet it.
#define PLACE "/tmp"
#define ROOT PLACE "/root"
#define LAYERS PLACE "/layers"
// What a program may write in all, and so of the host's memory.
#define LAYERS_SIZE "1g"
// How many files it may make; each costs the host's kernel about 1 KiB that no size counts.
#define FILE_LIMIT "65536"
#define PATH_SIZE 4352

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

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty", 0};

static int join(char *path, const char *directory, const char *name) {
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return length > 0 && length < PATH_SIZE;
}

/// What is bound: nothing can be written to it, nor be changed of its owner and mode.
enum bound {
    /// Files and directories.
    BOUND_FILES,
    /// A device, which takes what is written to it all the same.
    BOUND_DEVICE,
};

/// Binds a file or directory to a place, with what is mounted below.
///
/// The flags that a mount has already stay: in a namespace for users they can't be taken away.
static int bind_read_only(const char *source, const char *place, enum bound bound) {
    if (mount(source, place, 0, MS_BIND | MS_REC, 0)) return errno;
    // struct mount_attr, which not every C library's headers have.
    uint64_t attributes[4] = {
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID
        | (bound == BOUND_DEVICE ? MOUNT_ATTR_NOEXEC : MOUNT_ATTR_NODEV)};
    if (!syscall(SYS_mount_setattr, AT_FDCWD, place, AT_RECURSIVE, attributes, sizeof attributes)) return 0;
    if (errno != ENOSYS) return errno;
    // Linux before 5.12 changes one mount at a time.
    struct statvfs facts;
    if (statvfs(place, &facts)) return errno;
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID;
    if (bound == BOUND_FILES || facts.f_flag & ST_NODEV) flags |= MS_NODEV;
    if (bound == BOUND_DEVICE || facts.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
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

/// Puts what a directory holds under one name into another.
static int place_name(const char *from, const char *to, const char *name) {
    char source[PATH_SIZE], place[PATH_SIZE], text[PATH_SIZE];
    struct stat status;
    if (!join(source, from, name) || !join(place, to, name)) return ENAMETOOLONG;
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
    return bind_read_only(source, place, BOUND_FILES);
}

/// A directory of which each name is bound by itself, so that others can stand beside them.
static int place_names(const char *from, const char *to, const char **names, const char *but) {
    for (int index = 0; names[index]; index++) {
        if (but && !strcmp(names[index], but)) continue;
        int error = place_name(from, to, names[index]);
        if (error) return error;
    }
    return 0;
}

static int mount_memory(const char *place, const char *options) {
    return mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options) ? errno : 0;
}

/// Opens what a path leads to in a root, whose links lead nowhere else; -1 and errno.
static int open_inside(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/// A path by which a descriptor can be mounted from and to.
static const char *path_of(int descriptor, char *path, size_t size) {
    snprintf(path, size, "/proc/self/fd/%d", descriptor);
    return path;
}

/// Root of the host is root here: what engines keep from him in /proc, he doesn't get.
static int protect_proc(void) {
    static const char *const kept[] = {
        "sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "asound", "driver", "dynamic_debug", 0};
    static const char *const hidden[] = {"kcore", "keys", "timer_list", "kmsg", "sched_debug", 0};
    char place[PATH_SIZE];
    for (int index = 0; kept[index]; index++) {
        if (!join(place, ROOT "/proc", kept[index]) || access(place, F_OK)) continue;
        int error = bind_read_only(place, place, BOUND_FILES);
        if (error) return error;
    }
    for (int index = 0; hidden[index]; index++) {
        if (!join(place, ROOT "/proc", hidden[index]) || access(place, F_OK)) continue;
        int error = bind_read_only("/dev/null", place, BOUND_DEVICE);
        if (error) return error;
    }
    return 0;
}

static int mount_devices(void) {
    char source[PATH_SIZE], place[PATH_SIZE];
    mkdir(ROOT "/dev", 0755);
    int error = mount_memory(ROOT "/dev", "mode=755,size=64k");
    for (int index = 0; !error && devices[index]; index++) {
        if (!join(source, "/dev", devices[index]) || !join(place, ROOT "/dev", devices[index])) continue;
        if (access(source, F_OK)) continue;
        error = make_file(place, "");
        if (!error) error = bind_read_only(source, place, BOUND_DEVICE);
    }
    if (error) return error;
    mkdir(ROOT "/dev/shm", 01777);
    error = mount_memory(ROOT "/dev/shm", "mode=1777,size=64m,nr_inodes=" FILE_LIMIT);
    if (symlink("/proc/self/fd", ROOT "/dev/fd") || symlink("/proc/self/fd/0", ROOT "/dev/stdin")
        || symlink("/proc/self/fd/1", ROOT "/dev/stdout")
        || symlink("/proc/self/fd/2", ROOT "/dev/stderr"))
        return error ? error : errno;
    return error;
}

/// The files that engines put into every container: hosts(5), resolv.conf(5) and hostname(5).
static int mount_etc(int root, const char **names) {
    char from[64];
    // A link leads nowhere but in the root.
    int source = open_inside(root, "etc");
    mkdir(ROOT "/etc", 0755);
    int error = mount_memory(ROOT "/etc", "mode=755,size=1m");
    if (!error && source >= 0)
        error = place_names(path_of(source, from, sizeof from), ROOT "/etc", names, 0);
    if (source >= 0) close(source);
    // What the image has of them stays.
    if (!error) error = make_file(ROOT "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
    if (!error || error == EEXIST) error = make_file(ROOT "/etc/resolv.conf", "");
    if (!error || error == EEXIST) error = make_file(ROOT "/etc/hostname", "localhost\n");
    if (error && error != EEXIST) return error;
    return mount(0, ROOT "/etc", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, 0) ? errno : 0;
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

/// A new directory in memory with the mode and owner of one that it stands for.
static int make_layer(const char *path, const struct stat *status, uid_t user, gid_t group) {
    if (mkdir(path, 0700)) return errno;
    // A number that isn't mapped belongs to whoever mounts it.
    if (chown(path, user, group) && errno != EINVAL && errno != EPERM) return errno;
    return chmod(path, status->st_mode & 07777) ? errno : 0;
}

/// Lays a directory in memory over one, of which what is changed is kept there; an empty one it replaces.
///
/// Source: the kernel's Documentation/filesystems/overlayfs.rst.
static int cover(
    int number, const char *source, const char *place, const struct stat *status, uid_t user, gid_t group) {
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
    return mount("overlay", place, "overlay", MS_NOSUID | MS_NODEV, options) ? errno : 0;
}

/// Makes one directory of the root one that can be written to.
static int mount_one(const struct sandbox *sandbox, int number, int source, int place) {
    char source_path[64], place_path[64];
    struct stat status;
    if (fstat(source, &status)) return errno;
    path_of(source, source_path, sizeof source_path);
    path_of(place, place_path, sizeof place_path);
    // A directory for everybody stays everybody's.
    int is_shared = (status.st_mode & S_ISVTX) != 0;
    uid_t user = is_shared ? 0 : sandbox->request->user;
    gid_t group = is_shared ? 0 : sandbox->request->group;
    return cover(number, source_path, place_path, &status, user, group);
}

/// Directories that can be written to; what the bundle has there stays as it is.
static int mount_writable(const struct sandbox *sandbox, int root) {
    if (!sandbox->writable[0]) return 0;
    int new_root = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (new_root < 0 || mkdir(LAYERS, 0700)) return errno;
    int error = mount_memory(LAYERS, "mode=700,size=" LAYERS_SIZE ",nr_inodes=" FILE_LIMIT);
    for (int index = 0; !error && sandbox->writable[index]; index++) {
        int source = open_inside(root, sandbox->writable[index]);
        int place = open_inside(new_root, sandbox->writable[index]);
        // What leads nowhere in the new root, such as into its /proc, can't be written to.
        if (source >= 0 && place >= 0) error = mount_one(sandbox, index, source, place);
        if (source >= 0) close(source);
        if (place >= 0) close(place);
    }
    close(new_root);
    return error;
}

/// Makes the place in which the new root is put together, apart from the host.
static int make_place(void) {
    if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return errno;
    int error = mount_memory(PLACE, "mode=755,size=1m");
    if (error) return error;
    if (mkdir(ROOT, 0755)) return errno;
    return mount_memory(ROOT, "mode=755,size=1m");
}

int sandbox_enter_namespaced_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_ROOT;
    // The root may lie where the new one is put together, which then hides it.
    int source = open(sandbox->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int emulator = sandbox->emulator ? open(sandbox->emulator, O_PATH | O_CLOEXEC) : -1;
    if (source < 0 || (sandbox->emulator && emulator < 0)) return errno;
    char root[64], path[64];
    path_of(source, root, sizeof root);
    path_of(emulator, path, sizeof path);
    *stage = CLINUX_STAGE_MOUNTS;
    int error = make_place();
    if (error) return error;

    *stage = CLINUX_STAGE_ROOT;
    error = place_names(root, ROOT, sandbox->root_names, "etc");
    if (!error) error = mount_etc(source, sandbox->etc_names);
    if (!error && emulator >= 0) {
        error = make_file(ROOT "/.emulator", "");
        if (!error) error = bind_read_only(path, ROOT "/.emulator", BOUND_FILES);
    }
    if (error) return error;

    *stage = CLINUX_STAGE_DEVICES;
    error = mount_devices();
    if (error) return error;
    mkdir(ROOT "/proc", 0555);
    // A container whose own /proc is covered in places lets none be mounted.
    result->has_proc = mount("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) == 0;
    if (result->has_proc) error = protect_proc();
    if (!error) error = mount_writable(sandbox, source);
    if (error) return error;

    *stage = CLINUX_STAGE_ROOT;
    if (chdir(ROOT) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH)) return errno;
    if (mount(0, "/", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, 0)) return errno;
    result->is_read_only = 1;
    result->signals_stay = 1;
    return 0;
}

int sandbox_enter_plain_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_ROOT;
    if (chroot(sandbox->root) || chdir("/")) return errno;
    result->has_proc = access("/proc/self", F_OK) == 0;
    sandbox_lock_root(sandbox->writable, result);
    return sandbox->request->must_stay && !result->is_read_only ? EOPNOTSUPP : 0;
}

// Interfaces of landlock(7) beyond the headers of some systems.
#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

struct ruleset {
    uint64_t file_rights;
    uint64_t network_rights;
    uint64_t scopes;
};

static int allow_below(int ruleset, const char *path, uint64_t rights) {
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return errno == ENOENT;
    int is_done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return is_done;
}

void sandbox_lock_root(const char **writable, struct sandbox_entered *result) {
    int version = (int)syscall(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return;
    struct ruleset rules = {.file_rights = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    if (version >= 2) rules.file_rights |= RIGHT_REFER;
    if (version >= 3) rules.file_rights |= RIGHT_TRUNCATE;
    if (version >= 6) rules.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    size_t size = version >= 6 ? sizeof rules : sizeof rules.file_rights;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0) return;
    int is_done = allow_below(
        ruleset, "/", LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
    for (int index = 0; writable[index]; index++)
        is_done &= allow_below(ruleset, writable[index], rules.file_rights);
    // Devices are written to wherever they lie.
    for (int index = 0; devices[index]; index++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/%s", devices[index]);
        (void)allow_below(ruleset, path, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    }
    is_done = is_done && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    // Before it knew of truncation, what isn't opened for writing could be emptied.
    result->is_read_only = is_done && version >= 3;
    result->signals_stay = is_done && version >= 6;
}
