#define _GNU_SOURCE
#include "sandbox.h"
#include "sandbox_bpf.h"
#include "sandbox_calls.h"

#include <errno.h>

#ifdef MACHINE

/// What calls of this machine's own kind may do.
static int refuse_outside(const struct sandbox_terms *terms) {
    struct statements statements = {.count = 0};
    sandbox_push(&statements, LOAD(arch));
    sandbox_push(&statements, IF(MACHINE, 1, 0));
    sandbox_push(&statements, RETURN(SECCOMP_RET_ALLOW));
    sandbox_push(&statements, LOAD(nr));
#if defined(__x86_64__)
    // x32, whose calls have numbers of their own.
    sandbox_push(
        &statements, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    sandbox_push(&statements, REFUSE(ENOSYS));
#endif
    sandbox_calls.add_rules(&statements, terms);
    return sandbox_install(&statements, 0);
}

/// What calls of another kind may do: those of 32-bit programs as much, where there are any, and others nothing.
static int refuse_foreign(const struct sandbox_terms *terms) {
    struct statements statements = {.count = 0};
    sandbox_push(&statements, LOAD(arch));
    sandbox_push(&statements, IF(MACHINE, 0, 1));
    sandbox_push(&statements, RETURN(SECCOMP_RET_ALLOW));
#ifdef MACHINE_OF_32_BITS
    if (terms->request->has_32_bits) {
        sandbox_push(&statements, IF(MACHINE_OF_32_BITS, 1, 0));
        sandbox_push(&statements, REFUSE(ENOSYS));
        sandbox_push(&statements, LOAD(nr));
        sandbox_calls_of_32_bits.add_rules(&statements, terms);
        return sandbox_install(&statements, 0);
    }
#else
    (void)terms;
#endif
    sandbox_push(&statements, REFUSE(ENOSYS));
    return sandbox_install(&statements, 0);
}

/// What socketcall(2) makes a socket of lies in memory: nobody can judge it but who makes the socket.
static int refuse_socketcall(void) {
    struct statements statements = {.count = 0};
#ifdef MACHINE_OF_32_BITS
    sandbox_push(&statements, LOAD(arch));
    sandbox_push(&statements, IF(MACHINE_OF_32_BITS, 0, 5));
    sandbox_push(&statements, LOAD(nr));
    sandbox_push(&statements, IF((unsigned)sandbox_calls_of_32_bits.socketcall, 0, 3));
    sandbox_push(&statements, LOAD_ARGUMENT(0));
    sandbox_push(&statements, IF(SOCKETCALL_SOCKET, 0, 1));
    sandbox_push(&statements, REFUSE(ENOSYS));
#endif
    sandbox_push(&statements, RETURN(SECCOMP_RET_ALLOW));
    return sandbox_install(&statements, 0);
}

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    struct sandbox_terms terms = {.request = sandbox->request, .signals_stay = signals_stay};
    // Another machine's programs make calls of their own kind through the emulator.
    if (refuse_outside(&terms) < 0 || refuse_foreign(&terms) < 0) return errno;
    // An emulator's own files aren't the program's.
    *notifications = sandbox->emulator ? -1 : sandbox_watch_files(sandbox);
    return *notifications < 0 && refuse_socketcall() < 0 ? errno : 0;
}

#else

int sandbox_filter(const struct sandbox *sandbox, int signals_stay, int *notifications) {
    (void)signals_stay;
    *notifications = -1;
    return sandbox->request->isolation == CLINUX_CHROOT ? ENOSYS : 0;
}

#endif
