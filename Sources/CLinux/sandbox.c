#define _GNU_SOURCE
#include "sandbox.h"
#include "sandbox_message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/// Starts the guard, with two ways to it. 0, or errno.
static int start_guard(struct sandbox *sandbox, struct clinux_sandboxed *result) {
    int control[2], sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control)) return errno;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets)) {
        int error = errno;
        close(control[0]);
        close(control[1]);
        return error;
    }
    uid_t user = geteuid();
    gid_t group = getegid();
    pid_t guard = fork();
    if (guard == 0) {
        close(control[0]);
        close(sockets[0]);
        sandbox_become_guard(sandbox, control[1], sockets[1], user, group);
    }
    int error = guard < 0 ? errno : 0;
    close(control[1]);
    close(sockets[1]);
    if (error) {
        close(control[0]);
        close(sockets[0]);
        return error;
    }
    *result = (struct clinux_sandboxed){
        .guard = guard, .control = control[0], .sockets = sockets[0], .notifications = -1};
    return 0;
}

int clinux_sandbox_start(
    const struct clinux_sandbox *request, const char *texts, unsigned long size,
    struct clinux_sandboxed *result, enum clinux_stage *stage) {
    struct sandbox sandbox;
    const char **memory = 0;
    *stage = CLINUX_STAGE_FORK;
    if (!sandbox_read(request, texts, size, &sandbox, &memory)) {
        free(memory);
        return EINVAL;
    }
    int error = start_guard(&sandbox, result);
    free(memory);
    if (error) return error;
    struct message message = {.kind = KIND_FAILED, .value = EIO, .stage = CLINUX_STAGE_FORK};
    int descriptor;
    if (sandbox_receive(result->control, &message, &descriptor) && message.kind == KIND_STARTED) {
        result->program = message.value;
        result->notifications = descriptor;
        result->has_proc = message.has_proc;
        result->is_read_only = message.is_read_only;
        return 0;
    }
    *stage = message.stage;
    close(result->sockets);
    clinux_sandbox_end(result);
    return message.value;
}

int clinux_sandbox_wait(const struct clinux_sandboxed *sandboxed, int milliseconds, int *status) {
    struct pollfd wait = {.fd = sandboxed->control, .events = POLLIN};
    int ready = poll(&wait, 1, milliseconds);
    if (ready <= 0) return ready < 0 && errno != EINTR ? -1 : 0;
    struct message message;
    int descriptor;
    if (!sandbox_receive(sandboxed->control, &message, &descriptor)) {
        errno = ECHILD;
        return -1;
    }
    if (descriptor >= 0) close(descriptor);
    if (message.kind == KIND_FAILED) {
        errno = message.value;
        return -1;
    }
    *status = message.value;
    return message.kind == KIND_ENDED;
}

int clinux_sandbox_connect(const struct clinux_sandboxed *sandboxed, uint16_t port) {
    struct message message = {.kind = KIND_CONNECT, .value = port};
    struct pollfd wait = {.fd = sandboxed->control, .events = POLLIN};
    int descriptor;
    // The word of the program's end stays for who waits for it.
    if (!sandbox_send(sandboxed->control, &message, -1) || poll(&wait, 1, 3 * CONNECTION_LIMIT) <= 0
        || recv(sandboxed->control, &message, sizeof message, MSG_PEEK) != sizeof message
        || (message.kind != KIND_DONE && message.kind != KIND_REFUSED)
        || !sandbox_receive(sandboxed->control, &message, &descriptor)) {
        errno = ECHILD;
        return -1;
    }
    if (message.kind == KIND_DONE) return descriptor;
    errno = message.value;
    return -1;
}

void clinux_sandbox_end(const struct clinux_sandboxed *sandboxed) {
    // The guard takes its end for the order to kill.
    close(sandboxed->control);
    int status;
    while (waitpid(sandboxed->guard, &status, 0) < 0 && errno == EINTR) {}
}
