#define _GNU_SOURCE
#include "sandbox.h"
#include "sandbox_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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
#include <sys/wait.h>
#include <unistd.h>

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
    struct message answer = {.kind = error ? KIND_REFUSED : KIND_DONE, .value = error};
    sandbox_send(socket_, &answer, error ? -1 : connection);
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

/// What a guard knows.
struct guard {
    /// To its parent. A descriptor.
    int parent;
    /// Where sockets are asked for. A descriptor.
    int sockets;
    /// What the program tells of its start; -1 once it has become another. A descriptor.
    int start;
    pid_t program;
    /// As open_children() gives it.
    int children;
};

/// Passes on what the program tells of its start; a second word is of what failed after that.
static void pass_on(struct guard *guard) {
    struct message message;
    int descriptor;
    if (!sandbox_receive(guard->start, &message, &descriptor)) {
        close(guard->start);
        guard->start = -1;
        return;
    }
    if (message.kind == KIND_STARTED) message.value = guard->program;
    sandbox_send(guard->parent, &message, descriptor);
    // The program would wait for ever for one who has it but doesn't read.
    if (descriptor >= 0) close(descriptor);
    if (message.kind == KIND_FAILED) _exit(127);
}

static void answer_parent(struct guard *guard) {
    struct message message;
    int descriptor;
    if (!sandbox_receive(guard->parent, &message, &descriptor)) {
        kill(guard->program, SIGKILL);
        kill_orphans(guard->program, guard->children);
        _exit(127);
    }
    if (message.kind == KIND_CONNECT) answer_request(guard->parent, (uint16_t)message.value);
}

/// Makes a socket in the network that the program has, for who has judged what it asked for.
static void make_socket(struct guard *guard) {
    struct message message;
    int descriptor;
    if (!sandbox_receive(guard->sockets, &message, &descriptor)) {
        close(guard->sockets);
        guard->sockets = -1;
        return;
    }
    int made = socket(message.value, message.type | SOCK_CLOEXEC, message.protocol);
    struct message answer = {.kind = made < 0 ? KIND_REFUSED : KIND_DONE, .value = made < 0 ? errno : 0};
    sandbox_send(guard->sockets, &answer, made);
    if (made >= 0) close(made);
}

/// Answers the program and the parent, whoever speaks, until one of them ends. The parent may do so at any time.
_Noreturn static void watch(struct guard *guard) {
    int status;
    while (waitpid(guard->program, &status, WNOHANG) != guard->program) {
        struct pollfd waits[] = {
            {.fd = guard->parent, .events = POLLIN},
            {.fd = guard->start, .events = POLLIN},
            {.fd = guard->sockets, .events = POLLIN},
        };
        if (poll(waits, 3, 5) <= 0) continue;
        if (waits[0].revents) answer_parent(guard);
        if (waits[1].revents) pass_on(guard);
        if (waits[2].revents) make_socket(guard);
    }
    // Its last words may still be on their way.
    while (guard->start >= 0) pass_on(guard);
    kill_orphans(guard->program, guard->children);
    struct message ended = {.kind = KIND_ENDED, .value = status};
    sandbox_send(guard->parent, &ended, -1);
    _exit(0);
}

_Noreturn static void start_program(const struct sandbox *sandbox, int parent, int sockets, int is_mapped) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        sandbox_fail(parent, CLINUX_STAGE_FORK, errno);
    struct guard guard = {
        .parent = parent, .sockets = sockets, .start = pair[0], .children = open_children()};
    guard.program = fork();
    if (guard.program < 0) sandbox_fail(parent, CLINUX_STAGE_FORK, errno);
    if (guard.program == 0) {
        close(parent);
        close(sockets);
        close(pair[0]);
        close(guard.children);
        // A group of its own, by which everything in a chroot can be killed.
        setsid();
        sandbox_become_program(sandbox, pair[1], is_mapped);
    }
    close(pair[1]);
    watch(&guard);
}

void sandbox_become_guard(struct sandbox *sandbox, int parent, int sockets, uid_t user, gid_t group) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int is_mapped = 0;
    if (sandbox->request->isolation == CLINUX_NAMESPACES) {
        int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
        if (user != 0) flags |= CLONE_NEWUSER;
        if (unshare(flags)) sandbox_fail(parent, CLINUX_STAGE_NAMESPACES, errno);
        if (user != 0) {
            int error = map_user(sandbox, user, group);
            if (error) sandbox_fail(parent, CLINUX_STAGE_USER_MAP, error);
            is_mapped = 1;
        }
        start_loopback();
        (void)sethostname("localhost", 9);
    }
    // A namespace for users gives rights in itself alone, and files don't know it.
    sandbox->grants = sandbox->request->grants_rights && sandbox->request->isolation == CLINUX_NAMESPACES && !is_mapped;
    start_program(sandbox, parent, sockets, is_mapped);
}
