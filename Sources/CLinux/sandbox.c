#define _GNU_SOURCE
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// In milliseconds: how long one try to connect may take.
#define CONNECTION_LIMIT 1000

// What the guard and its parent tell each other.
enum kind { KIND_STARTED, KIND_FAILED, KIND_ENDED, KIND_CONNECT, KIND_CONNECTED, KIND_REFUSED };

struct message {
    enum kind kind;
    /// Of KIND_STARTED, the program's process; of KIND_ENDED, the status of wait(2); of KIND_FAILED and KIND_REFUSED,
    /// errno; of KIND_CONNECT, the port.
    int value;
    enum clinux_stage stage;
    int has_proc;
    int is_read_only;
};

/// Sends a message with a descriptor, or none for -1.
static int send_message(int socket, const struct message *message, int descriptor) {
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec content = {.iov_base = (void *)message, .iov_len = sizeof *message};
    struct msghdr header = {.msg_iov = &content, .msg_iovlen = 1};
    if (descriptor >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        struct cmsghdr *first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(first), &descriptor, sizeof descriptor);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *message;
}

/// Receives a message: 1, or 0 where the other side has gone. The descriptor is -1 where none came.
static int receive_message(int socket, struct message *message, int *descriptor) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec content = {.iov_base = message, .iov_len = sizeof *message};
    struct msghdr header = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *descriptor = -1;
    ssize_t size;
    do size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size != (ssize_t)sizeof *message) return 0;
    struct cmsghdr *first = CMSG_FIRSTHDR(&header);
    if (first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(first), sizeof *descriptor);
    return 1;
}

static void fail(int socket, enum clinux_stage stage, int error) {
    struct message message = {.kind = KIND_FAILED, .value = error, .stage = stage};
    send_message(socket, &message, -1);
    _exit(127);
}

static int write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    ssize_t size = (ssize_t)strlen(text);
    int error = write(file, text, (size_t)size) == size ? 0 : errno;
    close(file);
    return error;
}

/// One user and one group of the namespace are those that run this: user_namespaces(7).
static int map_user(const struct sandbox *sandbox, uid_t user, gid_t group) {
    char text[64];
    int error = write_text("/proc/self/setgroups", "deny");
    if (error) return error;
    snprintf(text, sizeof text, "%u %u 1", sandbox->request->user, user);
    error = write_text("/proc/self/uid_map", text);
    if (error) return error;
    snprintf(text, sizeof text, "%u %u 1", sandbox->request->group, group);
    return write_text("/proc/self/gid_map", text);
}

/// The network of the namespace is the loopback alone, on which a container's user may use every port.
static void start_loopback(void) {
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    (void)ioctl(socket_, SIOCSIFFLAGS, &request);
    close(socket_);
    (void)write_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
}

static int change_user(const struct sandbox *sandbox, int is_mapped) {
    // As with an engine, its user can open /dev/stdout again.
    (void)!fchown(1, sandbox->request->user, sandbox->request->group);
    if (is_mapped) return 0;
    if (setgroups(0, 0)) return errno;
    if (setresgid(sandbox->request->group, sandbox->request->group, sandbox->request->group)) return errno;
    return setresuid(sandbox->request->user, sandbox->request->user, sandbox->request->user) ? errno : 0;
}

