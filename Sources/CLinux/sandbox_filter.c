#define _GNU_SOURCE
#include "sandbox_bpf.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef MACHINE

// The low half of an argument: flags and numbers have no other.
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
// socket(2): the others are flags.
#define KIND_OF_SOCKET 0xF

int sandbox_install(struct sock_filter *statements, unsigned count, unsigned flags) {
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

#if defined(__x86_64__)
/// The same for the calls of 32-bit programs, which every process may make.
///
/// Source: Linux arch/x86/entry/syscalls/syscall_32.tbl.
static const long refused_of_32_bits[] = {
    // mount, umount, umount2, pivot_root, unshare, setns, bpf, perf_event_open, keyctl, add_key, request_key
    21, 22, 52, 217, 310, 346, 357, 336, 288, 286, 287,
    // kexec_load, init_module, finit_module, delete_module, reboot, swapon, swapoff
    283, 128, 350, 129, 88, 87, 115,
    // settimeofday, stime, clock_settime, clock_settime64, clock_adjtime, clock_adjtime64
    79, 25, 264, 404, 343, 405,
    // sethostname, setdomainname, io_uring_setup, name_to_handle_at, open_by_handle_at, acct, quotactl, syslog
    74, 121, 425, 341, 342, 51, 131, 103,
    // fanotify_init, userfaultfd, vhangup, iopl, ioperm
    338, 374, 111, 110, 101,
    // fsopen, fsconfig, fsmount, fspick, move_mount, open_tree, mount_setattr
    430, 431, 432, 433, 429, 428, 442,
};
// socketcall(2), whose arguments lie in memory, is let through with every family: older programs have no other way.
enum { clone_of_32_bits = 120, clone3_of_32_bits = 435, socket_of_32_bits = 359 };
#endif

/// Beside them in a chroot, where devices can be made, and processes and what they share are the host's.
static const long refused_in_chroot[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_chroot, SYS_migrate_pages, SYS_move_pages,
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semtimedop, SYS_semctl, SYS_msgget,
    SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_mq_open, SYS_mq_unlink,
#ifdef SYS_semop
    SYS_semop,
#endif
    // Where several calls share a number, what is asked for lies in memory.
#ifdef SYS_ipc
    SYS_ipc,
#endif
#ifdef SYS_socketcall
    SYS_socketcall,
#endif
#ifdef SYS_pidfd_open
    SYS_pidfd_open,
#endif
#ifdef SYS_pidfd_getfd
    SYS_pidfd_getfd,
#endif
};

/// Beside them where the root isn't a copy: landlock(7) has no right for what isn't a file's content.
static const long refused_in_original[] = {
    SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat,
    SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
    // fchmodat2, setxattrat, removexattrat and file_setattr have the same numbers on every machine.
    452, 463, 466, 469,
};

struct statements {
    struct sock_filter list[512];
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

/// Refuses a call where an argument has a value.
static void refuse_value(
    struct statements *statements, long call, unsigned argument, unsigned value, unsigned error) {
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 4));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(argument));
    push(statements, (struct sock_filter)UNLESS(value));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | error));
    push(statements, (struct sock_filter)LOAD(nr));
}

static void refuse_list(struct statements *statements, const long *list, size_t count) {
    for (size_t index = 0; index < count; index++) refuse(statements, list[index], EPERM);
}

#define REFUSE_LIST(statements, list) refuse_list(statements, list, sizeof list / sizeof *list)

/// Lets an argument of a call name no process but this one, or its group.
static void refuse_others(struct statements *statements, long call, unsigned argument) {
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 5));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(argument));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
    push(statements, (struct sock_filter)LOAD(nr));
}

/// In a chroot nothing goes out by TCP or UDP: only sockets within the system, and TCP that listens, where it
/// may.
static void refuse_network(struct statements *statements, int listens, int signals_stay) {
    refuse(statements, SYS_connect, ENETUNREACH);
    // TCP Fast Open connects without connect(2).
    refuse_bits(statements, SYS_sendto, 3, MSG_FASTOPEN);
    refuse_bits(statements, SYS_sendmsg, 2, MSG_FASTOPEN);
    refuse_bits(statements, SYS_sendmmsg, 3, MSG_FASTOPEN);
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 4));
    // What keeps signals inside keeps from the host's abstract names, which a datagram reaches unconnected.
    push(statements, (struct sock_filter)LOAD_ARGUMENT(1));
    push(statements, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, KIND_OF_SOCKET));
    push(
        statements,
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, signals_stay ? ~0U : SOCK_DGRAM, 2, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(1));
    push(statements, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, KIND_OF_SOCKET));
    push(
        statements,
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, (listens ? 1 : 0), 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT));
    // Other protocols connect in other ways.
    push(statements, (struct sock_filter)LOAD_ARGUMENT(2));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPROTONOSUPPORT));
}

