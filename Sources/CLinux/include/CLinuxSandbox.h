#ifndef CLINUX_SANDBOX_H
#define CLINUX_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

// A program that runs in a root of its own. All of it is here since a process that has threads, as every
// Swift program may, can call next to nothing between fork(2) and execve(2).

/// How a program is kept apart.
enum clinux_isolation {
    /// Namespaces for mounts, processes, the network, IPC and the host's name, and where this user may not make
    /// them himself, for users too.
    CLINUX_NAMESPACES,
    /// chroot(2) with a seccomp(2) filter and, where the kernel has it, landlock(7).
    CLINUX_CHROOT,
};

/// What couldn't be done, in the order of a start.
enum clinux_stage {
    CLINUX_STAGE_FORK,
    CLINUX_STAGE_NAMESPACES,
    CLINUX_STAGE_USER_MAP,
    /// Making any mount of its own, before the root is looked at.
    CLINUX_STAGE_MOUNTS,
    CLINUX_STAGE_ROOT,
    CLINUX_STAGE_DEVICES,
    /// What the user gives the program.
    CLINUX_STAGE_GIVEN,
    CLINUX_STAGE_DIRECTORY,
    CLINUX_STAGE_USER,
    CLINUX_STAGE_FILTER,
    CLINUX_STAGE_EXECUTE,
};

/// How much the user may give.
#define CLINUX_MOUNT_LIMIT 64

/// What is started, and how. Paths are in-root unless said otherwise.
struct clinux_sandbox {
    enum clinux_isolation isolation;
    uint32_t user;
    uint32_t group;
    /// Becomes standard output and error. A descriptor.
    int output;
    /// Whether the program may listen on TCP; in namespaces it always may.
    int listens;
    /// Whether a root that can't be kept as it is isn't entered.
    int must_stay;
    /// Whether some of its programs are 32-bit ones that the processor runs.
    int has_32_bits;
    /// Whether some of its files have set-user-id bits or capabilities.
    int grants_rights;
    /// Those that the program's own file gives it, a bit each, where the kernel doesn't give them.
    uint64_t capabilities;
    /// What is in the root's uppermost directory, and in its /etc.
    unsigned root_name_count;
    unsigned etc_name_count;
    unsigned argument_count;
    unsigned variable_count;
    /// Directories that can be written to. In namespaces nothing of that stays.
    unsigned writable_count;
    /// What the user gives; in namespaces only. Three texts each: what it is on the host, where the program has it,
    /// and `ro`, or `rw` where it may change it.
    unsigned mount_count;
};

struct clinux_sandboxed {
    /// The process that waits for the program: it ends with the program, which is killed with it.
    pid_t guard;
    /// The program itself, as this process sees it.
    pid_t program;
    /// To the guard. A descriptor.
    int control;
    /// To the guard, for clinux_next_missed. A descriptor.
    int sockets;
    /// What clinux_next_missed reads from; -1 where files aren't watched. A descriptor.
    int notifications;
    /// Whether there is a /proc.
    int has_proc;
    /// Whether Landlock, or a mount, keeps the root as it is.
    int is_read_only;
};

/// Starts a program. 0, or errno with what couldn't be done; then nothing is left.
///
/// The texts are those of the request, each with a NUL behind it: the root, a host path that is absolute and
/// without links; the program; where it starts; the host path of a program that is put into the root as
/// `/.emulator`, or nothing; then those of the lists, in the order of their counts.
///
/// A guard whose maker is gone kills the program and ends.
int clinux_sandbox_start(
    const struct clinux_sandbox *request, const char *texts, unsigned long size,
    struct clinux_sandboxed *result, enum clinux_stage *stage);

/// Waits for the program's end for some milliseconds: 1 with the status of wait(2), 0 where it goes on, -1 and
/// errno.
int clinux_sandbox_wait(const struct clinux_sandboxed *sandboxed, int milliseconds, int *status);

/// A TCP connection to a port on the loopback that the program has: a descriptor, or -1 and errno.
int clinux_sandbox_connect(const struct clinux_sandboxed *sandboxed, uint16_t port);

/// Kills the program with all that it has started. The descriptors for notifications and sockets stay open.
void clinux_sandbox_end(const struct clinux_sandboxed *sandboxed);

/// What a program does.
enum clinux_look {
    /// Asks whether a file is there, and of which kind.
    CLINUX_LOOKS,
    CLINUX_OPENS,
    /// Makes something in it: the path is that of the directory.
    CLINUX_MAKES,
    /// Becomes it.
    CLINUX_STARTS,
    /// Makes it, in a directory that is there.
    CLINUX_MADE,
    /// Reads the file of users, or of groups: the text is of words, a line each, among them the name that it looks
    /// for, if it looks for one.
    CLINUX_READS_USERS,
    CLINUX_READS_GROUPS,
    /// Ends with another code than 0: the path is that of the program.
    CLINUX_ENDS,
};

/// What the watch saw.
struct clinux_missed {
    enum clinux_look look;
    /// Whether it was glibc's dynamic loader that looked.
    int is_of_loader;
    /// Who, as the watching process sees it.
    pid_t process;
    /// With what it ends.
    int code;
};

/// Waits for the next system call that names a file, a moment at most, and lets it go on. Sockets that 32-bit
/// programs ask for with socketcall(2) are made on the way, where they stay inside.
///
/// 1 with an absolute in-root path where the file isn't there, or something else is seen that is told, 0 where
/// nothing is, -1 when no process is left that could ask, which Linux before 5.9 doesn't tell.
int clinux_next_missed(
    int notifications, int sockets, struct clinux_missed *missed, char *path, unsigned long size);

#endif
