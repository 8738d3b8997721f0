#ifndef CLINUX_SANDBOX_CALLS_H
#define CLINUX_SANDBOX_CALLS_H

#include "CLinuxSandbox.h"
#include "sandbox_bpf.h"

/// A system call that is watched, most of which name a file: which argument is the path, and which the directory that it is relative to.
struct watched_call {
    short number;
    /// -1 where it names none.
    signed char path;
    /// -1 for the working directory.
    signed char directory;
    /// The argument with the flags of open(2), or -1.
    signed char flags;
    enum clinux_look look;
};

/// What the rules depend on.
struct sandbox_terms {
    const struct clinux_sandbox *request;
    /// Whether something else confines signals.
    int signals_stay;
};

/// The calls of one kind of programs by their numbers, and what of them is refused.
struct sandbox_calls {
    const struct watched_call *watched;
    size_t watched_count;
    /// socketcall(2), or -1.
    short socketcall;
    void (*add_rules)(struct statements *statements, const struct sandbox_terms *terms);
};

extern const struct sandbox_calls sandbox_calls;
#ifdef MACHINE_OF_32_BITS
extern const struct sandbox_calls sandbox_calls_of_32_bits;
#endif

#endif
