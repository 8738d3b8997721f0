#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define MACHINE AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define MACHINE AUDIT_ARCH_PPC64LE
#endif

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
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
// If the word that was loaded is the value, the next statement counts; otherwise it is passed over.
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)

#ifdef MACHINE

static int install(struct sock_filter *statements, unsigned count, unsigned flags) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = statements};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/// Calls that would reach out of a chroot: to other processes, to mounts, to the kernel's keys and programs.
static const long refused[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_mount, SYS_umount2, SYS_pivot_root,
    SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_add_key,
    SYS_request_key, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_sethostname,
    SYS_io_uring_setup, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_mknodat,
};

/// Nothing is sent anywhere: only sockets within the system, and TCP that listens, where it may.
static int refuse_outside(int listens) {
    struct sock_filter filter[16 + 2 * sizeof refused / sizeof *refused];
    unsigned count = 0;
    filter[count++] = (struct sock_filter)LOAD(arch);
    filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
    filter[count++] = (struct sock_filter)LOAD(nr);
    for (unsigned index = 0; index < sizeof refused / sizeof *refused; index++) {
        filter[count++] = (struct sock_filter)UNLESS((unsigned)refused[index]);
        filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
    }
    filter[count++] = (struct sock_filter)UNLESS(SYS_connect);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENETUNREACH);
    filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 7);
    filter[count++] = (struct sock_filter)LOAD(args[0]);
    filter[count++] = (struct sock_filter)UNLESS(AF_UNIX);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    filter[count++] = (struct sock_filter)LOAD(args[1]);
    // The kind without its flags.
    filter[count++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xF);
    filter[count++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, (listens ? 1 : 0), 0);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    filter[count++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    return install(filter, count, 0);
}

/// Calls of another machine's kind, which a 64-bit process may make, are let through unseen.
static int watch_files(void) {
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
    return install(filter, count, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

int sandbox_filter(const struct sandbox *sandbox) {
    if (sandbox->request->isolation == CLINUX_CHROOT && refuse_outside(sandbox->request->listens) < 0) return -errno;
    // An emulator's own files aren't the program's.
    return sandbox->request->watches && !sandbox->emulator ? watch_files() : -1;
}

#else

int sandbox_filter(const struct sandbox *sandbox) {
    return sandbox->request->isolation == CLINUX_CHROOT ? -ENOSYS : -1;
}

#endif

// MARK: Reading notifications

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

/// Whether a path leads nowhere in the root that a process has. Errors of other kinds say nothing.
static int is_missed(pid_t process, const char *path, int directory) {
    char place[64];
    if (path[0] == '/') snprintf(place, sizeof place, "/proc/%d/root", process);
    else if (directory == AT_FDCWD) snprintf(place, sizeof place, "/proc/%d/cwd", process);
    else snprintf(place, sizeof place, "/proc/%d/fd/%d", process, directory);
    int base = open(place, O_PATH | O_CLOEXEC);
    if (base < 0) return 0;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = path[0] == '/' ? RESOLVE_IN_ROOT : 0};
    int file = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
    int error = file < 0 ? errno : 0;
    if (file >= 0) close(file);
    close(base);
    return error == ENOENT || error == ENOTDIR;
}

/// Makes a relative path absolute by the directory that it is relative to, as that process sees it.
static int make_absolute(pid_t process, int directory, char *path, unsigned long size) {
    if (path[0] == '/') return 1;
    char place[64], base[4096], text[8192];
    if (directory == AT_FDCWD) snprintf(place, sizeof place, "/proc/%d/cwd", process);
    else snprintf(place, sizeof place, "/proc/%d/fd/%d", process, directory);
    ssize_t length = readlink(place, base, sizeof base - 1);
    if (length <= 0 || base[0] != '/') return 0;
    base[length] = 0;
    int whole = snprintf(text, sizeof text, "%s/%s", length == 1 ? "" : base, path);
    if (whole <= 0 || (unsigned long)whole >= size || whole >= (int)sizeof text) return 0;
    memcpy(path, text, (size_t)whole + 1);
    return 1;
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
    return is_missed((pid_t)request->pid, path, directory)
        && make_absolute((pid_t)request->pid, directory, path, size);
}

int clinux_next_missed(int notifications, char *path, unsigned long size) {
    struct pollfd wait = {.fd = notifications, .events = POLLIN};
    int ready;
    do ready = poll(&wait, 1, -1);
    while (ready < 0 && errno == EINTR);
    if (ready < 0 || !(wait.revents & POLLIN)) return -1;
    struct seccomp_notif request = {0};
    // A process that was killed while it asked isn't there any more.
    if (ioctl(notifications, SECCOMP_IOCTL_NOTIF_RECV, &request)) return errno == ENOENT || errno == EINTR ? 0 : -1;
    int missed = looks_at(&request, path, size);
    struct seccomp_notif_resp answer = {.id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    (void)ioctl(notifications, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return missed;
}