/// Becomes the program. Nothing of this process is left in it but standard output.
static void become_program(const struct sandbox *sandbox, int socket, int is_mapped) {
    enum clinux_stage stage = CLINUX_STAGE_ROOT;
    struct sandbox_entered result = {0};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    signal(SIGPIPE, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(sandbox->request->output, 1) < 0
        || dup2(sandbox->request->output, 2) < 0)
        fail(socket, CLINUX_STAGE_FORK, errno);
    // Filters and landlock(7) ask for it of whoever can't mount.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail(socket, CLINUX_STAGE_FILTER, errno);
    int error = sandbox->request->isolation == CLINUX_NAMESPACES
        ? sandbox_enter_namespaced_root(sandbox, &result, &stage)
        : sandbox_enter_plain_root(sandbox, &result, &stage);
    if (error) fail(socket, stage, error);
    if (chdir(sandbox->directory)) fail(socket, CLINUX_STAGE_DIRECTORY, errno);
    error = sandbox_limit_rights(sandbox->request->isolation);
    if (!error) error = change_user(sandbox, is_mapped);
    if (!error) error = sandbox_drop_rights(sandbox->request->isolation);
    if (error) fail(socket, CLINUX_STAGE_USER, error);
    // Another user's number has cleared it, had it been set before.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // keyrings(7): those of the session that this runs in are its user's.
    (void)syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0);
    struct message started = {
        .kind = KIND_STARTED, .has_proc = result.has_proc, .is_read_only = result.is_read_only};
    int notifications = -1;
    error = sandbox_filter(sandbox, result.signals_stay, &notifications);
    if (error) fail(socket, CLINUX_STAGE_FILTER, error);
    if (!send_message(socket, &started, notifications)) _exit(127);
    syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
    execve(sandbox->program, (char *const *)sandbox->arguments, (char *const *)sandbox->environment);
    fail(socket, CLINUX_STAGE_EXECUTE, errno);
}

/// A connection to the loopback's address; -1 and errno. A backlog that is full keeps nobody for long.
static int connect_to(const struct sockaddr *address, socklen_t size) {
    int connection = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection < 0) return -1;
    int error = connect(connection, address, size) ? errno : 0;
    if (error == EINPROGRESS) {
        struct pollfd wait = {.fd = connection, .events = POLLOUT};
        socklen_t length = sizeof error;
        if (poll(&wait, 1, CONNECTION_LIMIT) <= 0) error = ETIMEDOUT;
        else if (getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &length)) error = errno;
    }
    if (!error && !fcntl(connection, F_SETFL, 0)) return connection;
    close(connection);
    errno = error ? error : EIO;
    return -1;
}

/// Opens a connection in the network that the program has, which its parent isn't in.
static void answer_request(int socket_, uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 address6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int connection = connect_to((struct sockaddr *)&address, sizeof address);
    int error = connection < 0 ? errno : 0;
    if (error == ECONNREFUSED) {
        connection = connect_to((struct sockaddr *)&address6, sizeof address6);
        if (connection >= 0) error = 0;
    }
    struct message answer = {.kind = error ? KIND_REFUSED : KIND_CONNECTED, .value = error};
    send_message(socket_, &answer, error ? -1 : connection);
    if (connection >= 0) close(connection);
}

/// The list of this process's children: a descriptor, or -1. It is opened before anybody could keep it from that.
static int open_children(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    return open(path, O_RDONLY | O_CLOEXEC);
}

/// Kills what a program in a chroot has started, wherever it has gone: without its parents all of it is the guard's
/// own. In namespaces the kernel does that.
static void kill_orphans(pid_t program, int children) {
    char text[4096];
    kill(-program, SIGKILL);
    for (int round = 0; round < 1000; round++) {
        ssize_t size = pread(children, text, sizeof text - 1, 0);
        if (size <= 0) break;
        // The last number may go on behind what is read.
        while (size > 0 && text[size - 1] != ' ') size--;
        text[size] = 0;
        for (char *word = text; *word;) {
            char *end;
            long process = strtol(word, &end, 10);
            if (end == word) break;
            kill((pid_t)process, SIGKILL);
            word = end + (*end == ' ');
        }
        // What was started by those that end now turns up in the next round.
        while (waitpid(-1, 0, WNOHANG) > 0) {}
        poll(0, 0, 1);
    }
}

/// Waits for the program and answers its parent until one of them ends.
static void guard(const struct sandbox *sandbox, int parent, int is_mapped) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) fail(parent, CLINUX_STAGE_FORK, errno);
    int children = open_children();
    pid_t program = fork();
    if (program < 0) fail(parent, CLINUX_STAGE_FORK, errno);
    if (program == 0) {
        close(parent);
        close(pair[0]);
        close(children);
        // A group of its own, by which everything in a chroot can be killed.
        setsid();
        become_program(sandbox, pair[1], is_mapped);
    }
    close(pair[1]);
    struct message message;
    int descriptor;
    // What the program tells of its start; a second word is of what failed after that.
    while (receive_message(pair[0], &message, &descriptor)) {
        if (message.kind == KIND_STARTED) message.value = program;
        send_message(parent, &message, descriptor);
        if (descriptor >= 0) close(descriptor);
        if (message.kind == KIND_FAILED) _exit(127);
    }
    close(pair[0]);
    int status;
    for (;;) {
        pid_t ended = waitpid(program, &status, WNOHANG);
        if (ended == program) break;
        struct pollfd wait = {.fd = parent, .events = POLLIN};
        if (poll(&wait, 1, 5) <= 0) continue;
        if (!receive_message(parent, &message, &descriptor)) {
            kill(program, SIGKILL);
            kill_orphans(program, children);
            _exit(127);
        }
        if (message.kind == KIND_CONNECT) answer_request(parent, (uint16_t)message.value);
    }
    kill_orphans(program, children);
    struct message ended = {.kind = KIND_ENDED, .value = status};
    send_message(parent, &ended, -1);
    _exit(0);
}

