#ifndef CLINUX_SANDBOX_PARTS_H
#define CLINUX_SANDBOX_PARTS_H

#include "CLinuxSandbox.h"

// What the parts of the sandbox call of each other. All of it runs between fork(2) and execve(2).

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
};

/// Makes the root that the program sees, and changes into it. 0, or errno with the stage.
int sandbox_enter_namespaced_root(
    const struct sandbox *sandbox, struct clinux_sandboxed *result, enum clinux_stage *stage);

/// The same by chroot(2) alone.
int sandbox_enter_plain_root(
    const struct sandbox *sandbox, struct clinux_sandboxed *result, enum clinux_stage *stage);

/// Installs the seccomp filters. A descriptor for notifications, or -1 where none are asked for or had.
int sandbox_filter(const struct sandbox *sandbox);

/// landlock(7): nothing below the root can be written to but some directories. Whether that was done.
int sandbox_lock_root(const char **writable);

#endif
