#define _GNU_SOURCE
#include "sandbox_bpf.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

void sandbox_push(struct statements *statements, struct sock_filter statement) {
    if (statements->count < sizeof statements->list / sizeof *statements->list)
        statements->list[statements->count++] = statement;
}

void sandbox_refuse(struct statements *statements, long call, unsigned error) {
    sandbox_push(statements, IF((unsigned)call, 0, 1));
    sandbox_push(statements, REFUSE(error));
}

void sandbox_refuse_list(struct statements *statements, const short *calls, size_t count) {
    for (size_t index = 0; index < count; index++) sandbox_refuse(statements, calls[index], EPERM);
}

void sandbox_refuse_bits(struct statements *statements, long call, unsigned argument, unsigned bits) {
    sandbox_push(statements, IF((unsigned)call, 0, 4));
    sandbox_push(statements, LOAD_ARGUMENT(argument));
    sandbox_push(statements, IF_BITS(bits, 0, 1));
    sandbox_push(statements, REFUSE(EPERM));
    sandbox_push(statements, LOAD(nr));
}

void sandbox_refuse_value(
    struct statements *statements, long call, unsigned argument, unsigned value, unsigned error) {
    sandbox_push(statements, IF((unsigned)call, 0, 4));
    sandbox_push(statements, LOAD_ARGUMENT(argument));
    sandbox_push(statements, IF(value, 0, 1));
    sandbox_push(statements, REFUSE(error));
    sandbox_push(statements, LOAD(nr));
}

void sandbox_refuse_others(struct statements *statements, long call, unsigned argument) {
    sandbox_push(statements, IF((unsigned)call, 0, 5));
    sandbox_push(statements, LOAD_ARGUMENT(argument));
    sandbox_push(statements, IF(0, 2, 0));
    sandbox_push(statements, IF((unsigned)getpid(), 1, 0));
    sandbox_push(statements, REFUSE(EPERM));
    sandbox_push(statements, LOAD(nr));
}

int sandbox_install(struct statements *statements, unsigned flags) {
    if (statements->count == sizeof statements->list / sizeof *statements->list) {
        errno = E2BIG;
        return -1;
    }
    struct sock_fprog program = {.len = (unsigned short)statements->count, .filter = statements->list};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