static void become_guard(const struct sandbox *sandbox, int parent, uid_t user, gid_t group) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int is_mapped = 0;
    if (sandbox->request->isolation == CLINUX_NAMESPACES) {
        int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
        if (user != 0) flags |= CLONE_NEWUSER;
        if (unshare(flags)) fail(parent, CLINUX_STAGE_NAMESPACES, errno);
        if (user != 0) {
            int error = map_user(sandbox, user, group);
            if (error) fail(parent, CLINUX_STAGE_USER_MAP, error);
            is_mapped = 1;
        }
        start_loopback();
        (void)sethostname("localhost", 9);
    }
    guard(sandbox, parent, is_mapped);
}

int clinux_sandbox_start(
    const struct clinux_sandbox *request, const char *texts, unsigned long size,
    struct clinux_sandboxed *result, enum clinux_stage *stage) {
    int pair[2];
    struct sandbox sandbox;
    const char **memory = 0;
    *stage = CLINUX_STAGE_FORK;
    if (!sandbox_read(request, texts, size, &sandbox, &memory)) {
        free(memory);
        return EINVAL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        free(memory);
        return errno;
    }
    uid_t user = geteuid();
    gid_t group = getegid();
    pid_t guard_ = fork();
    if (guard_ < 0) {
        int error = errno;
        free(memory);
        close(pair[0]);
        close(pair[1]);
        return error;
    }
    if (guard_ == 0) {
        close(pair[0]);
        become_guard(&sandbox, pair[1], user, group);
    }
    free(memory);
    close(pair[1]);
    *result = (struct clinux_sandboxed){.guard = guard_, .control = pair[0], .notifications = -1};
    struct message message = {.kind = KIND_FAILED, .value = EIO, .stage = CLINUX_STAGE_FORK};
    int descriptor;
    if (receive_message(pair[0], &message, &descriptor) && message.kind == KIND_STARTED) {
        result->program = message.value;
        result->notifications = descriptor;
        result->has_proc = message.has_proc;
        result->is_read_only = message.is_read_only;
        return 0;
    }
    *stage = message.stage;
    clinux_sandbox_end(result);
    return message.value;
}

int clinux_sandbox_wait(const struct clinux_sandboxed *sandboxed, int milliseconds, int *status) {
    struct pollfd wait = {.fd = sandboxed->control, .events = POLLIN};
    int ready = poll(&wait, 1, milliseconds);
    if (ready <= 0) return ready < 0 && errno != EINTR ? -1 : 0;
    struct message message;
    int descriptor;
    if (!receive_message(sandboxed->control, &message, &descriptor)) {
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
    if (!send_message(sandboxed->control, &message, -1) || poll(&wait, 1, 3 * CONNECTION_LIMIT) <= 0
        || recv(sandboxed->control, &message, sizeof message, MSG_PEEK) != sizeof message
        || (message.kind != KIND_CONNECTED && message.kind != KIND_REFUSED)
        || !receive_message(sandboxed->control, &message, &descriptor)) {
        errno = ECHILD;
        return -1;
    }
    if (message.kind == KIND_CONNECTED) return descriptor;
    errno = message.value;
    return -1;
}

void clinux_sandbox_end(const struct clinux_sandboxed *sandboxed) {
    // The guard takes its end for the order to kill.
    close(sandboxed->control);
    int status;
    while (waitpid(sandboxed->guard, &status, 0) < 0 && errno == EINTR) {}
}
