#define _GNU_SOURCE
#include "sandbox_bpf.h"

#ifdef MACHINE_OF_32_BITS

// Source of the numbers: Linux arch/x86/entry/syscalls/syscall_32.tbl.
#include <asm/unistd_32.h>

#define CALLS sandbox_calls_of_32_bits
#include "sandbox_rules.h"

#endif
