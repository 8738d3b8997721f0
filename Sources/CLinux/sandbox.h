#ifndef CLINUX_SANDBOX_PARTS_H
#define CLINUX_SANDBOX_PARTS_H

#include "CLinuxSandbox.h"

// What the parts of the sandbox call of each other. All but the first runs between fork(2) and execve(2).

/// The texts of a request by themselves. Lists end with a null pointer.
struct sandbox {
    const struct clinux_sandbox *request;
    const char *root;
    const char *program;
    const char *directory;
    /// Null for none.
    const char *emulator;
    const char **root_names;
    const char **etc_names;
    const char **arguments;
    const char **environment;
    const char **writable;
    /// Three for each mount.
    const char **mounts;
    /// Whether files give programs the rights that they have.
    int grants;
};

/// What keeps a root apart that was entered.
struct sandbox_entered {
    /// As in clinux_sandboxed.
    int has_proc;
    int is_read_only;
    /// Whether signals reach no process outside.
    int signals_stay;
};

/// Finds the texts of a request. Whether all are there; `memory` is to be freed.
int sandbox_read(
    const struct clinux_sandbox *request, const char *texts, unsigned long size, struct sandbox *sandbox,
    const char ***memory);

/// Becomes the process that starts the program and answers its parent, as the user and group that it has.
///
/// - Parameters:
///   - parent: to the parent, whose end is the order to kill.
///   - sockets: whoever has the other end asks for sockets there.
_Noreturn void sandbox_become_guard(
    struct sandbox *sandbox, int parent, int sockets, uid_t user, gid_t group);

/// Becomes the program. Nothing of this process is left in it but standard output.
///
/// - Parameters:
///   - socket: to the guard; it closes by itself.
///   - is_mapped: whether the user is another in a namespace, and this one outside.
_Noreturn void sandbox_become_program(const struct sandbox *sandbox, int socket, int is_mapped);

/// Makes the root that the program sees, and changes into it. 0, or errno with the stage.
int sandbox_enter_namespaced_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage);

/// The same by chroot(2) alone.
int sandbox_enter_plain_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage);

/// capabilities(7): whatever the program starts has no more than what engines give. 0, or errno.
int sandbox_limit_rights(void);

/// Keeps what is to be passed on while the user changes. 0, or errno.
int sandbox_keep_rights(const struct clinux_sandbox *request);

/// Gives up the others; to be called as the program's user. 0, or errno.
///
/// `grants` says that the kernel gives the program what its file has.
int sandbox_drop_rights(const struct clinux_sandbox *request, int grants);

/// Installs the seccomp filters. 0, or errno.
///
/// `signals_stay` says that something else confines signals. `notifications` becomes a descriptor, or -1 where
/// none are asked for or had.
int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications);

/// Has whatever opens or looks at a file wait for who reads from the descriptor that is returned; -1 and errno.
int sandbox_watch_files(const struct sandbox *sandbox);

/// landlock(7): nothing below the root can be written to but some directories, and signals stay inside. Sets
/// what of this was done.
void sandbox_lock_root(const char **writable, struct sandbox_entered *result);

#endif
