#define _GNU_SOURCE
#include "sandbox_bpf.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/// A system call that names a file: which argument is the path, and which the directory that it is relative to.
struct call {
    long number;
    signed char path;
    /// -1 for the working directory.
    signed char directory;
    /// The argument with the flags of open(2), or -1.
    signed char flags;
};

static const struct call calls[] = {
#ifdef SYS_open
    {SYS_open, 0, -1, 1},
#endif
    {SYS_openat, 1, 0, 2},
    {SYS_openat2, 1, 0, -1},
#ifdef SYS_stat
    {SYS_stat, 0, -1, -1},
    {SYS_lstat, 0, -1, -1},
#endif
#ifdef SYS_newfstatat
    {SYS_newfstatat, 1, 0, -1},
#endif
    {SYS_statx, 1, 0, -1},
#ifdef SYS_access
    {SYS_access, 0, -1, -1},
#endif
    {SYS_faccessat, 1, 0, -1},
#ifdef SYS_faccessat2
    {SYS_faccessat2, 1, 0, -1},
#endif
    {SYS_execve, 0, -1, -1},
    {SYS_execveat, 1, 0, -1},
};

#define CALL_COUNT (sizeof calls / sizeof *calls)

#ifdef MACHINE

/// Calls of 32-bit programs, which a 64-bit one may make, aren't watched.
int sandbox_watch_files(void) {
    struct sock_filter filter[5 + 2 * CALL_COUNT];
    unsigned count = 0;
    filter[count++] = (struct sock_filter)LOAD(arch);
    filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    filter[count++] = (struct sock_filter)LOAD(nr);
    for (unsigned index = 0; index < CALL_COUNT; index++) {
        filter[count++] = (struct sock_filter)UNLESS((unsigned)calls[index].number);
        filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_USER_NOTIF);
    }
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    return sandbox_install(filter, count, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

#endif

static const struct call *find_call(long number) {
    for (unsigned index = 0; index < CALL_COUNT; index++)
        if (calls[index].number == number) return &calls[index];
    return 0;
}

/// The text at an address of another process: its length, or -1 where it is longer or can't be read.
static long read_text(pid_t process, unsigned long address, char *text, unsigned long size) {
    unsigned long length = 0;
    while (length < size) {
        // Up to a page's end: the next page may not be there.
        unsigned long part = 4096 - (address + length) % 4096;
        if (part > size - length) part = size - length;
        struct iovec local = {.iov_base = text + length, .iov_len = part};
        struct iovec remote = {.iov_base = (void *)(address + length), .iov_len = part};
        ssize_t got = process_vm_readv(process, &local, 1, &remote, 1, 0);
        if (got <= 0) return -1;
        char *end = memchr(text + length, 0, (size_t)got);
        if (end) return end - text;
        length += (unsigned long)got;
    }
    return -1;
}

/// Makes a path absolute in the root that a process has. 0 where that can't be told.
static int make_absolute(pid_t process, int directory, char *path, unsigned long size) {
    if (path[0] == '/') return 1;
    char place[64], base[4096], root[4096], text[8192];
    if (directory == AT_FDCWD) snprintf(place, sizeof place, "/proc/%d/cwd", process);
    else snprintf(place, sizeof place, "/proc/%d/fd/%d", process, directory);
    ssize_t length = readlink(place, base, sizeof base - 1);
    if (length <= 0 || base[0] != '/') return 0;
    base[length] = 0;
    snprintf(place, sizeof place, "/proc/%d/root", process);
    ssize_t root_length = readlink(place, root, sizeof root - 1);
    if (root_length <= 0) return 0;
    // Of a chroot, paths are told as they are outside of it.
    const char *inside = base;
    if (root_length > 1 && root_length <= length && !memcmp(base, root, (size_t)root_length)) inside += root_length;
    int whole = snprintf(text, sizeof text, "%s/%s", !strcmp(inside, "/") ? "" : inside, path);
    if (whole <= 0 || (unsigned long)whole >= size || whole >= (int)sizeof text) return 0;
    memcpy(path, text, (size_t)whole + 1);
    return 1;
}

/// Whether an absolute path leads nowhere in the root that a process has. Errors of other kinds say nothing.
static int is_missed(pid_t process, const char *path) {
    char place[64];
    snprintf(place, sizeof place, "/proc/%d/root", process);
    int base = open(place, O_PATH | O_CLOEXEC);
    if (base < 0) return 0;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int file = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
    int error = file < 0 ? errno : 0;
    if (file >= 0) close(file);
    close(base);
    return error == ENOENT || error == ENOTDIR;
}

static int looks_at(const struct seccomp_notif *request, char *path, unsigned long size) {
    const struct call *call = find_call(request->data.nr);
    if (!call) return 0;
    if (read_text((pid_t)request->pid, request->data.args[(int)call->path], path, size) <= 0) return 0;
    if (call->flags >= 0 && (request->data.args[(int)call->flags] & O_CREAT)) {
        // What is made isn't missed; its directory may be.
        char *slash = strrchr(path, '/');
        if (!slash || slash == path) return 0;
        *slash = 0;
    }
    int directory = call->directory < 0 ? AT_FDCWD : (int)request->data.args[(int)call->directory];
    return make_absolute((pid_t)request->pid, directory, path, size) && is_missed((pid_t)request->pid, path);
}

int clinux_next_missed(int notifications, char *path, unsigned long size) {
    struct pollfd wait = {.fd = notifications, .events = POLLIN};
    int ready = poll(&wait, 1, 200);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return 0;
    if (ready < 0 || !(wait.revents & POLLIN)) return -1;
    struct seccomp_notif request = {0};
    // A process that was killed while it asked isn't there any more.
    if (ioctl(notifications, SECCOMP_IOCTL_NOTIF_RECV, &request)) return errno == ENOENT || errno == EINTR ? 0 : -1;
    int missed = looks_at(&request, path, size);
    struct seccomp_notif_resp answer = {.id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    (void)ioctl(notifications, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return missed;
}
