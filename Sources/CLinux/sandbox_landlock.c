#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

// Devices are written to wherever they lie.
static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty", 0};

// Interfaces of landlock(7) beyond the headers of some systems.
#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

struct ruleset {
    uint64_t file_rights;
    uint64_t network_rights;
    uint64_t scopes;
};

static int allow_below(int ruleset, const char *path, uint64_t rights) {
    struct landlock_path_beneath_attr rule = {
        .allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return errno == ENOENT;
    int is_done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return is_done;
}

void sandbox_lock_root(const char **writable, struct sandbox_entered *result) {
    int version = (int)syscall(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return;
    struct ruleset rules = {.file_rights = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    if (version >= 2) rules.file_rights |= RIGHT_REFER;
    if (version >= 3) rules.file_rights |= RIGHT_TRUNCATE;
    if (version >= 6) rules.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    size_t size = version >= 6 ? sizeof rules : sizeof rules.file_rights;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0) return;
    int is_done = allow_below(
        ruleset, "/", LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
    for (int index = 0; writable[index]; index++)
        is_done &= allow_below(ruleset, writable[index], rules.file_rights);
    // Devices are written to wherever they lie.
    for (int index = 0; devices[index]; index++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/%s", devices[index]);
        (void)allow_below(ruleset, path, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    }
    is_done = is_done && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    // Before it knew of truncation, what isn't opened for writing could be emptied.
    result->is_read_only = is_done && version >= 3;
    result->signals_stay = is_done && version >= 6;
}

int sandbox_enter_plain_root(
    const struct sandbox *sandbox, struct sandbox_entered *result, enum clinux_stage *stage) {
    *stage = CLINUX_STAGE_ROOT;
    if (chroot(sandbox->root) || chdir("/")) return errno;
    result->has_proc = access("/proc/self", F_OK) == 0;
    sandbox_lock_root(sandbox->writable, result);
    return sandbox->request->must_stay && !result->is_read_only ? EOPNOTSUPP : 0;
}
