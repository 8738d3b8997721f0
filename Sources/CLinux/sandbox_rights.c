#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// A program that runs as root shall have what engines give it, and no way to the host: no devices, no mounts.

#define BIT(capability) (1ULL << (capability))

/// What engines leave a container, whatever a file would give: moby oci/caps/defaults.go.
#define OF_ENGINES \
    (BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_SETGID) | BIT(CAP_SETUID) \
     | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | OF_NAMESPACES)
/// Of these, what isn't given in a chroot, where other processes and the network are the host's.
#define OF_NAMESPACES \
    (BIT(CAP_KILL) | BIT(CAP_SYS_CHROOT) | BIT(CAP_NET_RAW) | BIT(CAP_MKNOD) | BIT(CAP_AUDIT_WRITE) | BIT(CAP_SETFCAP))

static unsigned long long given(enum clinux_isolation isolation) {
    return isolation == CLINUX_NAMESPACES ? OF_ENGINES : OF_ENGINES & ~OF_NAMESPACES;
}

int sandbox_limit_rights(void) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (OF_ENGINES & BIT(capability)) continue;
        // Who can't drop any has none that it could lose.
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EPERM) return errno;
    }
    return 0;
}

int sandbox_keep_rights(const struct clinux_sandbox *request) {
    // Of root the kernel makes more than this by itself.
    if (!request->capabilities || !request->user) return 0;
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ? errno : 0;
}

int sandbox_drop_rights(const struct clinux_sandbox *request, int grants) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    unsigned long long kept = given(request->isolation);
    unsigned long long passed = grants || !request->user ? 0 : kept & request->capabilities;
    if (syscall(SYS_capget, &header, data)) return errno;
    for (int word = 0; word < 2; word++) {
        // What a mapped user has beside them ends with execve(2).
        data[word].permitted &= (unsigned)(kept >> 32 * word);
        data[word].effective &= (unsigned)(kept >> 32 * word);
        data[word].inheritable = (unsigned)(passed >> 32 * word) & data[word].permitted;
    }
    if (syscall(SYS_capset, &header, data)) return errno;
    for (int capability = 0; passed >> capability; capability++)
        if (data[capability / 32].inheritable >> capability % 32 & 1
            && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))
            return errno;
    return 0;
}
