#ifndef CLINUX_SANDBOX_BPF_H
#define CLINUX_SANDBOX_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

// The words in which seccomp(2) filters are written, and which machines have any.

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
// The kind of 32-bit programs that the processor runs too.
#define MACHINE_OF_32_BITS AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define MACHINE AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define MACHINE AUDIT_ARCH_PPC64LE
#endif

#define LOAD(field) ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field)))
// The low half of an argument: flags and numbers have no other.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HALF 4
#else
#define HALF 0
#endif
#define LOAD_ARGUMENT(index)   \
    ((struct sock_filter)BPF_STMT( \
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (index) + HALF))
#define MASK(bits) ((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits))
#define RETURN(value) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value))
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
// How many statements are passed over if the word that was loaded is the value, and if it isn't.
#define IF(value, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no))
#define IF_BITS(bits, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no))

// socketcall(2): what it stands for is its first argument, that of socket(2) is
#define SOCKETCALL_SOCKET 1

/// A filter as it is written. The number of the call is the word that is loaded, from rule to rule.
struct statements {
    struct sock_filter list[512];
    unsigned count;
};

void sandbox_push(struct statements *statements, struct sock_filter statement);

void sandbox_refuse(struct statements *statements, long call, unsigned error);

/// Refuses each with EPERM.
void sandbox_refuse_list(struct statements *statements, const short *calls, size_t count);

/// Refuses a call where one of some bits of an argument is set.
void sandbox_refuse_bits(struct statements *statements, long call, unsigned argument, unsigned bits);

/// Refuses a call where an argument has a value.
void sandbox_refuse_value(
    struct statements *statements, long call, unsigned argument, unsigned value, unsigned error);

/// Lets an argument of a call name no process but this one, or its group.
void sandbox_refuse_others(struct statements *statements, long call, unsigned argument);

/// Installs a filter: what seccomp(2) returns, or -1 and errno.
int sandbox_install(struct statements *statements, unsigned flags);

#endif
