#ifndef CLINUX_SANDBOX_BPF_H
#define CLINUX_SANDBOX_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

// The words in which seccomp(2) filters are written, and which machines have any.

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

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
// If the word that was loaded is the value, the next statement counts; otherwise it is passed over.
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)

/// Installs a filter: what seccomp(2) returns, or -1 and errno.
int sandbox_install(struct sock_filter *statements, unsigned count, unsigned flags);

/// Has whatever opens or looks at a file wait for who reads from the descriptor that is returned; -1 and errno.
int sandbox_watch_files(void);

#endif
