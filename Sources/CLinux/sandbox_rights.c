#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// A program that runs as root shall have what engines give it, and no way to the host: no devices, no mounts.

#define BIT(capability) (1ULL << (capability))

static unsigned long long given(enum clinux_isolation isolation) {
    unsigned long long given = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID)
        | BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE);
    // In a chroot other processes and the network are the host's.
    if (isolation == CLINUX_NAMESPACES) given |= BIT(CAP_KILL) | BIT(CAP_SYS_CHROOT) | BIT(CAP_NET_RAW);
    return given;
}

int sandbox_limit_rights(enum clinux_isolation isolation) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (given(isolation) & BIT(capability)) continue;
        // Who can't drop any has none that it could lose.
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EPERM) return errno;
    }
    return 0;
}

int sandbox_drop_rights(enum clinux_isolation isolation) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data)) return errno;
    for (int word = 0; word < 2; word++) {
        unsigned kept = (unsigned)(given(isolation) >> 32 * word);
        data[word].effective &= kept;
        data[word].permitted &= kept;
        data[word].inheritable = 0;
    }
    return syscall(SYS_capset, &header, data) ? errno : 0;
}
