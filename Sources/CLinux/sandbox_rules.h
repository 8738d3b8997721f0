// What the sandbox refuses and watches, for one kind of programs: it is included once for each, with the numbers
// that the kind's calls have, so that none has a way that the other hasn't.

#include "sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// clone(2): the machines differ in the order.
#if defined(__s390x__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif
#define NEW_NAMESPACES 0x7E020000U
// socket(2): the others are flags.
#define KIND_OF_SOCKET 0xF
// Beyond the headers of some systems.
#define FAMILY_QIPCRTR 42
#define SCHEDULING_OF_CORES 62 /* PR_SCHED_CORE */

/// Calls that no engine lets a program make: mounts, namespaces, the kernel's keys and programs, the clock.
static const short refused[] = {
    __NR_mount, __NR_umount2, __NR_pivot_root, __NR_unshare, __NR_setns, __NR_bpf, __NR_perf_event_open,
    __NR_keyctl, __NR_add_key, __NR_request_key, __NR_kexec_load, __NR_init_module, __NR_finit_module,
    __NR_delete_module, __NR_reboot, __NR_swapon, __NR_swapoff, __NR_settimeofday, __NR_clock_settime,
    __NR_clock_adjtime, __NR_sethostname, __NR_setdomainname, __NR_io_uring_setup, __NR_name_to_handle_at,
    __NR_open_by_handle_at, __NR_acct, __NR_quotactl, __NR_syslog, __NR_fanotify_init, __NR_userfaultfd,
    __NR_vhangup,
    // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, quotactl_fd and open_tree_attr have
    // the same numbers on every machine.
    428, 429, 430, 431, 432, 433, 442, 443, 467,
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __NR_iopl
    __NR_iopl, __NR_ioperm,
#endif
#ifdef __NR_umount
    __NR_umount,
#endif
#ifdef __NR_stime
    __NR_stime,
#endif
#ifdef __NR_clock_settime64
    __NR_clock_settime64, __NR_clock_adjtime64,
#endif
#ifdef __NR_vm86
    __NR_vm86, __NR_vm86old,
#endif
};

/// Beside them in a chroot, where processes and what they share are the host's.
static const short refused_in_chroot[] = {
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp, __NR_chroot, __NR_migrate_pages,
    __NR_move_pages, __NR_shmget, __NR_shmat, __NR_shmctl, __NR_semget, __NR_semctl, __NR_msgget, __NR_msgsnd,
    __NR_msgrcv, __NR_msgctl, __NR_mq_open, __NR_mq_unlink,
    // pidfd_send_signal, pidfd_open, pidfd_getfd, process_madvise and process_mrelease have the same numbers on
    // every machine.
    424, 434, 438, 440, 448,
#ifdef __NR_semop
    __NR_semop,
#endif
#ifdef __NR_semtimedop
    __NR_semtimedop,
#endif
#ifdef __NR_semtimedop_time64
    __NR_semtimedop_time64,
#endif
    // Where several calls share a number, what is asked for lies in memory.
#ifdef __NR_ipc
    __NR_ipc,
#endif
#ifdef __NR_socketcall
    __NR_socketcall,
#endif
};

/// Beside them where the root isn't a copy: landlock(7) has no right for what isn't a file's content.
static const short refused_in_original[] = {
    __NR_fchmod, __NR_fchmodat, __NR_fchown, __NR_fchownat, __NR_utimensat, __NR_setxattr, __NR_lsetxattr,
    __NR_fsetxattr, __NR_removexattr, __NR_lremovexattr, __NR_fremovexattr,
    // fchmodat2, setxattrat, removexattrat and file_setattr have the same numbers on every machine.
    452, 463, 466, 469,
#ifdef __NR_chmod
    __NR_chmod, __NR_chown, __NR_lchown, __NR_utime, __NR_utimes, __NR_futimesat,
#endif
#ifdef __NR_chown32
    __NR_chown32, __NR_lchown32, __NR_fchown32,
#endif
#ifdef __NR_utimensat_time64
    __NR_utimensat_time64,
#endif
};

#define REFUSE_LIST(statements, list) sandbox_refuse_list(statements, list, sizeof list / sizeof *list)

