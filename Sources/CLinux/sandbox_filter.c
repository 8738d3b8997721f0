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

// The half of an argument that a pointer doesn't need.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOAD_ARGUMENT(index) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (index) + 4)
#else
#define LOAD_ARGUMENT(index) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (index))
#endif

// clone(2): the machines differ in the order.
#if defined(__s390x__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif
#define NEW_NAMESPACES 0x7E020000U

static int install(struct sock_filter *statements, unsigned count, unsigned flags) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = statements};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/// Calls that no engine lets a program make: mounts, namespaces, the kernel's keys and programs, the clock.
static const long refused[] = {
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open, SYS_keyctl,
    SYS_add_key, SYS_request_key, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime,
    SYS_sethostname, SYS_setdomainname, SYS_io_uring_setup, SYS_name_to_handle_at, SYS_open_by_handle_at,
    SYS_acct, SYS_quotactl, SYS_syslog, SYS_fanotify_init, SYS_userfaultfd, SYS_vhangup,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm,
#endif
#ifdef SYS_fsopen
    SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_move_mount, SYS_open_tree,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
};

/// Beside them in a chroot, where devices can be made and other processes are the host's.
static const long refused_in_chroot[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_chroot, SYS_mknodat,
#ifdef SYS_mknod
    SYS_mknod,
#endif
#ifdef SYS_pidfd_open
    SYS_pidfd_open,
#endif
#ifdef SYS_pidfd_getfd
    SYS_pidfd_getfd,
#endif
};

struct statements {
    struct sock_filter list[256];
    unsigned count;
};

static void push(struct statements *statements, struct sock_filter statement) {
    if (statements->count < sizeof statements->list / sizeof *statements->list)
        statements->list[statements->count++] = statement;
}

static void refuse(struct statements *statements, long call, unsigned error) {
    push(statements, (struct sock_filter)UNLESS((unsigned)call));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | error));
}

/// Refuses a call where one of some bits of an argument is set.
static void refuse_bits(struct statements *statements, long call, unsigned argument, unsigned bits) {
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 4));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(argument));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
    push(statements, (struct sock_filter)LOAD(nr));
}

/// Lets a call name no process but this one, or its group.
static void refuse_others(struct statements *statements, long call) {
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 5));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
    push(statements, (struct sock_filter)LOAD(nr));
}

/// In a chroot nothing goes out by TCP or UDP: only sockets within the system, and TCP that listens, where it
/// may.
static void refuse_network(struct statements *statements, int listens) {
    refuse(statements, SYS_connect, ENETUNREACH);
    // TCP Fast Open connects without connect(2).
    refuse_bits(statements, SYS_sendto, 3, MSG_FASTOPEN);
    refuse_bits(statements, SYS_sendmsg, 2, MSG_FASTOPEN);
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(0));
    push(statements, (struct sock_filter)UNLESS(AF_UNIX));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(1));
    // The kind without its flags.
    push(statements, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xF));
    push(
        statements,
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, (listens ? 1 : 0), 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT));
}

static int refuse_outside(const struct clinux_sandbox *request, int signals_stay) {
    struct statements statements = {.count = 0};
    push(&statements, (struct sock_filter)LOAD(arch));
    push(&statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0));
    // In namespaces a 32-bit program of this machine shall run too; what it may do, its rights say.
    push(
        &statements, (struct sock_filter)RETURN(
                         request->isolation == CLINUX_CHROOT ? SECCOMP_RET_ERRNO | ENOSYS : SECCOMP_RET_ALLOW));
    push(&statements, (struct sock_filter)LOAD(nr));
#if defined(__x86_64__)
    // x32, whose calls have numbers of their own.
    push(&statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    push(&statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS));
#endif
    for (unsigned index = 0; index < sizeof refused / sizeof *refused; index++)
        refuse(&statements, refused[index], EPERM);
    refuse_bits(&statements, SYS_clone, CLONE_FLAGS, NEW_NAMESPACES);
    // Its flags lie in memory; libraries then use clone(2).
    refuse(&statements, SYS_clone3, ENOSYS);
    if (request->isolation == CLINUX_CHROOT) {
        for (unsigned index = 0; index < sizeof refused_in_chroot / sizeof *refused_in_chroot; index++)
            refuse(&statements, refused_in_chroot[index], EPERM);
        static const long signals[] = {
            SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo};
        for (unsigned index = 0; !signals_stay && index < sizeof signals / sizeof *signals; index++)
            refuse_others(&statements, signals[index]);
        refuse_network(&statements, request->listens);
    }
    push(&statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    return install(statements.list, statements.count, 0);
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

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    // Another machine's programs make calls of their own kind through the emulator.
    if (refuse_outside(sandbox->request, signals_stay) < 0) return errno;
    // An emulator's own files aren't the program's.
    *notifications = sandbox->emulator ? -1 : watch_files();
    return 0;
}

#else

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    (void)signals_stay;
    *notifications = -1;
    return sandbox->request->isolation == CLINUX_CHROOT ? ENOSYS : 0;
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