/// Whatever changes a file but for its content.
static void refuse_changes(struct statements *statements) {
    static const unsigned long requests[] = {
        FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_ENABLE_VERITY};
    REFUSE_LIST(statements, refused_in_original);
    for (unsigned index = 0; index < sizeof requests / sizeof *requests; index++)
        refuse_value(statements, SYS_ioctl, 1, (unsigned)requests[index], EPERM);
}

/// In a chroot signals and limits can reach whatever this user runs, unless something else confines them.
static void refuse_processes(struct statements *statements, int signals_stay) {
    static const long signals[] = {
        SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo};
    refuse_others(statements, SYS_prlimit64, 0);
    // Of a user there are others.
    refuse_value(statements, SYS_setpriority, 0, PRIO_USER, EPERM);
    refuse_others(statements, SYS_setpriority, 1);
    refuse_value(statements, SYS_ioprio_set, 0, 3 /* IOPRIO_WHO_USER */, EPERM);
    refuse_others(statements, SYS_ioprio_set, 1);
    if (signals_stay) return;
    for (unsigned index = 0; index < sizeof signals / sizeof *signals; index++)
        refuse_others(statements, signals[index], 0);
    // The same by descriptors. A program may well name itself.
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 6));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(1));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 0, 3));
    push(statements, (struct sock_filter)LOAD_ARGUMENT(2));
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 1, 0));
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
    push(statements, (struct sock_filter)LOAD(nr));
    refuse_value(statements, SYS_fcntl, 1, F_SETOWN_EX, EPERM);
    refuse_value(statements, SYS_ioctl, 1, FIOSETOWN, EPERM);
    refuse_value(statements, SYS_ioctl, 1, SIOCSPGRP, EPERM);
}

/// What calls of another machine's kind may do, of which there are those of 32-bit programs.
static void refuse_foreign(struct statements *statements, const struct clinux_sandbox *request) {
    unsigned jump = statements->count;
    push(statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 0, 0));
#if defined(__x86_64__)
    // Namespaces keep these apart otherwise.
    if (request->isolation == CLINUX_NAMESPACES) {
        push(statements, (struct sock_filter)LOAD(nr));
        REFUSE_LIST(statements, refused_of_32_bits);
        refuse_bits(statements, clone_of_32_bits, CLONE_FLAGS, NEW_NAMESPACES);
        refuse(statements, clone3_of_32_bits, ENOSYS);
        refuse_value(statements, socket_of_32_bits, 0, AF_VSOCK, EAFNOSUPPORT);
        push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    }
#else
    (void)request;
#endif
    push(statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS));
    statements->list[jump].jt = (unsigned char)(statements->count - jump - 1);
}

static int refuse_outside(const struct clinux_sandbox *request, int signals_stay) {
    struct statements statements = {.count = 0};
    push(&statements, (struct sock_filter)LOAD(arch));
    refuse_foreign(&statements, request);
    push(&statements, (struct sock_filter)LOAD(nr));
#if defined(__x86_64__)
    // x32, whose calls have numbers of their own.
    push(&statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    push(&statements, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS));
#endif
    REFUSE_LIST(&statements, refused);
    refuse_bits(&statements, SYS_clone, CLONE_FLAGS, NEW_NAMESPACES);
    // Its flags lie in memory; libraries then use clone(2).
    refuse(&statements, SYS_clone3, ENOSYS);
    // To the host of a virtual machine, in every namespace.
    refuse_value(&statements, SYS_socket, 0, AF_VSOCK, EAFNOSUPPORT);
    if (request->isolation == CLINUX_CHROOT) {
        REFUSE_LIST(&statements, refused_in_chroot);
        // Devices, but not FIFOs.
        refuse_bits(&statements, SYS_mknodat, 2, S_IFCHR);
#ifdef SYS_mknod
        refuse_bits(&statements, SYS_mknod, 1, S_IFCHR);
#endif
        if (request->must_stay) refuse_changes(&statements);
        refuse_processes(&statements, signals_stay);
        refuse_network(&statements, request->listens, signals_stay);
    }
    push(&statements, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    if (statements.count == sizeof statements.list / sizeof *statements.list) {
        errno = E2BIG;
        return -1;
    }
    return sandbox_install(statements.list, statements.count, 0);
}

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    // Another machine's programs make calls of their own kind through the emulator.
    if (refuse_outside(sandbox->request, signals_stay) < 0) return errno;
    // An emulator's own files aren't the program's.
    *notifications = sandbox->emulator ? -1 : sandbox_watch_files();
    return 0;
}

#else

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    (void)signals_stay;
    *notifications = -1;
    return sandbox->request->isolation == CLINUX_CHROOT ? ENOSYS : 0;
}

#endif