/// Where namespaces don't end: the host of a virtual machine, parts of the machine, the system's log.
static void refuse_families(struct statements *statements) {
    sandbox_refuse_value(statements, __NR_socket, 0, AF_VSOCK, EAFNOSUPPORT);
    sandbox_refuse_value(statements, __NR_socket, 0, FAMILY_QIPCRTR, EAFNOSUPPORT);
    sandbox_refuse_value(statements, __NR_socket, 0, AF_IUCV, EAFNOSUPPORT);
    sandbox_push(statements, IF(__NR_socket, 0, 6));
    sandbox_push(statements, LOAD_ARGUMENT(0));
    sandbox_push(statements, IF(AF_NETLINK, 0, 3));
    sandbox_push(statements, LOAD_ARGUMENT(2));
    sandbox_push(statements, IF(NETLINK_AUDIT, 0, 1));
    sandbox_push(statements, REFUSE(EPROTONOSUPPORT));
    sandbox_push(statements, LOAD(nr));
}

/// Devices, but not FIFOs.
static void refuse_devices(struct statements *statements) {
    sandbox_refuse_bits(statements, __NR_mknodat, 2, S_IFCHR);
#ifdef __NR_mknod
    sandbox_refuse_bits(statements, __NR_mknod, 1, S_IFCHR);
#endif
}

/// In a chroot nothing goes out by TCP or UDP: only sockets within the system, and TCP that listens, where it
/// may.
static void refuse_network(struct statements *statements, const struct sandbox_terms *terms) {
    sandbox_refuse(statements, __NR_connect, ENETUNREACH);
    // TCP Fast Open connects without connect(2).
    sandbox_refuse_bits(statements, __NR_sendto, 3, MSG_FASTOPEN);
    sandbox_refuse_bits(statements, __NR_sendmsg, 2, MSG_FASTOPEN);
    sandbox_refuse_bits(statements, __NR_sendmmsg, 3, MSG_FASTOPEN);
    sandbox_push(statements, IF(__NR_socket, 1, 0));
    sandbox_push(statements, RETURN(SECCOMP_RET_ALLOW));
    sandbox_push(statements, LOAD_ARGUMENT(0));
    sandbox_push(statements, IF(AF_UNIX, 0, 4));
    // What keeps signals inside keeps from the host's abstract names, which a datagram reaches unconnected.
    sandbox_push(statements, LOAD_ARGUMENT(1));
    sandbox_push(statements, MASK(KIND_OF_SOCKET));
    sandbox_push(statements, IF(terms->signals_stay ? ~0U : SOCK_DGRAM, 2, 0));
    sandbox_push(statements, RETURN(SECCOMP_RET_ALLOW));
    sandbox_push(statements, IF(AF_INET, 2, 0));
    sandbox_push(statements, IF(AF_INET6, 1, 0));
    sandbox_push(statements, REFUSE(EAFNOSUPPORT));
    sandbox_push(statements, LOAD_ARGUMENT(1));
    sandbox_push(statements, MASK(KIND_OF_SOCKET));
    sandbox_push(statements, IF(SOCK_STREAM, terms->request->listens ? 1 : 0, 0));
    sandbox_push(statements, REFUSE(EAFNOSUPPORT));
    // Other protocols connect in other ways.
    sandbox_push(statements, LOAD_ARGUMENT(2));
    sandbox_push(statements, IF(0, 2, 0));
    sandbox_push(statements, IF(IPPROTO_TCP, 1, 0));
    sandbox_push(statements, REFUSE(EPROTONOSUPPORT));
}

/// Whatever changes a file but for its content.
static void refuse_changes(struct statements *statements) {
    static const unsigned long requests[] = {
        FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_ENABLE_VERITY};
    REFUSE_LIST(statements, refused_in_original);
    for (unsigned index = 0; index < sizeof requests / sizeof *requests; index++)
        sandbox_refuse_value(statements, __NR_ioctl, 1, (unsigned)requests[index], EPERM);
}

/// In a chroot whatever is done to a process by its number can reach all that this user runs: how it is scheduled,
/// and its limits.
static void refuse_processes(struct statements *statements) {
    static const short calls[] = {
        __NR_prlimit64, __NR_sched_setscheduler, __NR_sched_setparam, __NR_sched_setattr, __NR_sched_setaffinity};
    for (unsigned index = 0; index < sizeof calls / sizeof *calls; index++)
        sandbox_refuse_others(statements, calls[index], 0);
    // Of a user there are others.
    sandbox_refuse_value(statements, __NR_setpriority, 0, PRIO_USER, EPERM);
    sandbox_refuse_others(statements, __NR_setpriority, 1);
    sandbox_refuse_value(statements, __NR_ioprio_set, 0, 3 /* IOPRIO_WHO_USER */, EPERM);
    sandbox_refuse_others(statements, __NR_ioprio_set, 1);
    sandbox_refuse_value(statements, __NR_prctl, 0, SCHEDULING_OF_CORES, EPERM);
}

