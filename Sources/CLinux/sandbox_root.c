#define _GNU_SOURCE
#include "sandbox_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty", 0};

/// Puts what a directory holds under one name into another.
static int place_name(const char *from, const char *to, const char *name, enum bound bound) {
    char source[PATH_SIZE], place[PATH_SIZE], text[PATH_SIZE];
    struct stat status;
    if (!sandbox_join(source, from, name) || !sandbox_join(place, to, name)) return ENAMETOOLONG;
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
        int error = sandbox_make_file(place, "");
        if (error) return error;
    } else {
        return 0;
    }
    return sandbox_bind(source, place, bound);
}

/// A directory of which each name is bound by itself, so that others can stand beside them.
static int place_names(
    const char *from, const char *to, const char **names, const char *but, enum bound bound) {
    for (int index = 0; names[index]; index++) {
        if (but && !strcmp(names[index], but)) continue;
        int error = place_name(from, to, names[index], bound);
        if (error) return error;
    }
    return 0;
}

/// Root of the host is root here: what engines keep from him in /proc, he doesn't get.
static int protect_proc(void) {
    static const char *const kept[] = {
        "sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "asound", "driver", "dynamic_debug", 0};
    static const char *const hidden[] = {
        "kcore", "keys", "timer_list", "kmsg", "sched_debug", "kpagecount", "kpageflags", "kpagecgroup", 0};
    char place[PATH_SIZE];
    for (int index = 0; kept[index]; index++) {
        if (!sandbox_join(place, ROOT "/proc", kept[index]) || access(place, F_OK)) continue;
        int error = sandbox_bind(place, place, BOUND_FILES);
        if (error) return error;
    }
    for (int index = 0; hidden[index]; index++) {
        if (!sandbox_join(place, ROOT "/proc", hidden[index]) || access(place, F_OK)) continue;
        int error = sandbox_bind("/dev/null", place, BOUND_DEVICE);
        if (error) return error;
    }
    return 0;
}

static int mount_devices(void) {
    char source[PATH_SIZE], place[PATH_SIZE];
    mkdir(ROOT "/dev", 0755);
    int error = sandbox_mount_memory(ROOT "/dev", "mode=755,size=64k");
    for (int index = 0; !error && devices[index]; index++) {
        if (!sandbox_join(source, "/dev", devices[index]) || !sandbox_join(place, ROOT "/dev", devices[index])) continue;
        if (access(source, F_OK)) continue;
        error = sandbox_make_file(place, "");
        if (!error) error = sandbox_bind(source, place, BOUND_DEVICE);
    }
    if (error) return error;
    mkdir(ROOT "/dev/shm", 01777);
    error = sandbox_mount_memory(ROOT "/dev/shm", "mode=1777,size=64m,nr_inodes=" FILE_LIMIT);
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
    int source = sandbox_open_inside(root, "etc");
    mkdir(ROOT "/etc", 0755);
    int error = sandbox_mount_memory(ROOT "/etc", "mode=755,size=1m");
    if (!error && source >= 0)
        error = place_names(sandbox_path_of(source, from, sizeof from), ROOT "/etc", names, 0, BOUND_FILES);
    if (source >= 0) close(source);
    // What the image has of them stays.
    if (!error) error = sandbox_make_file(ROOT "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
    if (!error || error == EEXIST) error = sandbox_make_file(ROOT "/etc/resolv.conf", "");
    if (!error || error == EEXIST) error = sandbox_make_file(ROOT "/etc/hostname", "localhost\n");
    return error == EEXIST ? 0 : error;
}

/// Has a directory of the new root's own refuse all writing.
static int close_directory(const char *path) {
    return mount(0, path, 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, 0) ? errno : 0;
}

/// Makes the place in which the new root is put together, apart from the host.
static int make_place(void) {
    if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return errno;
    int error = sandbox_mount_memory(PLACE, "mode=755,size=1m");
    if (error) return error;
    if (mkdir(ROOT, 0755)) return errno;
    return sandbox_mount_memory(ROOT, "mode=755,size=1m");
}

/// Puts what the bundle has into its place, and the emulator, if there is one.
static int place_bundle(const struct sandbox *sandbox, int root, int emulator) {
    char path[64];
    int error = place_names(
        sandbox_path_of(root, path, sizeof path), ROOT, sandbox->root_names, "etc",
        sandbox->grants ? BOUND_PROGRAMS : BOUND_FILES);
    if (!error) error = mount_etc(root, sandbox->etc_names);
    if (error || emulator < 0) return error;
    error = sandbox_make_file(ROOT "/.emulator", "");
    if (error) return error;
    return sandbox_bind(sandbox_path_of(emulator, path, sizeof path), ROOT "/.emulator", BOUND_FILES);
}

/// Puts what is not the bundle's into its place.
static int place_others(
    const struct sandbox *sandbox, int root, const int *given, struct sandbox_entered *result,
    enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_DEVICES;
    int error = mount_devices();
    if (error) return error;
    mkdir(ROOT "/proc", 0555);
    // A container whose own /proc is covered in places lets none be mounted.
    result->has_proc = mount("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) == 0;
    if (result->has_proc) error = protect_proc();
    if (!error) error = sandbox_make_layers();
    if (error) return error;
    *stage = CLINUX_STAGE_GIVEN;
    error = sandbox_make_places(sandbox, given);
    if (error) return error;
    *stage = CLINUX_STAGE_DEVICES;
    error = close_directory(ROOT "/etc");
    if (!error) error = sandbox_mount_writable(sandbox, root);
    if (error) return error;
    *stage = CLINUX_STAGE_GIVEN;
    return sandbox_mount_given(sandbox, given);
}

int sandbox_enter_namespaced_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage) {
    int given[CLINUX_MOUNT_LIMIT];
    *stage = CLINUX_STAGE_ROOT;
    // The root may lie where the new one is put together, which then hides it.
    int source = open(sandbox->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int emulator = sandbox->emulator ? open(sandbox->emulator, O_PATH | O_CLOEXEC) : -1;
    if (source < 0 || (sandbox->emulator && emulator < 0)) return errno;
    *stage = CLINUX_STAGE_GIVEN;
    int error = sandbox_open_given(sandbox, given);
    if (error) return error;
    *stage = CLINUX_STAGE_MOUNTS;
    error = make_place();
    if (error) return error;
    *stage = CLINUX_STAGE_ROOT;
    error = place_bundle(sandbox, source, emulator);
    if (!error) error = place_others(sandbox, source, given, result, stage);
    if (error) return error;

    *stage = CLINUX_STAGE_ROOT;
    if (chdir(ROOT) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH)) return errno;
    error = close_directory("/");
    if (error) return error;
    result->is_read_only = 1;
    result->signals_stay = 1;
    return 0;
}
