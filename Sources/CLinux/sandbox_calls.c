#define _GNU_SOURCE
#include "sandbox_bpf.h"

#ifdef MACHINE

#include <sys/syscall.h>

#define CALLS sandbox_calls
#include "sandbox_rules.h"

#endif