/// The same for signals, unless something else confines them, and for descriptors that send them. A program may
/// well name itself.
static void refuse_signals(struct statements *statements) {
    static const short calls[] = {
        __NR_kill, __NR_tkill, __NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo};
    static const short controls[] = {
        __NR_fcntl,
#ifdef __NR_fcntl64
        __NR_fcntl64,
#endif
    };
    for (unsigned index = 0; index < sizeof calls / sizeof *calls; index++)
        sandbox_refuse_others(statements, calls[index], 0);
    for (unsigned index = 0; index < sizeof controls / sizeof *controls; index++) {
        sandbox_push(statements, IF((unsigned)controls[index], 0, 6));
        sandbox_push(statements, LOAD_ARGUMENT(1));
        sandbox_push(statements, IF(F_SETOWN, 0, 3));
        sandbox_push(statements, LOAD_ARGUMENT(2));
        sandbox_push(statements, IF((unsigned)getpid(), 1, 0));
        sandbox_push(statements, REFUSE(EPERM));
        sandbox_push(statements, LOAD(nr));
        sandbox_refuse_value(statements, controls[index], 1, F_SETOWN_EX, EPERM);
    }
    sandbox_refuse_value(statements, __NR_ioctl, 1, FIOSETOWN, EPERM);
    sandbox_refuse_value(statements, __NR_ioctl, 1, SIOCSPGRP, EPERM);
}

static void add_rules(struct statements *statements, const struct sandbox_terms *terms) {
    REFUSE_LIST(statements, refused);
    sandbox_refuse_bits(statements, __NR_clone, CLONE_FLAGS, NEW_NAMESPACES);
    // Its flags lie in memory; libraries then use clone(2).
    sandbox_refuse(statements, __NR_clone3, ENOSYS);
    refuse_families(statements);
    refuse_devices(statements);
    if (terms->request->isolation == CLINUX_CHROOT) {
        REFUSE_LIST(statements, refused_in_chroot);
        if (terms->request->must_stay) refuse_changes(statements);
        refuse_processes(statements);
        if (!terms->signals_stay) refuse_signals(statements);
        refuse_network(statements, terms);
    }
    sandbox_push(statements, RETURN(SECCOMP_RET_ALLOW));
}

static const struct watched_call watched[] = {
#ifdef __NR_open
    {__NR_open, 0, -1, 1, CLINUX_OPENS},
#endif
    {__NR_openat, 1, 0, 2, CLINUX_OPENS},
    {__NR_openat2, 1, 0, -1, CLINUX_OPENS},
#ifdef __NR_creat
    {__NR_creat, 0, -1, -1, CLINUX_MAKES},
#endif
#ifdef __NR_mkdir
    {__NR_mkdir, 0, -1, -1, CLINUX_MAKES},
#endif
    {__NR_mkdirat, 1, 0, -1, CLINUX_MAKES},
#ifdef __NR_stat
    {__NR_stat, 0, -1, -1, CLINUX_LOOKS},
    {__NR_lstat, 0, -1, -1, CLINUX_LOOKS},
#endif
#ifdef __NR_stat64
    {__NR_stat64, 0, -1, -1, CLINUX_LOOKS},
    {__NR_lstat64, 0, -1, -1, CLINUX_LOOKS},
    {__NR_fstatat64, 1, 0, -1, CLINUX_LOOKS},
#endif
#ifdef __NR_newfstatat
    {__NR_newfstatat, 1, 0, -1, CLINUX_LOOKS},
#endif
    {__NR_statx, 1, 0, -1, CLINUX_LOOKS},
#ifdef __NR_access
    {__NR_access, 0, -1, -1, CLINUX_LOOKS},
#endif
    {__NR_faccessat, 1, 0, -1, CLINUX_LOOKS},
    // faccessat2 has the same number on every machine.
    {439, 1, 0, -1, CLINUX_LOOKS},
    {__NR_chdir, 0, -1, -1, CLINUX_OPENS},
    {__NR_execve, 0, -1, -1, CLINUX_STARTS},
    {__NR_execveat, 1, 0, -1, CLINUX_STARTS},
    {__NR_exit_group, -1, -1, -1, CLINUX_ENDS},
};

const struct sandbox_calls CALLS = {
#ifdef __NR_socketcall
    .socketcall = __NR_socketcall,
#else
    .socketcall = -1,
#endif
    .watched = watched, .watched_count = sizeof watched / sizeof *watched, .add_rules = add_rules};
