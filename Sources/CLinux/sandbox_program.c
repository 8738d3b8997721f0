#define _GNU_SOURCE
#include "sandbox.h"
#include "sandbox_message.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int change_user(const struct sandbox *sandbox, int is_mapped) {
    if (is_mapped) return 0;
    int error = sandbox_keep_rights(sandbox->request);
    if (error) return error;
    if (setgroups(0, 0)) return errno;
    if (setresgid(sandbox->request->group, sandbox->request->group, sandbox->request->group)) return errno;
    return setresuid(sandbox->request->user, sandbox->request->user, sandbox->request->user) ? errno : 0;
}

/// From now on this process ends with its guard, which has the other end of the socket and may be gone already.
static void end_with_guard(int socket) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct pollfd wait = {.fd = socket};
    if (poll(&wait, 1, 0) > 0 && wait.revents & POLLHUP) _exit(127);
}

void sandbox_become_program(const struct sandbox *sandbox, int socket, int is_mapped) {
    enum clinux_stage stage = CLINUX_STAGE_ROOT;
    struct sandbox_entered result = {0};
    end_with_guard(socket);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    signal(SIGPIPE, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(sandbox->request->output, 1) < 0
        || dup2(sandbox->request->output, 2) < 0)
        sandbox_fail(socket, CLINUX_STAGE_FORK, errno);
    // Filters and landlock(7) ask for it of whoever can't mount; with it, files give no rights.
    if (!sandbox->grants && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        sandbox_fail(socket, CLINUX_STAGE_FILTER, errno);
    int error = sandbox->request->isolation == CLINUX_NAMESPACES
        ? sandbox_enter_namespaced_root(sandbox, &result, &stage)
        : sandbox_enter_plain_root(sandbox, &result, &stage);
    if (error) sandbox_fail(socket, stage, error);
    if (chdir(sandbox->directory)) sandbox_fail(socket, CLINUX_STAGE_DIRECTORY, errno);
    // As with an engine, its user can open /dev/stdout again.
    (void)!fchown(1, sandbox->request->user, sandbox->request->group);
    // keyrings(7): those of the session that this runs in are its user's.
    (void)syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0);
    int notifications = -1;
    // Before the rights go that it takes.
    error = sandbox_filter(sandbox, result.signals_stay, &notifications);
    if (error) sandbox_fail(socket, CLINUX_STAGE_FILTER, error);
    error = sandbox_limit_rights();
    if (!error) error = change_user(sandbox, is_mapped);
    if (!error) error = sandbox_drop_rights(sandbox->request, sandbox->grants);
    if (error) sandbox_fail(socket, CLINUX_STAGE_USER, error);
    // Another user's number has cleared it.
    end_with_guard(socket);
    struct message started = {
        .kind = KIND_STARTED, .has_proc = result.has_proc, .is_read_only = result.is_read_only};
    if (!sandbox_send(socket, &started, notifications)) _exit(127);
    // What is asked from now on, execve(2) first, others answer, or, where they are gone, the kernel.
    if (notifications >= 0) close(notifications);
    syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
    execve(sandbox->program, (char *const *)sandbox->arguments, (char *const *)sandbox->environment);
    sandbox_fail(socket, CLINUX_STAGE_EXECUTE, errno);
}

